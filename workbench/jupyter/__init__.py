"""What a notebook gains from ``%load_ext workbench.jupyter``: progress, and results as tables."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
