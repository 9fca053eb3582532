"""A query of the lake and its answer as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.records import records_of
from workbench.data.sql.duckdb import ask
from workbench.data.sql.results import QueryResult

if TYPE_CHECKING:
    from workbench.context import Context

__all__ = ["answer"]


def answer(sql: str, context: Context, *, limit: int, seconds: float) -> QueryResult:
    """The first rows that a query answers with.

    Parameters
    ----------
    sql : str
        One SELECT.
    context : Context
        Lake, and the wish to stop.
    limit : int
        The most rows.
    seconds : float
        The longest time.

    Returns
    -------
    QueryResult
        Rows, and whether there are more.
    """
    found, kinds = ask(sql, context, limit=limit + 1, seconds=seconds)
    rows = _as_floats(found.slice(0, limit))
    return QueryResult(
        sql=sql,
        columns=dict(zip(found.column_names, kinds, strict=True)),
        rows=rows.num_rows,
        has_more=found.num_rows > limit,
        records=records_of(rows),
        table=rows,
    )


def _as_floats(rows: pa.Table) -> pa.Table:
    """Sums of integers come as decimals of 38 digits: whole numbers if they fit, else floats."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_decimal(field.type):
            rows = rows.set_column(place, field.name, _number(rows[field.name]))
    return rows


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type.scale == 0:
        try:
            return pc.cast(column, pa.int64())
        except pa.ArrowInvalid:
            pass
    return pc.cast(column, pa.float64())
