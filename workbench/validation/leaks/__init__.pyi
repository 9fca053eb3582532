from .fills import check_fills as check_fills
from .fills import check_rule as check_rule
from .finding import Examined as Examined
from .finding import examine as examine
from .kinds import DATA_KINDS as DATA_KINDS
from .kinds import LeakKind as LeakKind
from .knowledge import Said as Said
from .knowledge import data_checks as data_checks
from .reporting import assert_causal as assert_causal
from .reporting import find_leaks as find_leaks
from .reporting import report_of as report_of
from .results import LeakCheck as LeakCheck
from .results import LeakFinding as LeakFinding
from .results import LeakReport as LeakReport
from .selection import selection_check as selection_check

__all__ = [
    "DATA_KINDS",
    "Examined",
    "LeakCheck",
    "LeakFinding",
    "LeakKind",
    "LeakReport",
    "Said",
    "assert_causal",
    "check_fills",
    "check_rule",
    "data_checks",
    "examine",
    "find_leaks",
    "report_of",
    "selection_check",
]
