from .choosing import adaptive_strategy_selection as adaptive_strategy_selection
from .choosing import get_strategy_comparison as get_strategy_comparison
from .choosing import recommend_strategy as recommend_strategy
from .comparing import RunComparison as RunComparison
from .comparing import compare_runs as compare_runs
from .forecasting import NeuralBacktest as NeuralBacktest
from .forecasting import forecast_strategy as forecast_strategy
from .forecasting import neural_backtest as neural_backtest
from .futures import FuturesBacktest as FuturesBacktest
from .futures import backtest_future as backtest_future
from .futures import simulate_futures as simulate_futures
from .holdout import HoldoutReport as HoldoutReport
from .holdout import keep_holdout as keep_holdout
from .holdout import open_holdout as open_holdout
from .importing import import_backtest as import_backtest
from .leaks import check_leaks as check_leaks
from .operations import performance_report as performance_report
from .operations import run_backtest as run_backtest
from .quick import backtest_strategy as backtest_strategy
from .quick import quick_backtest as quick_backtest
from .quick import run_benchmark as run_benchmark
from .quick import simulate_trade as simulate_trade
from .results import BacktestReport as BacktestReport
from .results import PerformanceReport as PerformanceReport
from .signals import SignalAccounts as SignalAccounts
from .signals import simulate_signals as simulate_signals
from .simulate import simulate as simulate
from .studies import validate_strategy as validate_strategy
from .sweeps import SweepResult as SweepResult
from .sweeps import optimize_parameters as optimize_parameters
from .sweeps import optimize_strategy as optimize_strategy
from .sweeps import sweep as sweep
from .sweeps import sweep_strategy as sweep_strategy

__all__ = [
    "BacktestReport",
    "FuturesBacktest",
    "HoldoutReport",
    "NeuralBacktest",
    "PerformanceReport",
    "RunComparison",
    "SignalAccounts",
    "SweepResult",
    "adaptive_strategy_selection",
    "backtest_future",
    "backtest_strategy",
    "check_leaks",
    "compare_runs",
    "forecast_strategy",
    "get_strategy_comparison",
    "import_backtest",
    "keep_holdout",
    "neural_backtest",
    "open_holdout",
    "optimize_parameters",
    "optimize_strategy",
    "performance_report",
    "quick_backtest",
    "recommend_strategy",
    "run_backtest",
    "run_benchmark",
    "simulate",
    "simulate_futures",
    "simulate_signals",
    "simulate_trade",
    "sweep",
    "sweep_strategy",
    "validate_strategy",
]
