"""Reported facts and macroeconomic series, joined to bars only once they were known."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
