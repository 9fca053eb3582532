"""One's own history as a backtest: returns, trades, weights or another tool's portfolio."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
