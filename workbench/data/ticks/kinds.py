"""The two kinds of ticks: their columns, what names one, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from workbench.domain import QUOTE_COLUMNS, TRADE_COLUMNS

__all__ = ["KINDS", "OWN_CALENDAR", "TickKind", "numbered"]

OWN_CALENDAR = "XNYS"
"""Of symbols that are neither currencies nor crypto: the vendors of ticks are American."""


def _schema(columns: dict[str, str]) -> pa.Schema:
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])


@dataclass(frozen=True)
class TickKind:
    """Facts of a kind of tick.

    Parameters
    ----------
    table : str
        Of the lake, and the method of a `TickSource`.
    schema : pyarrow.Schema
        Its columns.
    keys : tuple of str
        What names one.
    quarantined_as : dict
        Field of a rejected bar → the column that is kept there.
    """

    table: str
    schema: pa.Schema
    keys: tuple[str, ...]
    quarantined_as: dict[str, str]


KINDS: dict[str, TickKind] = {
    "trades": TickKind(
        "trades",
        _schema(TRADE_COLUMNS),
        ("symbol", "time", "nanosecond", "sequence", "venue", "trade_id"),
        {"close": "price", "volume": "size"},
    ),
    "quotes": TickKind(
        "quotes",
        _schema(QUOTE_COLUMNS),
        ("symbol", "time", "nanosecond", "sequence"),
        {"low": "bid", "high": "ask"},
    ),
}
"""Kind → its facts."""


def numbered(rows: pa.Table) -> pa.Table:
    """The ticks with a sequence: where the vendor has none, they are counted in their nanosecond.

    Two ticks can have the same stamp. Without a number they could not be told apart, and their
    order would be lost.

    Parameters
    ----------
    rows : pyarrow.Table
        Of one symbol and of whole nanoseconds, in the order in which they came.

    Returns
    -------
    pyarrow.Table
        The same rows; a sequence that is there stays.
    """
    if not rows["sequence"].null_count:
        return rows
    times = rows["time"].to_numpy().astype("datetime64[us]").astype(np.int64)
    stamps = times * 1_000 + rows["nanosecond"].fill_null(0).to_numpy()
    places = np.arange(rows.num_rows)
    begins = np.diff(stamps, prepend=stamps[:1] - 1) != 0
    counted = places - np.maximum.accumulate(np.where(begins, places, 0))
    filled = rows["sequence"].combine_chunks().fill_null(pa.scalar(0)).to_numpy()
    missing = rows["sequence"].is_null().to_numpy()
    number = pa.array(np.where(missing, counted, filled), pa.int64())
    return rows.set_column(rows.column_names.index("sequence"), "sequence", number)
