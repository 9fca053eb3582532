"""What has to be asked for, in pieces that can be kept one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.data.downloads.coverage import missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.data.downloads.coverage import Span
    from workbench.domain import Timeframe

__all__ = ["Piece", "complete_until", "expected_bars", "pieces"]

LAST_YEAR = 9_000
BARS_PER_PIECE = 50_000
"""A piece of one symbol holds about as many: what an interruption can lose."""


@dataclass(frozen=True)
class Piece:
    """One question to a vendor.

    Parameters
    ----------
    symbols : tuple of str
        Of the workbench.
    start, end : datetime
        ``[start, end)``, naive UTC.
    again : bool
        Whether it was covered before, so that what is new came late.
    """

    symbols: tuple[str, ...]
    start: datetime
    end: datetime
    again: bool = False


def pieces(
    symbols: Sequence[str],
    covered: Mapping[str, Sequence[Span]],
    period: Span,
    timeframe: Timeframe,
    *,
    together: int = 1,
    refresh: bool = False,
) -> list[Piece]:
    """The questions that are left.

    Parameters
    ----------
    symbols : sequence of str
        What is wanted.
    covered : mapping
        Symbol → periods that are there.
    period : (datetime, datetime)
        ``[start, end)``, naive UTC.
    timeframe : Timeframe
        The length of a bar; long periods of short bars are cut.
    together : int
        So many symbols may be asked for at once, if the same period of them is missing.
    refresh : bool
        Ask again for what is there.

    Returns
    -------
    list of Piece
        Empty when all is there.
    """
    by_gap: dict[tuple[Span, bool], list[str]] = {}
    for symbol in symbols:
        spans = covered.get(symbol, [])
        gaps = missing(spans, *period)
        for gap in gaps:
            by_gap.setdefault((gap, False), []).append(symbol)
        if refresh:
            for held in missing(gaps, *period):
                by_gap.setdefault((held, True), []).append(symbol)
    return [
        Piece(tuple(names[first : first + together]), *window, again)
        for (gap, again), names in by_gap.items()
        for first in range(0, len(names), together)
        for window in _windows(gap, timeframe)
    ]


def complete_until(timeframe: Timeframe, calendar: str, now: datetime, delay: int) -> datetime:
    """Where the bars begin that are not complete, or not served yet.

    Parameters
    ----------
    timeframe : Timeframe
        The length of a bar.
    calendar : str
        Of the exchange.
    now : datetime
        Naive UTC.
    delay : int
        Seconds after its end at which the vendor serves a bar.

    Returns
    -------
    datetime
        The label of the first bar that is not to be kept; for weeks and months a label that is
        early enough wherever the vendor puts it.
    """
    served = np.datetime64(now, "us") - np.timedelta64(delay, "s")
    if timeframe.is_intraday:
        length = np.timedelta64(timeframe.seconds, "s").astype("timedelta64[us]")
        midnight = served.astype("datetime64[D]").astype("datetime64[us]")
        whole = midnight + (served - midnight) // length * length
        moment: datetime = whole.astype(object)
        return moment
    hours = open_calendar(calendar)
    first_open = int(np.searchsorted(hours.closes, served, side="right"))
    label = hours.sessions[min(first_open, len(hours.sessions) - 1)]
    longer = {"d": timeframe.count - 1, "w": 7 * timeframe.count, "M": 31 * timeframe.count}
    made: datetime = (label - longer[timeframe.unit]).astype("datetime64[us]").astype(object)
    return made


def expected_bars(piece: Piece, timeframe: Timeframe, calendar: str) -> int:
    """About how many bars a piece brings, if its symbols were traded all the time."""
    days = (piece.end - piece.start) / timedelta(days=1)
    if timeframe.is_intraday:
        share = 1.0 if calendar in {"24/7", "24/5"} else 6.5 / 24 * 252 / 365
        count = days * 86_400 / timeframe.seconds * share
    elif timeframe.unit == "d":
        sessions = open_calendar(calendar, np.datetime64(piece.start)).sessions
        low, high = np.searchsorted(sessions, np.array([piece.start, piece.end], "datetime64[D]"))
        count = float(high - low) / timeframe.count
    else:
        count = days * 86_400 / timeframe.seconds
    return round(count * len(piece.symbols))


def _windows(gap: Span, timeframe: Timeframe) -> Iterator[Span]:
    """The gap in windows; of whole months where several fit, as some vendors serve them."""
    start, end = gap
    length = timedelta(seconds=timeframe.seconds * BARS_PER_PIECE)
    months = length // timedelta(days=31)
    while start < end:
        until = min(end, _months_later(start, months) if months else start + length)
        yield start, until
        start = until


def _months_later(start: datetime, months: int) -> datetime:
    """The first of a month, so many months after the one of `start`."""
    count = start.year * 12 + start.month - 1 + months
    if count // 12 > LAST_YEAR:
        return datetime.max  # noqa: DTZ901  naive, as all here
    return datetime(count // 12, count % 12 + 1, 1)  # noqa: DTZ001
