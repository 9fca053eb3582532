from .context import Context as Context
from .context import current as current
from .registry import operation as operation
from .registry import save as save
from .registry import schema as schema

__all__ = [
    "Context",
    "current",
    "operation",
    "save",
    "schema",
]
