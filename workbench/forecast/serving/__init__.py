"""Trained models kept in memory: asked by many threads, swapped without losing a request."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
