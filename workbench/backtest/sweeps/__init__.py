"""Many combinations of parameters at once, each measured as a backtest of its own would be."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
