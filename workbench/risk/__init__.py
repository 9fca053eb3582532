"""What can be lost: value at risk, expected shortfall, concentration and correlation."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
