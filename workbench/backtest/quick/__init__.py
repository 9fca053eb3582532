"""Short questions: one trade, the last days, a strategy beside doing nothing clever."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
