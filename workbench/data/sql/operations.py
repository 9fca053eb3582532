"""Asking the lake in SQL."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.data.sql.results import QueryResult
from workbench.registry import operation

__all__ = ["query_data"]


@operation(effect="read", command="data sql")
def query_data(
    sql: str,
    *,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1_000,
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60,
    context: Context | None = None,
) -> QueryResult:
    """Ask the lake in SQL, in DuckDB's dialect; nothing can be changed and no other file read.

    ``SHOW TABLES`` lists the tables. ``bars_1d`` has the newest value of each daily bar,
    ``bars_1d_all`` every revision with its ``known_at``, and is faster to read as a whole. Prices
    are as they lie in the lake, unadjusted where the dataset says so; get_bars adjusts them.

    Parameters
    ----------
    sql : str
        One query, such as ``SELECT symbol, max(time) FROM bars_1d GROUP BY symbol``.
    limit : int
        The most rows to send.
    timeout_seconds : int
        The longest that it may run.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    QueryResult
        Records, and whether there are more.

    Raises
    ------
    InvalidInput
        If it does more than read, cannot be answered (in DuckDB's words), or takes too long.
    MissingExtra
        If DuckDB is not installed.
    """
    from workbench.data.sql.answering import answer  # heavy: pyarrow

    return answer(sql, context or current(), limit=limit, seconds=timeout_seconds)
