"""A quant research workbench: one function, many doors.

The names below are what a notebook needs; each room holds more (``workbench.risk``,
``workbench.features`` …). Nothing heavy is imported until a name is used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = "0.1.0"
