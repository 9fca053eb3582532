"""Event by event: bars, trades, quotes and depth in time order, with latency and queues."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
