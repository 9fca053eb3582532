from .choosing import adaptive_strategy_selection as adaptive_strategy_selection
from .choosing import get_strategy_comparison as get_strategy_comparison
from .choosing import recommend_strategy as recommend_strategy
from .operations import performance_report as performance_report
from .operations import run_backtest as run_backtest
from .results import BacktestReport as BacktestReport
from .results import PerformanceReport as PerformanceReport
from .simulate import simulate as simulate

__all__ = [
    "BacktestReport",
    "PerformanceReport",
    "adaptive_strategy_selection",
    "get_strategy_comparison",
    "performance_report",
    "recommend_strategy",
    "run_backtest",
    "simulate",
]
