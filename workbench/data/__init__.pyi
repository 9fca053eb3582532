from .calendars import Calendar as Calendar
from .calendars import open_calendar as open_calendar
from .catalogue import dataset_names as dataset_names
from .frames import bars as bars
from .loading import load_bars as load_bars
from .manifest import Manifest as Manifest
from .operations import add_dataset as add_dataset
from .operations import get_bars as get_bars
from .operations import list_datasets as list_datasets
from .results import BarsReport as BarsReport
from .results import DatasetAdded as DatasetAdded
from .results import DatasetFacts as DatasetFacts
from .results import DatasetList as DatasetList

__all__ = [
    "BarsReport",
    "Calendar",
    "DatasetAdded",
    "DatasetFacts",
    "DatasetList",
    "Manifest",
    "add_dataset",
    "bars",
    "dataset_names",
    "get_bars",
    "list_datasets",
    "load_bars",
    "open_calendar",
]
