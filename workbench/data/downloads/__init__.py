"""From a vendor into the lake: what is missing, checked, and never twice."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
