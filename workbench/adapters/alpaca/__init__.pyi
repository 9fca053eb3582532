from .source import Alpaca as Alpaca

__all__ = ["Alpaca"]
