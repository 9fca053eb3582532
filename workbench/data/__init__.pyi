from .catalogue import dataset_names as dataset_names
from .frames import bars as bars
from .loading import load_bars as load_bars

__all__ = [
    "bars",
    "dataset_names",
    "load_bars",
]
