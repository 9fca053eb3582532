"""Which strategy: several on the same data, after costs, counted, beside doing nothing clever."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
