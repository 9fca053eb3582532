"""A vendor's page as rows of the workbench: its symbols, its sessions, its period."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.calendars import open_calendar
from workbench.domain import BAR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workbench.data.downloads.coverage import Span
    from workbench.domain import Timeframe

__all__ = ["BAR_SCHEMA", "asked_period", "own_rows"]

BAR_SCHEMA = pa.schema({name: pa.type_for_alias(kind) for name, kind in BAR_COLUMNS.items()})
DAY = timedelta(days=1)


def asked_period(start: datetime, end: datetime, timeframe: Timeframe) -> Span:
    """The instants to ask a vendor for: a session of Asia or Oceania begins the day before."""
    return (start, end) if timeframe.is_intraday else (start - DAY, end + DAY)


def own_rows(
    page: pa.Table,
    *,
    symbols: Mapping[str, str],
    timeframe: Timeframe,
    calendar: str,
    period: Span,
) -> pa.Table:
    """The rows of a page under the workbench's symbols and labels, within a period.

    Parameters
    ----------
    page : pyarrow.Table
        In `BAR_COLUMNS`, with the vendor's symbols and stamps.
    symbols : mapping
        What the vendor calls them → what they are called here; others are left out.
    timeframe : Timeframe
        Bars of a day or longer get the date of their session.
    calendar : str
        Whose sessions.
    period : (datetime, datetime)
        ``[start, end)`` of the labels.

    Returns
    -------
    pyarrow.Table
        In `BAR_COLUMNS`; numbers that are NaN are null.
    """
    rows = page.select(BAR_SCHEMA.names).cast(BAR_SCHEMA)
    named = rows["symbol"].combine_chunks().dictionary_encode()
    own = pa.array([symbols.get(name) for name in named.dictionary.to_pylist()], pa.string())
    rows = rows.set_column(0, "symbol", own.take(named.indices))
    if not timeframe.is_intraday and rows.num_rows:
        stamps = rows["time"].to_numpy().astype("datetime64[ns]")
        labels = open_calendar(calendar, stamps.min()).session_of(stamps)
        rows = rows.set_column(1, "time", pa.array(labels.astype("datetime64[us]")))
    start, end = (pa.scalar(moment, pa.timestamp("us")) for moment in period)
    inside = pc.and_(pc.greater_equal(rows["time"], start), pc.less(rows["time"], end))
    rows = rows.filter(pc.and_kleene(inside, pc.is_valid(rows["symbol"])))
    for place, name in enumerate(BAR_SCHEMA.names[2:], start=2):
        column = rows[name].to_numpy()
        if np.isnan(column).any():
            rows = rows.set_column(place, name, pa.array(column, from_pandas=True))
    return rows
