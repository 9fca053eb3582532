from . import backtest as backtest
from . import charts as charts
from . import data as data
from . import domain as domain
from . import errors as errors
from . import features as features
from . import forecast as forecast
from . import market as market
from . import ports as ports
from . import risk as risk
from . import runs as runs
from . import strategies as strategies
from . import validation as validation
from .backtest import adaptive_strategy_selection as adaptive_strategy_selection
from .backtest import backtest_strategy as backtest_strategy
from .backtest import check_leaks as check_leaks
from .backtest import compare_runs as compare_runs
from .backtest import get_strategy_comparison as get_strategy_comparison
from .backtest import import_backtest as import_backtest
from .backtest import optimize_parameters as optimize_parameters
from .backtest import optimize_strategy as optimize_strategy
from .backtest import performance_report as performance_report
from .backtest import quick_backtest as quick_backtest
from .backtest import recommend_strategy as recommend_strategy
from .backtest import run_backtest as run_backtest
from .backtest import run_benchmark as run_benchmark
from .backtest import simulate_trade as simulate_trade
from .backtest import sweep as sweep
from .backtest import validate_strategy as validate_strategy
from .context import Context as Context
from .context import current as current
from .data import SyntheticSource as SyntheticSource
from .data import TableSource as TableSource
from .data import add_corporate_actions as add_corporate_actions
from .data import add_dataset as add_dataset
from .data import add_fundamentals as add_fundamentals
from .data import add_macro as add_macro
from .data import adjust_bars as adjust_bars
from .data import adjustment_factors as adjustment_factors
from .data import bars as bars
from .data import check_quality as check_quality
from .data import continuous_future as continuous_future
from .data import convert_currency as convert_currency
from .data import download_data as download_data
from .data import find_instruments as find_instruments
from .data import get_bars as get_bars
from .data import get_corporate_actions as get_corporate_actions
from .data import get_fundamentals as get_fundamentals
from .data import get_macro as get_macro
from .data import get_market_status as get_market_status
from .data import get_universe as get_universe
from .data import list_datasets as list_datasets
from .data import list_quarantine as list_quarantine
from .data import list_sessions as list_sessions
from .data import load_bars as load_bars
from .data import make_universe as make_universe
from .data import query_data as query_data
from .data import repair_dataset as repair_dataset
from .data import synthetic_bars as synthetic_bars
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
from .strategies import save_strategy as save_strategy
from .strategies import sized as sized
from .strategies import strategy as strategy
from .validation import get_trial_ledger as get_trial_ledger

__version__: str

__all__ = [
    "Context",
    "Costs",
    "SyntheticSource",
    "TableSource",
    "adaptive_strategy_selection",
    "add_corporate_actions",
    "add_dataset",
    "add_fundamentals",
    "add_macro",
    "adjust_bars",
    "adjustment_factors",
    "backtest",
    "backtest_strategy",
    "bars",
    "charts",
    "check_leaks",
    "check_quality",
    "compare_runs",
    "compute_feature",
    "continuous_future",
    "convert_currency",
    "correlation_analysis",
    "current",
    "data",
    "domain",
    "download_data",
    "errors",
    "feature",
    "features",
    "find_instruments",
    "forecast",
    "form",
    "get_bars",
    "get_corporate_actions",
    "get_fundamentals",
    "get_macro",
    "get_market_status",
    "get_strategy_comparison",
    "get_strategy_info",
    "get_trial_ledger",
    "get_universe",
    "import_backtest",
    "list_datasets",
    "list_features",
    "list_quarantine",
    "list_runs",
    "list_sessions",
    "list_strategies",
    "load_bars",
    "make_universe",
    "market",
    "neural_forecast",
    "neural_model_status",
    "neural_train",
    "operation",
    "optimize_parameters",
    "optimize_strategy",
    "performance_report",
    "ports",
    "query_data",
    "quick_analysis",
    "quick_backtest",
    "recommend_strategy",
    "repair_dataset",
    "risk",
    "risk_analysis",
    "run_backtest",
    "run_benchmark",
    "run_notebook",
    "runs",
    "save",
    "save_strategy",
    "schema",
    "simulate_trade",
    "sized",
    "strategies",
    "strategy",
    "sweep",
    "synthetic_bars",
    "validate_strategy",
    "validation",
]
