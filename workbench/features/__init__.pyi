from .averages import ema as ema
from .averages import sma as sma
from .cointegration import Cointegration as Cointegration
from .cointegration import cointegrated as cointegrated
from .declaration import Feature as Feature
from .declaration import feature as feature
from .dispersion import bollinger as bollinger
from .dispersion import bollinger_position as bollinger_position
from .dispersion import volatility as volatility
from .dispersion import zscore as zscore
from .drawdowns import drawdown as drawdown
from .operations import compute_feature as compute_feature
from .operations import list_features as list_features
from .operations import quick_analysis as quick_analysis
from .oscillators import macd as macd
from .oscillators import rsi as rsi
from .panel import Bars as Bars
from .panel import along_time as along_time
from .panel import closes as closes
from .parameters import parameter_model as parameter_model
from .returns import log_returns as log_returns
from .returns import momentum as momentum
from .returns import simple_returns as simple_returns
from .reversion import half_life as half_life
from .sources import source_hash as source_hash

__all__ = [
    "Bars",
    "Cointegration",
    "Feature",
    "along_time",
    "bollinger",
    "bollinger_position",
    "closes",
    "cointegrated",
    "compute_feature",
    "drawdown",
    "ema",
    "feature",
    "half_life",
    "list_features",
    "log_returns",
    "macd",
    "momentum",
    "parameter_model",
    "quick_analysis",
    "rsi",
    "simple_returns",
    "sma",
    "source_hash",
    "volatility",
    "zscore",
]
