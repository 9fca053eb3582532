"""A venue in compiled code: books, queues, and what market data does to resting orders."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
