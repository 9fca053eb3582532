from .lake import DeltaLake as DeltaLake
from .lake import open_lake as open_lake
from .ledger import MemoryLedger as MemoryLedger
from .ledger import SqlLedger as SqlLedger
from .ledger import open_ledger as open_ledger
from .memory import MemoryLake as MemoryLake
from .memory import MemoryRuns as MemoryRuns
from .rows import ordered_by as ordered_by
from .rows import ordered_with_ranks as ordered_with_ranks
from .rows import ranks_of as ranks_of
from .rows import same_as_before as same_as_before
from .runs import SqlRuns as SqlRuns
from .runs import open_runs as open_runs
from .sql import Database as Database
from .sql import from_json as from_json
from .sql import open_database as open_database
from .sql import to_json as to_json

__all__ = [
    "Database",
    "DeltaLake",
    "MemoryLake",
    "MemoryLedger",
    "MemoryRuns",
    "SqlLedger",
    "SqlRuns",
    "from_json",
    "open_database",
    "open_lake",
    "open_ledger",
    "open_runs",
    "ordered_by",
    "ordered_with_ranks",
    "ranks_of",
    "same_as_before",
    "to_json",
]
