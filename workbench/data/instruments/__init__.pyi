from .instrument import Alias as Alias
from .instrument import Instrument as Instrument
from .master import SecurityMaster as SecurityMaster
from .notation import Notation as Notation
from .occ import OptionContract as OptionContract
from .storing import find_instrument as find_instrument
from .storing import load_aliases as load_aliases
from .storing import load_instruments as load_instruments
from .storing import open_master as open_master
from .storing import store_aliases as store_aliases
from .storing import store_instruments as store_instruments
from .symbology import asset_class_of as asset_class_of
from .symbology import canonical_symbol as canonical_symbol
from .symbology import vendor_symbol as vendor_symbol
from .vendors import NOTATIONS as NOTATIONS

__all__ = [
    "NOTATIONS",
    "Alias",
    "Instrument",
    "Notation",
    "OptionContract",
    "SecurityMaster",
    "asset_class_of",
    "canonical_symbol",
    "find_instrument",
    "load_aliases",
    "load_instruments",
    "open_master",
    "store_aliases",
    "store_instruments",
    "vendor_symbol",
]
