from .operations import import_backtest as import_backtest
from .reading import imported as imported

__all__ = ["import_backtest", "imported"]
