from .instrument import Alias as Alias
from .instrument import Instrument as Instrument
from .master import SecurityMaster as SecurityMaster
from .notation import Notation as Notation
from .notation import Symbol as Symbol
from .occ import OptionContract as OptionContract
from .operations import add_instruments as add_instruments
from .operations import download_instruments as download_instruments
from .operations import find_instruments as find_instruments
from .results import AliasFacts as AliasFacts
from .results import InstrumentFacts as InstrumentFacts
from .results import InstrumentList as InstrumentList
from .results import InstrumentsAdded as InstrumentsAdded
from .storing import find_instrument as find_instrument
from .storing import load_aliases as load_aliases
from .storing import load_instruments as load_instruments
from .storing import open_master as open_master
from .storing import store_aliases as store_aliases
from .storing import store_instruments as store_instruments
from .symbology import asset_class_of as asset_class_of
from .symbology import canonical_symbol as canonical_symbol
from .symbology import vendor_symbol as vendor_symbol
from .symbology import vendor_symbols as vendor_symbols
from .vendors import NOTATIONS as NOTATIONS

__all__ = [
    "NOTATIONS",
    "Alias",
    "AliasFacts",
    "Instrument",
    "InstrumentFacts",
    "InstrumentList",
    "InstrumentsAdded",
    "Notation",
    "OptionContract",
    "SecurityMaster",
    "Symbol",
    "add_instruments",
    "asset_class_of",
    "canonical_symbol",
    "download_instruments",
    "find_instrument",
    "find_instruments",
    "load_aliases",
    "load_instruments",
    "open_master",
    "store_aliases",
    "store_instruments",
    "vendor_symbol",
    "vendor_symbols",
]
