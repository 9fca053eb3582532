from .declaration import Strategy as Strategy
from .declaration import as_strategy as as_strategy
from .declaration import strategy as strategy
from .ensemble import combined as combined
from .operations import get_strategy_info as get_strategy_info
from .operations import list_strategies as list_strategies
from .operations import save_strategy as save_strategy
from .results import SavedStrategy as SavedStrategy
from .results import StrategyInfo as StrategyInfo
from .results import StrategyList as StrategyList
from .sizing import Fixed as Fixed
from .sizing import Kelly as Kelly
from .sizing import Percent as Percent
from .sizing import VolatilityTarget as VolatilityTarget
from .sizing import rebalanced as rebalanced
from .sizing import sized as sized
from .stepping import Memory as Memory

__all__ = [
    "Fixed",
    "Kelly",
    "Memory",
    "Percent",
    "SavedStrategy",
    "Strategy",
    "StrategyInfo",
    "StrategyList",
    "VolatilityTarget",
    "as_strategy",
    "combined",
    "get_strategy_info",
    "list_strategies",
    "rebalanced",
    "save_strategy",
    "sized",
    "strategy",
]
