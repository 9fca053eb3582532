from .asking import FEWEST_BARS as FEWEST_BARS
from .asking import question_of as question_of
from .asking import reason_of as reason_of
from .asking import scope_of as scope_of
from .claims import claim_of as claim_of
from .claims import related_trials as related_trials
from .claims import trial_line as trial_line
from .holdouts import HOLDOUT as HOLDOUT
from .holdouts import holdout_note as holdout_note
from .holdouts import looks_at as looks_at
from .listing import ledger_report as ledger_report
from .listing import opening_of as opening_of
from .luck import best_by_luck as best_by_luck
from .luck import p_on_data as p_on_data
from .luck import p_on_question as p_on_question
from .operations import get_trial_ledger as get_trial_ledger
from .recording import Attempt as Attempt
from .recording import Recorded as Recorded
from .recording import SweepAttempt as SweepAttempt
from .recording import record_sweep_trials as record_sweep_trials
from .recording import record_trial as record_trial

__all__ = [
    "FEWEST_BARS",
    "HOLDOUT",
    "Attempt",
    "Recorded",
    "SweepAttempt",
    "best_by_luck",
    "claim_of",
    "get_trial_ledger",
    "holdout_note",
    "ledger_report",
    "looks_at",
    "opening_of",
    "p_on_data",
    "p_on_question",
    "question_of",
    "reason_of",
    "record_sweep_trials",
    "record_trial",
    "related_trials",
    "scope_of",
    "trial_line",
]
