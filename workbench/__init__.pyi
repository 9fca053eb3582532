from .backtest import performance_report as performance_report
from .backtest import run_backtest as run_backtest
from .context import Context as Context
from .context import current as current
from .data import add_dataset as add_dataset
from .data import bars as bars
from .data import get_bars as get_bars
from .data import list_datasets as list_datasets
from .data import load_bars as load_bars
from .features import compute_feature as compute_feature
from .features import feature as feature
from .features import list_features as list_features
from .features import quick_analysis as quick_analysis
from .forecast import neural_forecast as neural_forecast
from .forecast import neural_model_status as neural_model_status
from .forecast import neural_train as neural_train
from .forms import form as form
from .market import Costs as Costs
from .registry import operation as operation
from .registry import save as save
from .registry import schema as schema
from .risk import correlation_analysis as correlation_analysis
from .risk import risk_analysis as risk_analysis
from .runs import list_runs as list_runs
from .runs import run_notebook as run_notebook
from .strategies import get_strategy_info as get_strategy_info
from .strategies import list_strategies as list_strategies
from .strategies import strategy as strategy

__version__: str

__all__ = [
    "Context",
    "Costs",
    "add_dataset",
    "bars",
    "compute_feature",
    "correlation_analysis",
    "current",
    "feature",
    "form",
    "get_bars",
    "get_strategy_info",
    "list_datasets",
    "list_features",
    "list_runs",
    "list_strategies",
    "load_bars",
    "neural_forecast",
    "neural_model_status",
    "neural_train",
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
