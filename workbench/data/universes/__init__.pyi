from .joining import universe_bars as universe_bars
from .keeping import load_membership as load_membership
from .keeping import store_membership as store_membership
from .listing import constituents as constituents
from .manifests import universe_manifest as universe_manifest
from .manifests import universe_names as universe_names
from .members import Membership as Membership
from .operations import get_universe as get_universe
from .operations import make_universe as make_universe
from .results import Spell as Spell
from .results import UniverseReport as UniverseReport
from .rules import Measure as Measure
from .rules import Rebalance as Rebalance
from .rules import Side as Side
from .rules import Statistic as Statistic
from .rules import UniverseRule as UniverseRule
from .selection import membership as membership

__all__ = [
    "Measure",
    "Membership",
    "Rebalance",
    "Side",
    "Spell",
    "Statistic",
    "UniverseReport",
    "UniverseRule",
    "constituents",
    "get_universe",
    "load_membership",
    "make_universe",
    "membership",
    "store_membership",
    "universe_bars",
    "universe_manifest",
    "universe_names",
]
