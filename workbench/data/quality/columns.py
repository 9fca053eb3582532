"""The columns of what is kept about bad rows and repairs, beside those of the lake."""

from __future__ import annotations

from workbench.domain import BAR_COLUMNS

__all__ = ["QUARANTINE", "QUARANTINE_COLUMNS", "REPAIRS", "REPAIR_COLUMNS"]

QUARANTINE, REPAIRS = "quarantine", "repairs"
"""The tables of the lake."""

QUARANTINE_COLUMNS: dict[str, str] = {
    **BAR_COLUMNS,
    "timeframe": "string",
    "reason": "string",
    "source": "string",
}
"""Rows that were rejected: as they came, with the reason and who delivered them."""

REPAIR_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "timeframe": "string",
    "field": "string",
    "old": "double",
    "new": "double",
    "check": "string",
    "rule": "string",
    "why": "string",
    "by": "string",
}
"""Values that were repaired, one row for each; ``by`` is the kind of caller, and ``recorded_at``
says when. A withdrawn value is null as `new`."""
