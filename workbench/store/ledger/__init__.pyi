from .journal import SqlLedger as SqlLedger
from .journal import open_ledger as open_ledger
from .memory import MemoryLedger as MemoryLedger

__all__ = ["MemoryLedger", "SqlLedger", "open_ledger"]
