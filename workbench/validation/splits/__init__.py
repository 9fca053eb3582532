"""Which bars teach and which bars test: walk-forward, purged k-fold, CPCV and random windows."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
