from .lake import DeltaLake as DeltaLake
from .lake import open_lake as open_lake

__all__ = [
    "DeltaLake",
    "open_lake",
]
