from .source import Polygon as Polygon

__all__ = ["Polygon"]
