"""Whether a strategy holds: out of sample, at other costs and sizes, in other markets."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
