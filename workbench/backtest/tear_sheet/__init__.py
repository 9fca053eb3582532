"""A backtest as one page: the decision first, then what it earned, risked, traded and cost."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
