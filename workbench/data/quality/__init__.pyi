from .checking import CHECKS as CHECKS
from .checking import check_bars as check_bars
from .checking import check_rows as check_rows
from .findings import Check as Check
from .findings import Finding as Finding
from .findings import Severity as Severity
from .operations import check_quality as check_quality
from .operations import list_quarantine as list_quarantine
from .operations import repair_dataset as repair_dataset
from .pandera import schema_of as schema_of
from .pandera import table_faults as table_faults
from .rejected import quarantine as quarantine
from .results import QualityReport as QualityReport
from .results import QuarantineList as QuarantineList
from .results import RepairReport as RepairReport
from .rules import repair as repair
from .sifting import sift as sift

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "QualityReport",
    "QuarantineList",
    "RepairReport",
    "Severity",
    "check_bars",
    "check_quality",
    "check_rows",
    "list_quarantine",
    "quarantine",
    "repair",
    "repair_dataset",
    "schema_of",
    "sift",
    "table_faults",
]
