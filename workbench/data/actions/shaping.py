"""Corporate actions in their columns, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from workbench.domain import ACTION_COLUMNS, CorporateAction
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SCHEMA", "empty_actions", "shaped", "sift_actions"]

TYPES = {"string": pa.string(), "double": pa.float64(), "timestamp[us]": pa.timestamp("us")}
SCHEMA = pa.schema([(name, TYPES[kind]) for name, kind in ACTION_COLUMNS.items()])
"""The types of `ACTION_COLUMNS`."""

KNOWN_AT = pa.field("known_at", TYPES["timestamp[us]"])
CASH = (CorporateAction.DIVIDEND.value, CorporateAction.SPECIAL_DIVIDEND.value)
INTO = (CorporateAction.RENAME.value, CorporateAction.SPIN_OFF.value)


def empty_actions() -> pa.Table:
    """No actions, in `ACTION_COLUMNS` and ``known_at``."""
    return SCHEMA.append(KNOWN_AT).empty_table()


def shaped(table: pa.Table) -> pa.Table:
    """Actions with every column in its type; what is missing is null.

    Parameters
    ----------
    table : pyarrow.Table
        Columns among `ACTION_COLUMNS` and ``known_at``; symbol, time and kind at least.

    Returns
    -------
    pyarrow.Table
        `ACTION_COLUMNS` and ``known_at``. Ex-dates lie at 00:00.

    Raises
    ------
    InvalidInput
        If a column is not known or one that is needed is missing.
    """
    names = set(table.column_names)
    unknown = sorted(names - {*ACTION_COLUMNS, "known_at"})
    missing = sorted({"symbol", "time", "kind"} - names)
    if unknown or missing:
        raise InvalidInput(
            f"The columns {unknown} are not known"
            if unknown
            else f"The columns {missing} are missing",
            seen=table.column_names,
            cure=f"Use {', '.join(ACTION_COLUMNS)}",
        )
    made = {
        field.name: table[field.name].cast(field.type)
        if field.name in names
        else pa.nulls(table.num_rows, field.type)
        for field in SCHEMA.append(KNOWN_AT)
    }
    made["time"] = pc.floor_temporal(made["time"], unit="day").cast(TYPES["timestamp[us]"])
    return pa.table(made)


def sift_actions(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Tell actions that can be used from those that cannot.

    Parameters
    ----------
    table : pyarrow.Table
        As `shaped` takes them.

    Returns
    -------
    tuple of (pyarrow.Table, pyarrow.Table)
        The good ones, and the bad ones with a column ``reason``. A delisting without an amount
        is good: it is unknown what a holder received.
    """
    rows = shaped(table)
    reasons = pa.array(_reasons(rows), pa.string())
    good, bad = pc.is_null(reasons), pc.is_valid(reasons)
    return rows.filter(good), rows.append_column("reason", reasons).filter(bad)


def _reasons(rows: pa.Table) -> Iterator[str | None]:
    for row in zip(*(rows[name].to_pylist() for name in ROW), strict=True):
        yield next(_flaws(*row), None)


ROW = ("symbol", "time", "kind", "ratio", "amount", "into")


def _flaws(
    symbol: str | None,
    time: object,
    kind: str | None,
    ratio: float | None,
    amount: float | None,
    into: str | None,
) -> Iterator[str]:
    if not symbol or time is None:
        yield "it has no symbol or no ex-date"
    if kind not in set(CorporateAction):
        yield f"{kind} is no kind of corporate action"
    if kind == CorporateAction.SPLIT and not (ratio and ratio > 0):
        yield f"a split needs a ratio above zero, not {ratio}"
    if kind in CASH and not (amount and amount > 0):
        yield f"a dividend needs an amount above zero, not {amount}"
    if kind in INTO and not into:
        yield f"a {kind} needs to say into which symbol"
    if amount is not None and not amount >= 0:
        yield f"its amount is {amount}"
