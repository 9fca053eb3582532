"""Ticks out of the lake, as they are known now or were known then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.context import current
from workbench.data.downloads.coverage import load_coverage
from workbench.data.downloads.vendors import calendar_of
from workbench.data.knowledge import latest
from workbench.data.ticks.days import midnight
from workbench.data.ticks.kinds import KINDS, OWN_CALENDAR
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.store import ordered_by

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.ports import Lake

__all__ = ["load_ticks"]

When = date | datetime | str | None
IN_ORDER = ("time", "nanosecond", "sequence")


def load_ticks(
    dataset: str,
    symbol: str,
    start: When = None,
    end: When = None,
    *,
    kind: str = "trades",
    as_of: When = None,
    context: Context | None = None,
) -> pa.Table:
    """Trades or quotes of a symbol, in order of time.

    Parameters
    ----------
    dataset : str
        What `download_ticks` filled, such as ``polygon-trades``.
    symbol : str
        Of the workbench.
    start, end : date, datetime or str, optional
        ``[start, end)``; an instant is UTC unless it has a zone, a date begins at midnight where
        the exchange is. All there is by default.
    kind : {"trades", "quotes"}
        Which ticks.
    as_of : date, datetime or str, optional
        What was known then, before later corrections; a date means its end in UTC. The newest
        knowledge by default.
    context : Context, optional
        Whose lake to read; the process's own by default.

    Returns
    -------
    pyarrow.Table
        In `TRADE_COLUMNS` or `QUOTE_COLUMNS`; empty when nothing happened in a period that was
        downloaded.

    Raises
    ------
    NoData
        If the period was not downloaded.
    UnknownName
        If there is no such kind of tick.
    InvalidInput
        If a time is none, or `end` is not after `start`.
    """
    if kind not in KINDS:
        raise UnknownName("kind of tick", kind, KINDS)
    context = context or current()
    calendar = calendar_of([symbol], OWN_CALENDAR)
    since, until = (
        _moment(name, when, calendar) for name, when in (("start", start), ("end", end))
    )
    if since and until and until <= since:
        raise InvalidInput("The period is empty", seen=f"{start} to {end}", cure="Give a later end")
    known = _known(as_of)
    held = _held(context.lake, kind, dataset, symbol, since, until)
    if not held.num_rows:
        _check_covered(context.lake, kind, dataset, symbol, since, until)
    if known:
        held = held.filter(pc.less_equal(held["time"], pa.scalar(known, pa.timestamp("us"))))
    rows = latest(held, KINDS[kind].keys, known)
    return ordered_by(rows, IN_ORDER).select(KINDS[kind].schema.names)


def _held(
    lake: Lake,
    kind: str,
    dataset: str,
    symbol: str,
    since: datetime | None,
    until: datetime | None,
) -> pa.Table:
    """All revisions of the ticks of a period."""
    schema = KINDS[kind].schema.append(pa.field("known_at", pa.timestamp("us")))
    if lake.version(kind) is None:
        return schema.empty_table()
    filters: list[tuple[str, str, Any]] = [("dataset", "==", dataset), ("symbol", "==", symbol)]
    filters += [("time", ">=", since)] if since else []
    filters += [("time", "<", until)] if until else []
    return lake.read(kind, filters=filters, columns=schema.names)


def _check_covered(
    lake: Lake,
    kind: str,
    dataset: str,
    symbol: str,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Refuse a period of which nothing was downloaded: that nothing is there says nothing."""
    spans = load_coverage(lake, dataset, kind).get(symbol, [])
    inside = [
        (start, end)
        for start, end in spans
        if not (until and start >= until) and not (since and end <= since)
    ]
    if inside:
        return
    held = f"from {spans[0][0]} to {spans[-1][1]}" if spans else "of no day"
    raise NoData(
        f"No {kind} of {symbol} were downloaded for this period into {dataset!r}",
        seen=f"{since or 'the first'} to {until or 'the last'}",
        cure=f"Run download_ticks; {kind} of it are there {held}",
    )


def _moment(parameter: str, value: When, calendar: str) -> datetime | None:
    """An instant as naive UTC; of a date its midnight at the exchange."""
    if value is None:
        return None
    stamp = _stamp(parameter, value)
    return midnight(stamp.date(), calendar) if _is_day(value) else _naive(stamp)


def _known(value: When) -> datetime | None:
    """The moment of knowledge; of a date its end."""
    if value is None:
        return None
    stamp = _stamp("as_of", value)
    return _naive(stamp + timedelta(days=1, microseconds=-1) if _is_day(value) else stamp)


def _stamp(parameter: str, value: When) -> pd.Timestamp:
    try:
        return pd.Timestamp(value)
    except (ValueError, TypeError):
        raise InvalidInput(
            f"{parameter} is no time", seen=value, cure="Write it like 2024-03-11T13:30"
        ) from None


def _naive(stamp: pd.Timestamp) -> datetime:
    moment: datetime = (stamp.tz_convert(None) if stamp.tz else stamp).to_pydatetime(warn=False)
    return moment


def _is_day(value: When) -> bool:
    if isinstance(value, str):
        return len(value.strip()) == len("2024-03-11")
    return isinstance(value, date) and not isinstance(value, datetime)
