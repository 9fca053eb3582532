"""Better options of a trained model: searched on one part of its series, judged on another."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
