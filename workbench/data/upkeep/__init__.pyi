from .operations import compact_lake as compact_lake
from .operations import lake_history as lake_history
from .operations import vacuum_lake as vacuum_lake
from .operations import verify_lake as verify_lake
from .results import CommitFacts as CommitFacts
from .results import LakeHistory as LakeHistory
from .results import LakeReport as LakeReport
from .results import TableFacts as TableFacts

__all__ = [
    "CommitFacts",
    "LakeHistory",
    "LakeReport",
    "TableFacts",
    "compact_lake",
    "lake_history",
    "vacuum_lake",
    "verify_lake",
]
