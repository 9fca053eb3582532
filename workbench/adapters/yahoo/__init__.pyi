from .source import Yahoo as Yahoo

__all__ = ["Yahoo"]
