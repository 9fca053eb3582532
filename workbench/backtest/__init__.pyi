from .operations import performance_report as performance_report
from .operations import run_backtest as run_backtest
from .results import BacktestReport as BacktestReport
from .results import PerformanceReport as PerformanceReport
from .simulate import simulate as simulate

__all__ = [
    "BacktestReport",
    "PerformanceReport",
    "performance_report",
    "run_backtest",
    "simulate",
]
