from .operations import backtest_strategy as backtest_strategy
from .operations import quick_backtest as quick_backtest
from .operations import run_benchmark as run_benchmark
from .operations import simulate_trade as simulate_trade
from .results import QuickBacktest as QuickBacktest
from .results import SimulatedTrade as SimulatedTrade
from .results import StrategyBenchmark as StrategyBenchmark

__all__ = [
    "QuickBacktest",
    "SimulatedTrade",
    "StrategyBenchmark",
    "backtest_strategy",
    "quick_backtest",
    "run_benchmark",
    "simulate_trade",
]
