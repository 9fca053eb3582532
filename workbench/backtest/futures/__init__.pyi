from .operations import backtest_future as backtest_future
from .results import FuturesBacktest as FuturesBacktest
from .trading import simulate_futures as simulate_futures

__all__ = ["FuturesBacktest", "backtest_future", "simulate_futures"]
