"""Futures traded contract by contract: rolls are orders, and cost what orders cost."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
