"""Bars: Polygon's aggregates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.adapters.polygon.listings import require_known
from workbench.adapters.polygon.notation import escaped
from workbench.adapters.polygon.tables import MOMENT, as_documented, since_1970, table, within
from workbench.domain import BAR_COLUMNS, Timeframe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.adapters.polygon.client import Client

__all__ = ["TIMESPANS", "bar_table", "bars_of"]

TIMESPANS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month"}
MILLISECOND = timedelta(milliseconds=1)
MOST_PER_PAGE = 50_000


def bars_of(
    client: Client, symbol: str, timeframe: Timeframe, start: datetime, end: datetime
) -> Iterator[pa.Table]:
    """The bars of one symbol that begin in ``[start, end)``, as traded.

    Polygon begins with the window that holds the start, which may have begun before it.
    """
    if start >= end:
        return
    is_known = False
    for rows in client.pages(
        client.rest.list_aggs,
        escaped(symbol),
        timeframe.count,
        TIMESPANS[timeframe.unit],
        since_1970(start, MILLISECOND),
        since_1970(end, MILLISECOND),
        adjusted=None if symbol.startswith("I:") else False,
        sort="asc",
        limit=MOST_PER_PAGE,
    ):
        is_known = is_known or bool(rows)
        kept = within(bar_table(symbol, rows), start, end)
        if kept.num_rows:
            yield kept
    if not is_known:
        require_known(client, symbol)


def bar_table(symbol: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Aggregates in `BAR_COLUMNS`; an index has no volume."""
    with as_documented():
        milliseconds = pa.array([row["t"] for row in rows], pa.int64())
        values = {
            "symbol": symbol,
            "time": pc.multiply_checked(milliseconds, 1000).cast(MOMENT),
            "open": [row["o"] for row in rows],
            "high": [row["h"] for row in rows],
            "low": [row["l"] for row in rows],
            "close": [row["c"] for row in rows],
            "volume": [row.get("v") for row in rows],
        }
        return table(BAR_COLUMNS, values)
