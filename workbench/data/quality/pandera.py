"""Schemas of the lake's tables, made from their columns and checked by pandera.

Types and presence come from `workbench.domain.schemas`; what a value may be is said here.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from workbench.data.quality.columns import QUARANTINE_COLUMNS, REPAIR_COLUMNS
from workbench.domain import (
    ACTION_COLUMNS,
    ALIAS_COLUMNS,
    BAR_COLUMNS,
    FUNDAMENTAL_COLUMNS,
    INSTRUMENT_COLUMNS,
    MACRO_COLUMNS,
    MEMBERSHIP_COLUMNS,
    QUOTE_COLUMNS,
    SNAPSHOT_COLUMNS,
    TRADE_COLUMNS,
    AssetClass,
    CorporateAction,
)
from workbench.errors import MissingExtra, UnknownName

if TYPE_CHECKING:
    from types import ModuleType

    import pandas as pd
    import pyarrow as pa

__all__ = ["TABLES", "schema_of", "table_faults"]

TABLES: dict[str, dict[str, str]] = {
    "bars": BAR_COLUMNS,
    "trades": TRADE_COLUMNS,
    "quotes": QUOTE_COLUMNS,
    "snapshots": SNAPSHOT_COLUMNS,
    "actions": ACTION_COLUMNS,
    "instruments": INSTRUMENT_COLUMNS,
    "aliases": ALIAS_COLUMNS,
    "fundamentals": FUNDAMENTAL_COLUMNS,
    "macro": MACRO_COLUMNS,
    "universes": MEMBERSHIP_COLUMNS,
    "quarantine": QUARANTINE_COLUMNS,
    "repairs": REPAIR_COLUMNS,
}
"""Kind of table → its columns."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "bars": ("symbol", "time", "close"),
    "trades": ("symbol", "time", "price", "size"),
    "quotes": ("symbol", "time"),
    "snapshots": ("symbol", "time"),
    "actions": ("symbol", "time", "kind"),
    "instruments": ("instrument", "symbol"),
    "aliases": ("instrument", "vendor", "alias"),
    "fundamentals": ("symbol", "time", "item", "value", "filed_at"),
    "macro": ("symbol", "time"),
    "universes": ("instrument", "symbol", "time"),
    "quarantine": ("timeframe", "reason", "source"),
    "repairs": ("symbol", "time", "timeframe", "field", "check", "rule", "by"),
}
"""Columns that are never null."""

UNCHECKED = ("quarantine", "repairs")
"""Kept because their values are wrong."""

POSITIVE = frozenset(
    {"open", "high", "low", "close", "price", "bid", "ask", "last", "previous_close"}
    | {"tick", "lot", "multiplier", "ratio"}
)
NOT_NEGATIVE = frozenset({"volume", "size", "bid_size", "ask_size", "amount"})
AMONG: dict[tuple[str, str], tuple[str, ...]] = {
    ("actions", "kind"): tuple(CorporateAction),
    ("instruments", "asset_class"): tuple(AssetClass),
    ("universes", "leaves_by"): ("rule", "delisting", "merger"),
}
CURRENCY = r"^([A-Z]{3}|unknown)?$"
ORDERED: dict[str, tuple[tuple[str, str], ...]] = {
    "bars": (("low", "high"), ("low", "open"), ("low", "close"), ("open", "high"),
             ("close", "high")),
    "snapshots": (("low", "high"),),
    "aliases": (("valid_from", "valid_until"),),
    "instruments": (("listed", "delisted"),),
    "universes": (("time", "until"),),
    "fundamentals": (("period_start", "time"), ("time", "filed_at")),
}  # fmt: skip
"""Pairs of columns of which the first is not greater than the second."""
ROUNDING = 1e-6


@cache
def schema_of(kind: str) -> Any:
    """The pandera schema of a kind of table.

    Parameters
    ----------
    kind : str
        One of `TABLES`.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        Of the table as a pandas frame; other columns, such as those of the lake, are allowed.

    Raises
    ------
    UnknownName
        If there is no such kind.
    MissingExtra
        If pandera is not installed.
    """
    if kind not in TABLES:
        raise UnknownName("kind of table", kind, TABLES)
    pandera = _pandera()
    columns = {
        name: pandera.Column(
            _dtype(arrow),
            checks=_checks(pandera, kind, name),
            nullable=name not in REQUIRED[kind],
            coerce=False,
        )
        for name, arrow in TABLES[kind].items()
    }
    ordered = [_ordered(pandera, low, high) for low, high in ORDERED.get(kind, ())]
    return pandera.DataFrameSchema(columns, checks=ordered, name=kind)


def table_faults(table: pa.Table, kind: str) -> pd.DataFrame:
    """Where a table is not as its schema says.

    Parameters
    ----------
    table : pyarrow.Table
        Of the port or of the lake.
    kind : str
        One of `TABLES`.

    Returns
    -------
    pandas.DataFrame
        One row for each fault; columns ``column``, ``check``, ``row`` (its place, missing for a
        whole column) and ``value``. Empty when there is none.

    Raises
    ------
    UnknownName
        If there is no such kind.
    MissingExtra
        If pandera is not installed.
    """
    schema = schema_of(kind)
    frame = _framed(table, kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # pandera's own use of pandas
            schema.validate(frame, lazy=True)
    except _pandera().errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return frame.iloc[:0].reindex(columns=["column", "check", "row", "value"])
    of_rows = (cases["schema_context"] == "DataFrameSchema") & cases["index"].notna()
    cases = cases[~of_rows | (cases["column"] == cases["check"].str.partition(" ")[0])]
    named = {"index": "row", "failure_case": "value"}
    return cases.rename(columns=named)[["column", "check", "row", "value"]].reset_index(drop=True)


def _framed(table: pa.Table, kind: str) -> pd.DataFrame:
    """The columns of a kind as pandas types that keep null apart from numbers."""
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    there = [name for name in TABLES[kind] if name in table.column_names]
    frame = table.select(there).to_pandas(integer_object_nulls=True)
    for name in there:
        if TABLES[kind][name] == "string" and str(table.schema.field(name).type) == "string":
            frame[name] = frame[name].astype(pd.StringDtype())
        if TABLES[kind][name].startswith("int") and frame[name].dtype == object:
            frame[name] = frame[name].astype(_dtype(TABLES[kind][name]))
    return frame


def _dtype(arrow: str) -> str:
    """The pandas type of an Arrow type, one that can be null."""
    if arrow.startswith("int"):
        return arrow.capitalize()
    return {"string": "string", "double": "float64", "timestamp[us]": "datetime64[us]"}[arrow]


def _checks(pandera: ModuleType, kind: str, name: str) -> list[Any]:
    if kind in UNCHECKED:
        return []
    made = []
    if name in POSITIVE:
        made.append(pandera.Check.gt(0, error=f"{name} is above zero"))
    if name in NOT_NEGATIVE:
        made.append(pandera.Check.ge(0, error=f"{name} is not negative"))
    if name == "currency":
        made.append(pandera.Check.str_matches(CURRENCY, error="currency is ISO 4217"))
    if (kind, name) in AMONG:
        words = list(AMONG[kind, name])
        made.append(pandera.Check.isin(words, error=f"{name} is one of {', '.join(words)}"))
    return made


def _ordered(pandera: ModuleType, low: str, high: str) -> Any:
    def holds(frame: pd.DataFrame) -> Any:
        if not {low, high} <= set(frame):
            return True  # which is a fault of its own
        ends = frame[high]
        if ends.dtype.kind == "f":
            ends = ends * (1 + ROUNDING)
        return (frame[low] <= ends) | frame[low].isna() | frame[high].isna()

    return pandera.Check(holds, error=f"{low} is not above {high}")


def _pandera() -> ModuleType:
    try:
        import pandera.pandas  # noqa: PLC0415  heavy: pandera
    except ImportError:
        raise MissingExtra("pandera", "to check tables against their schemas", "lab") from None
    return pandera.pandas
