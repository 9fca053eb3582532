from .actions import add_corporate_actions as add_corporate_actions
from .actions import adjust_bars as adjust_bars
from .actions import adjustment_factors as adjustment_factors
from .actions import delisting_returns as delisting_returns
from .actions import get_corporate_actions as get_corporate_actions
from .actions import load_actions as load_actions
from .actions import total_returns as total_returns
from .actions import unadjust_bars as unadjust_bars
from .calendars import Calendar as Calendar
from .calendars import open_calendar as open_calendar
from .catalogue import dataset_names as dataset_names
from .downloads import download_data as download_data
from .downloads import source_names as source_names
from .frames import bars as bars
from .fundamentals import add_fundamentals as add_fundamentals
from .fundamentals import add_macro as add_macro
from .fundamentals import download_fundamentals as download_fundamentals
from .fundamentals import facts_asof as facts_asof
from .fundamentals import get_fundamentals as get_fundamentals
from .fundamentals import get_macro as get_macro
from .fundamentals import load_facts as load_facts
from .fundamentals import load_macro as load_macro
from .fundamentals import macro_asof as macro_asof
from .futures import continuous as continuous
from .futures import continuous_future as continuous_future
from .futures import contract_chain as contract_chain
from .fx import convert_currency as convert_currency
from .instruments import add_instruments as add_instruments
from .instruments import asset_class_of as asset_class_of
from .instruments import canonical_symbol as canonical_symbol
from .instruments import download_instruments as download_instruments
from .instruments import find_instrument as find_instrument
from .instruments import find_instruments as find_instruments
from .instruments import vendor_symbol as vendor_symbol
from .loading import load_bars as load_bars
from .manifest import Manifest as Manifest
from .operations import add_dataset as add_dataset
from .operations import get_bars as get_bars
from .operations import list_datasets as list_datasets
from .quality import check_bars as check_bars
from .quality import check_quality as check_quality
from .quality import list_quarantine as list_quarantine
from .quality import repair_dataset as repair_dataset
from .results import BarsReport as BarsReport
from .results import DatasetAdded as DatasetAdded
from .results import DatasetFacts as DatasetFacts
from .results import DatasetList as DatasetList
from .sessions import get_market_status as get_market_status
from .sessions import list_sessions as list_sessions
from .sessions import phase_of as phase_of
from .sources import SyntheticSource as SyntheticSource
from .sources import TableSource as TableSource
from .sources import simulate as simulate
from .sources import synthetic_bars as synthetic_bars
from .sql import connect as connect
from .sql import query_data as query_data
from .universes import UniverseRule as UniverseRule
from .universes import get_universe as get_universe
from .universes import load_membership as load_membership
from .universes import make_universe as make_universe
from .universes import membership as membership
from .universes import universe_bars as universe_bars
from .upkeep import compact_lake as compact_lake
from .upkeep import lake_history as lake_history
from .upkeep import vacuum_lake as vacuum_lake
from .upkeep import verify_lake as verify_lake

__all__ = [
    "BarsReport",
    "Calendar",
    "DatasetAdded",
    "DatasetFacts",
    "DatasetList",
    "Manifest",
    "SyntheticSource",
    "TableSource",
    "UniverseRule",
    "add_corporate_actions",
    "add_dataset",
    "add_fundamentals",
    "add_instruments",
    "add_macro",
    "adjust_bars",
    "adjustment_factors",
    "asset_class_of",
    "bars",
    "canonical_symbol",
    "check_bars",
    "check_quality",
    "compact_lake",
    "connect",
    "continuous",
    "continuous_future",
    "contract_chain",
    "convert_currency",
    "dataset_names",
    "delisting_returns",
    "download_data",
    "download_fundamentals",
    "download_instruments",
    "facts_asof",
    "find_instrument",
    "find_instruments",
    "get_bars",
    "get_corporate_actions",
    "get_fundamentals",
    "get_macro",
    "get_market_status",
    "get_universe",
    "lake_history",
    "list_datasets",
    "list_quarantine",
    "list_sessions",
    "load_actions",
    "load_bars",
    "load_facts",
    "load_macro",
    "load_membership",
    "macro_asof",
    "make_universe",
    "membership",
    "open_calendar",
    "phase_of",
    "query_data",
    "repair_dataset",
    "simulate",
    "source_names",
    "synthetic_bars",
    "total_returns",
    "unadjust_bars",
    "universe_bars",
    "vacuum_lake",
    "vendor_symbol",
    "verify_lake",
]
