"""What can be computed from bars, causally: indicators, transforms and their declaration."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
