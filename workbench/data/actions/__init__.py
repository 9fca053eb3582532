"""Splits, dividends, spin-offs, mergers and delistings, and prices adjusted by them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
