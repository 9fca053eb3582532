"""Polygon, now Massive: US shares, options and indices, currencies, and what is known of them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
