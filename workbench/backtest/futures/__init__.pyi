from .results import FuturesBacktest as FuturesBacktest
from .trading import simulate_futures as simulate_futures

__all__ = ["FuturesBacktest", "simulate_futures"]
