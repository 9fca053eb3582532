"""Rows of Arrow as the plain values that cross a wire."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa

__all__ = ["records_of"]


def records_of(rows: pa.Table) -> list[dict[str, Any]]:
    """One record for each row, of values that JSON has.

    Times are text by ISO 8601, bytes are hexadecimal digits; NaN and infinities are None.

    Parameters
    ----------
    rows : pyarrow.Table
        Of any columns, nested ones too.

    Returns
    -------
    list of dict
        Column → value.
    """
    return [{name: _plain(value) for name, value in row.items()} for row in rows.to_pylist()]


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if type(value) in {list, tuple}:
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int) else _text(value)


def _text(value: Any) -> str:
    """By ISO 8601, bytes in hexadecimal digits."""
    if isinstance(value, pa.MonthDayNano):
        return f"P{value.months}M{value.days}DT{value.nanoseconds / 1e9:g}S"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
