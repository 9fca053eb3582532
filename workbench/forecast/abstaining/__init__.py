"""The default: repeat-last, unless held-out forecasts show skill that luck does not explain."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
