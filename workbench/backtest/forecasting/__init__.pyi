from .operations import neural_backtest as neural_backtest
from .results import NeuralBacktest as NeuralBacktest
from .rule import forecast_strategy as forecast_strategy
from .rule import median_returns as median_returns

__all__ = ["NeuralBacktest", "forecast_strategy", "median_returns", "neural_backtest"]
