"""Services outside the process, one module or folder per vendor; `workbench.ports` finds them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
