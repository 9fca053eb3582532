"""What the lake needs from time to time: history, compaction, vacuum, verification."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
