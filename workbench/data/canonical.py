"""The one shape in which bars lie in the lake, and its hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from workbench.domain import BAR_COLUMNS, OHLCV

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["FACTOR", "SCHEMA", "content_hash", "table_of_symbols", "table_of_wide"]

FACTOR = "factor"
"""Price times factor is the price adjusted for all later splits and dividends."""

_TYPES = {"string": pa.string(), "timestamp[us]": pa.timestamp("us"), "double": pa.float64()}
SCHEMA = pa.schema([(name, _TYPES[kind]) for name, kind in BAR_COLUMNS.items()]).append(
    pa.field(FACTOR, pa.float64())
)
"""Columns of a table of bars; what a source does not have is null."""


def table_of_wide(closes: pd.DataFrame) -> pa.Table:
    """Closes by time (rows) and symbol (columns) as a canonical table; NaN is no bar."""
    return table_of_symbols(
        {str(name): column.dropna().to_frame("close") for name, column in closes.items()}
    )


def table_of_symbols(frames: Mapping[str, pd.DataFrame]) -> pa.Table:
    """Frames by symbol as a canonical table, sorted by symbol and time.

    Parameters
    ----------
    frames : mapping
        Symbol → frame indexed by time (naive UTC) with columns among open, high, low,
        close, volume and factor.

    Returns
    -------
    pyarrow.Table
        In `SCHEMA`.
    """
    parts = [_one(symbol, frame) for symbol, frame in sorted(frames.items())]
    return pa.concat_tables(parts).combine_chunks()


def _one(symbol: str, frame: pd.DataFrame) -> pa.Table:
    frame = frame.sort_index()
    times = pa.array(frame.index.to_numpy("datetime64[us]"), pa.timestamp("us"))
    numbers = {
        name: pa.array(frame[name].to_numpy(np.float64), from_pandas=True)
        if name in frame
        else pa.nulls(len(frame), pa.float64())
        for name in (*OHLCV, FACTOR)
    }
    symbols = pa.array([symbol] * len(frame), pa.string())
    return pa.table({"symbol": symbols, "time": times, **numbers}, schema=SCHEMA)


def content_hash(table: pa.Table) -> str:
    """The SHA-256 of the canonical content of a table of bars.

    Rows in order of symbol and time; the symbols as lines of UTF-8, the times as
    little-endian microseconds since 1970, each number as a little-endian IEEE double with
    one NaN for what is missing; a column that is not there is missing everywhere.
    """
    for field in SCHEMA:
        if field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    table = table.select(SCHEMA.names).cast(SCHEMA)
    table = table.sort_by([("symbol", "ascending"), ("time", "ascending")])
    digest = hashlib.sha256("\n".join(table["symbol"].to_pylist()).encode())
    digest.update(table["time"].to_numpy().astype("datetime64[us]").astype("<i8").tobytes())
    for name in (*OHLCV, FACTOR):
        numbers = table[name].to_numpy().astype("<f8")
        digest.update(np.where(np.isnan(numbers), np.nan, numbers).tobytes())
    return digest.hexdigest()
