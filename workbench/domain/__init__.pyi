from .dataset import DatasetName as DatasetName
from .enums import Adjust as Adjust
from .enums import AssetClass as AssetClass
from .enums import Caller as Caller
from .enums import Effect as Effect
from .enums import Scope as Scope
from .refs import DatasetRef as DatasetRef
from .refs import FeatureRef as FeatureRef
from .refs import ModelRef as ModelRef
from .refs import Ref as Ref
from .refs import StrategyRef as StrategyRef
from .result import Number as Number
from .result import Result as Result
from .schemas import BAR_COLUMNS as BAR_COLUMNS
from .schemas import OHLCV as OHLCV
from .session import Period as Period
from .session import Session as Session
from .session import as_session as as_session
from .timeframe import Timeframe as Timeframe

__all__ = [
    "BAR_COLUMNS",
    "OHLCV",
    "Adjust",
    "AssetClass",
    "Caller",
    "DatasetName",
    "DatasetRef",
    "Effect",
    "FeatureRef",
    "ModelRef",
    "Number",
    "Period",
    "Ref",
    "Result",
    "Scope",
    "Session",
    "StrategyRef",
    "Timeframe",
    "as_session",
]
