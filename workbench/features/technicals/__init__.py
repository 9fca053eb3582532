"""What a chart shows at its last bar: its trend, and the prices at which it turned before."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
