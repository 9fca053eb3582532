from .currencies import CURRENCIES as CURRENCIES
from .dataset import DatasetName as DatasetName
from .enums import Adjust as Adjust
from .enums import AssetClass as AssetClass
from .enums import Caller as Caller
from .enums import CorporateAction as CorporateAction
from .enums import Effect as Effect
from .enums import Scope as Scope
from .order_states import IN_FLIGHT as IN_FLIGHT
from .order_states import OPEN as OPEN
from .order_states import TERMINAL as TERMINAL
from .order_states import OrderState as OrderState
from .order_states import OrderType as OrderType
from .order_states import Side as Side
from .order_states import TimeInForce as TimeInForce
from .orders import Fill as Fill
from .orders import Order as Order
from .positions import Position as Position
from .refs import DatasetRef as DatasetRef
from .refs import FeatureRef as FeatureRef
from .refs import ModelRef as ModelRef
from .refs import Ref as Ref
from .refs import SourceRef as SourceRef
from .refs import StrategyRef as StrategyRef
from .result import Number as Number
from .result import Result as Result
from .schemas import ACTION_COLUMNS as ACTION_COLUMNS
from .schemas import ALIAS_COLUMNS as ALIAS_COLUMNS
from .schemas import BAR_COLUMNS as BAR_COLUMNS
from .schemas import FUNDAMENTAL_COLUMNS as FUNDAMENTAL_COLUMNS
from .schemas import INSTRUMENT_COLUMNS as INSTRUMENT_COLUMNS
from .schemas import LAKE_COLUMNS as LAKE_COLUMNS
from .schemas import MACRO_COLUMNS as MACRO_COLUMNS
from .schemas import MEMBERSHIP_COLUMNS as MEMBERSHIP_COLUMNS
from .schemas import OHLCV as OHLCV
from .schemas import QUOTE_COLUMNS as QUOTE_COLUMNS
from .schemas import SNAPSHOT_COLUMNS as SNAPSHOT_COLUMNS
from .schemas import TRADE_COLUMNS as TRADE_COLUMNS
from .session import Period as Period
from .session import Session as Session
from .session import as_session as as_session
from .timeframe import Timeframe as Timeframe

__all__ = [
    "ACTION_COLUMNS",
    "ALIAS_COLUMNS",
    "BAR_COLUMNS",
    "CURRENCIES",
    "FUNDAMENTAL_COLUMNS",
    "INSTRUMENT_COLUMNS",
    "IN_FLIGHT",
    "LAKE_COLUMNS",
    "MACRO_COLUMNS",
    "MEMBERSHIP_COLUMNS",
    "OHLCV",
    "OPEN",
    "QUOTE_COLUMNS",
    "SNAPSHOT_COLUMNS",
    "TERMINAL",
    "TRADE_COLUMNS",
    "Adjust",
    "AssetClass",
    "Caller",
    "CorporateAction",
    "DatasetName",
    "DatasetRef",
    "Effect",
    "FeatureRef",
    "Fill",
    "ModelRef",
    "Number",
    "Order",
    "OrderState",
    "OrderType",
    "Period",
    "Position",
    "Ref",
    "Result",
    "Scope",
    "Session",
    "Side",
    "SourceRef",
    "StrategyRef",
    "TimeInForce",
    "Timeframe",
    "as_session",
]
