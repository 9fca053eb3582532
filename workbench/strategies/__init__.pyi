from .declaration import Strategy as Strategy
from .declaration import as_strategy as as_strategy
from .declaration import strategy as strategy
from .operations import get_strategy_info as get_strategy_info
from .operations import list_strategies as list_strategies
from .results import StrategyInfo as StrategyInfo
from .results import StrategyList as StrategyList
from .stepping import Memory as Memory

__all__ = [
    "Memory",
    "Strategy",
    "StrategyInfo",
    "StrategyList",
    "as_strategy",
    "get_strategy_info",
    "list_strategies",
    "strategy",
]
