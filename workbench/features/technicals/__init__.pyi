from .levels import Level as Level
from .levels import price_levels as price_levels
from .levels import swing_points as swing_points
from .operations import get_market_analysis as get_market_analysis
from .results import MarketAnalysis as MarketAnalysis
from .results import PriceLevel as PriceLevel
from .slopes import Slope as Slope
from .slopes import slope_of as slope_of

__all__ = [
    "Level",
    "MarketAnalysis",
    "PriceLevel",
    "Slope",
    "get_market_analysis",
    "price_levels",
    "slope_of",
    "swing_points",
]
