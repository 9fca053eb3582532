from .annual import periods_per_year as periods_per_year
from .falls import worst_drawdowns as worst_drawdowns
from .ledger import Attempt as Attempt
from .ledger import question_of as question_of
from .ledger import record_trial as record_trial
from .metrics import MEASURES as MEASURES
from .metrics import Measure as Measure
from .metrics import drawdowns as drawdowns
from .metrics import measure as measure
from .relative import RELATIVE_MEASURES as RELATIVE_MEASURES
from .relative import RelativeMeasure as RelativeMeasure
from .rolling import rolling_beta as rolling_beta
from .rolling import rolling_sharpe as rolling_sharpe
from .trades import profit_factor as profit_factor
from .trades import win_rate as win_rate

__all__ = [
    "MEASURES",
    "RELATIVE_MEASURES",
    "Attempt",
    "Measure",
    "RelativeMeasure",
    "drawdowns",
    "measure",
    "periods_per_year",
    "profit_factor",
    "question_of",
    "record_trial",
    "rolling_beta",
    "rolling_sharpe",
    "win_rate",
    "worst_drawdowns",
]
