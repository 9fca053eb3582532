from .conditions import conditions_of as conditions_of
from .measuring import measure_all as measure_all
from .operations import adaptive_strategy_selection as adaptive_strategy_selection
from .operations import get_strategy_comparison as get_strategy_comparison
from .operations import recommend_strategy as recommend_strategy
from .results import AdaptiveSelection as AdaptiveSelection
from .results import MarketConditions as MarketConditions
from .results import Recommendation as Recommendation
from .results import StrategyComparison as StrategyComparison
from .scoring import first_places as first_places
from .scoring import score_of as score_of

__all__ = [
    "AdaptiveSelection",
    "MarketConditions",
    "Recommendation",
    "StrategyComparison",
    "adaptive_strategy_selection",
    "conditions_of",
    "first_places",
    "get_strategy_comparison",
    "measure_all",
    "recommend_strategy",
    "score_of",
]
