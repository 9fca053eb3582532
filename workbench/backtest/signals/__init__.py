"""Entries and exits traded symbol by symbol, each with an account of its own."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
