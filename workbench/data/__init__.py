"""Data one can trust: prices, instruments, actions, universes, facts, and what is wrong in them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
