"""A forecast that is made anew at each completed bar of a stream, and keeps its promise."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
