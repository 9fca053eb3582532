from .delta import DeltaLake as DeltaLake
from .delta import open_lake as open_lake

__all__ = ["DeltaLake", "open_lake"]
