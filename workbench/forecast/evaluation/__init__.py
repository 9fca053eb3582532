"""What forecasts are worth: scores by horizon, and tests that know that windows overlap."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
