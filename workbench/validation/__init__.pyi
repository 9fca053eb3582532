from .annual import bars_per_year as bars_per_year
from .annual import periods_per_year as periods_per_year
from .falls import worst_drawdowns as worst_drawdowns
from .metrics import MEASURES as MEASURES
from .metrics import Measure as Measure
from .metrics import drawdowns as drawdowns
from .metrics import measure as measure
from .relative import RELATIVE_MEASURES as RELATIVE_MEASURES
from .relative import RelativeMeasure as RelativeMeasure
from .rolling import rolling_beta as rolling_beta
from .rolling import rolling_sharpe as rolling_sharpe
from .significance import measured_corrections as measured_corrections
from .trades import profit_factor as profit_factor
from .trades import win_rate as win_rate
from .trials import FEWEST_BARS as FEWEST_BARS
from .trials import Attempt as Attempt
from .trials import Recorded as Recorded
from .trials import SweepAttempt as SweepAttempt
from .trials import best_by_luck as best_by_luck
from .trials import get_trial_ledger as get_trial_ledger
from .trials import p_on_data as p_on_data
from .trials import p_on_question as p_on_question
from .trials import question_of as question_of
from .trials import reason_of as reason_of
from .trials import record_sweep_trials as record_sweep_trials
from .trials import record_trial as record_trial
from .trials import scope_of as scope_of

__all__ = [
    "FEWEST_BARS",
    "MEASURES",
    "RELATIVE_MEASURES",
    "Attempt",
    "Measure",
    "Recorded",
    "RelativeMeasure",
    "SweepAttempt",
    "bars_per_year",
    "best_by_luck",
    "drawdowns",
    "get_trial_ledger",
    "measure",
    "measured_corrections",
    "p_on_data",
    "p_on_question",
    "periods_per_year",
    "profit_factor",
    "question_of",
    "reason_of",
    "record_sweep_trials",
    "record_trial",
    "rolling_beta",
    "rolling_sharpe",
    "scope_of",
    "win_rate",
    "worst_drawdowns",
]
