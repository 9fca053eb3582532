"""Which bars a calendar lets expect, and which date it is where an exchange stands."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from workbench.data.calendars import open_calendar

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.calendars import Calendar
    from workbench.domain import Timeframe

    Instants = npt.NDArray[np.datetime64]

__all__ = ["expected_bars", "local_days", "sessions_between"]

FRIDAY = 4
NONE = np.timedelta64(0, "ns")
FX_WEEK_ENDS = np.timedelta64(21, "h")
"""On Friday, UTC: 17:00 in New York in summer, an hour before it in winter."""


def sessions_between(
    calendar: str, first: np.datetime64, last: np.datetime64
) -> tuple[Calendar, slice]:
    """A calendar and where its sessions between two dates stand, as far as it reaches.

    Parameters
    ----------
    calendar : str
        A market identifier code, ``24/7`` or ``24/5``.
    first, last : numpy.datetime64
        Dates, both included.

    Returns
    -------
    tuple of (Calendar, slice)
        The slice is of every array of the calendar.
    """
    opened = open_calendar(calendar, first)
    low = max(first.astype("datetime64[D]"), opened.sessions[0])
    high = min(last.astype("datetime64[D]"), opened.sessions[-1])
    return opened, opened.between(low, high)


def expected_bars(
    calendar: str,
    first: np.datetime64,
    last: np.datetime64,
    timeframe: Timeframe,
    phase: np.timedelta64 = NONE,
) -> tuple[Instants, Instants]:
    """The starts of the intraday bars of regular trading, and the session date of each.

    Parameters
    ----------
    calendar : str
        A market identifier code, ``24/7`` or ``24/5``; the week of the last ends on Friday at
        21:00 UTC, as that of foreign exchange does.
    first, last : numpy.datetime64
        Session dates, both included.
    timeframe : Timeframe
        Intraday; the last bar of a session can be shorter.
    phase : numpy.timedelta64
        How long after the open the second bar begins, less than a bar: half an hour for bars
        of whole hours where trading begins at 9:30. By default the first bar begins at the open.

    Returns
    -------
    tuple of numpy.ndarray
        Starts (datetime64[ns], sorted) and dates (datetime64[D]), shape (bars,) each; half days
        are short and breaks left out.
    """
    opened, part = sessions_between(calendar, first, last)
    opens, closes = opened.opens[part], opened.closes[part]
    step = np.timedelta64(timeframe.seconds, "s").astype("timedelta64[ns]")
    begins = opens - (step - phase) if phase > NONE else opens
    counts = -((begins - closes) // step)
    places = np.repeat(np.arange(len(opens)), counts)
    numbers = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = begins[places] + numbers * step
    pauses = (starts >= opened.break_starts[part][places]) & (
        starts < opened.break_ends[part][places]
    )
    if calendar == "24/5":
        pauses |= _after_the_week(starts)
    return starts[~pauses], opened.sessions[part][places][~pauses]


def local_days(times: Instants, calendar: str) -> Instants:
    """The date of each instant where the exchange is, datetime64[D].

    Offsets of zones are whole quarter-hours, so each quarter-hour is asked for once.
    """
    zone = open_calendar(calendar).zone
    if zone == "UTC":
        return times.astype("datetime64[D]")
    quarters = times.astype("datetime64[m]").astype(np.int64) // 15
    codes, distinct = pd.factorize(quarters)
    stamps = pd.DatetimeIndex((distinct * 15).astype("datetime64[m]").astype("datetime64[s]"))
    local = stamps.tz_localize("UTC").tz_convert(ZoneInfo(zone)).tz_localize(None)
    days: Instants = local.to_numpy("datetime64[D]")[codes]
    return days


def _after_the_week(starts: Instants) -> npt.NDArray[np.bool_]:
    days = starts.astype("datetime64[D]")
    is_friday = (days.astype(np.int64) + 3) % 7 == FRIDAY
    late: npt.NDArray[np.bool_] = is_friday & (starts - days >= FX_WEEK_ENDS)
    return late
