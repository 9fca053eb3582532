"""Universes: which instruments belong, from when to when, by what rule, and who is missing."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
