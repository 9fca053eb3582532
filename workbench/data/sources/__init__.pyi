from .edges import Momentum as Momentum
from .edges import Pair as Pair
from .edges import TurnOfMonth as TurnOfMonth
from .operations import synthetic_bars as synthetic_bars
from .process import Path as Path
from .process import Process as Process
from .processes import Garch as Garch
from .processes import Gbm as Gbm
from .processes import Heston as Heston
from .processes import Merton as Merton
from .processes import Regimes as Regimes
from .results import SyntheticBars as SyntheticBars
from .series import PROCESSES as PROCESSES
from .series import process_of as process_of
from .simulation import Synthetic as Synthetic
from .simulation import simulate as simulate
from .synthetic import SyntheticSource as SyntheticSource
from .tables import TableSource as TableSource

__all__ = [
    "PROCESSES",
    "Garch",
    "Gbm",
    "Heston",
    "Merton",
    "Momentum",
    "Pair",
    "Path",
    "Process",
    "Regimes",
    "Synthetic",
    "SyntheticBars",
    "SyntheticSource",
    "TableSource",
    "TurnOfMonth",
    "process_of",
    "simulate",
    "synthetic_bars",
]
