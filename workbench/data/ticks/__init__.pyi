from .loading import load_ticks as load_ticks
from .operations import download_ticks as download_ticks
from .operations import get_ticks as get_ticks
from .results import TickReport as TickReport
from .results import TicksDownloaded as TicksDownloaded
from .sifting import sift_ticks as sift_ticks

__all__ = [
    "TickReport",
    "TicksDownloaded",
    "download_ticks",
    "get_ticks",
    "load_ticks",
    "sift_ticks",
]
