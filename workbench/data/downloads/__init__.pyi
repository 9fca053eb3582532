from .operations import download_data as download_data
from .results import DownloadReport as DownloadReport
from .running import Request as Request
from .running import download as download
from .vendors import source_names as source_names

__all__ = ["DownloadReport", "Request", "download", "download_data", "source_names"]
