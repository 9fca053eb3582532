from .operations import get_polygon_data as get_polygon_data
from .results import VendorData as VendorData

__all__ = ["VendorData", "get_polygon_data"]
