"""The lake: versioned tables in Delta Lake, laid out so that both common reads are cheap."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
