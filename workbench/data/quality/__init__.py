"""What is wrong with prices: checks, the report, quarantine and recorded repair."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
