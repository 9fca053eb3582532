"""Trades and quotes: day by day into the lake, and out of it as they were known."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
