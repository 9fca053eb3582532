from .backtest import performance_report as performance_report
from .backtest import run_backtest as run_backtest
from .context import Context as Context
from .context import current as current
from .data import bars as bars
from .data import load_bars as load_bars
from .features import compute_feature as compute_feature
from .features import feature as feature
from .features import list_features as list_features
from .features import quick_analysis as quick_analysis
from .registry import operation as operation
from .registry import save as save
from .registry import schema as schema
from .risk import correlation_analysis as correlation_analysis
from .risk import risk_analysis as risk_analysis
from .runs import run_notebook as run_notebook
from .strategies import get_strategy_info as get_strategy_info
from .strategies import list_strategies as list_strategies
from .strategies import strategy as strategy

__all__ = [
    "Context",
    "bars",
    "compute_feature",
    "correlation_analysis",
    "current",
    "feature",
    "get_strategy_info",
    "list_features",
    "list_strategies",
    "load_bars",
    "operation",
    "performance_report",
    "quick_analysis",
    "risk_analysis",
    "run_backtest",
    "run_notebook",
    "save",
    "schema",
    "strategy",
]
