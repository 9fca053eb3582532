from .context import Context as Context
from .context import current as current
from .data import bars as bars
from .data import load_bars as load_bars
from .features import feature as feature
from .registry import operation as operation
from .registry import save as save
from .registry import schema as schema

__all__ = [
    "Context",
    "bars",
    "current",
    "feature",
    "load_bars",
    "operation",
    "save",
    "schema",
]
