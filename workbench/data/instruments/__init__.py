"""Instruments: one symbol for each, what vendors call it, and what is known about it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
