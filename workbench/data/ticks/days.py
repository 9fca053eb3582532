"""The days of an exchange, from midnight to midnight where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from workbench.data.calendars import open_calendar

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["Day", "days_between", "midnight"]


@dataclass(frozen=True)
class Day:
    """A day on which an exchange trades.

    Parameters
    ----------
    date : date
        Of the session.
    start, end : datetime
        ``[start, end)``, naive UTC: the hours before and after the session belong to it.
    """

    date: dt.date
    start: dt.datetime
    end: dt.datetime


def days_between(first: dt.date, last: dt.date, calendar: str) -> list[Day]:
    """The days with a session from a first to a last date, both included.

    Of a market that is always open it is every day, weekends too.

    Parameters
    ----------
    first, last : date
        The dates.
    calendar : str
        The exchange.

    Returns
    -------
    list of Day
        In order; empty when there is no session.

    Raises
    ------
    OutOfRange
        If a date lies outside the calendar.
    """
    hours = open_calendar("24/7" if calendar == "24/5" else calendar, np.datetime64(first))
    dates = hours.sessions[hours.between(np.datetime64(first), np.datetime64(last))]
    return [_day(date, hours.zone) for date in dates.tolist()]


def midnight(date: dt.date, calendar: str) -> dt.datetime:
    """When a date begins where the exchange is, naive UTC."""
    return _midnight(pd.Timestamp(date), open_calendar(calendar).zone)


def _day(date: dt.date, zone: str) -> Day:
    stamp = pd.Timestamp(date)
    return Day(date, _midnight(stamp, zone), _midnight(stamp + pd.Timedelta(days=1), zone))


def _midnight(stamp: pd.Timestamp, zone: str) -> dt.datetime:
    local = stamp.tz_localize(ZoneInfo(zone), nonexistent="shift_forward", ambiguous=True)
    moment: dt.datetime = local.tz_convert("UTC").tz_localize(None).to_pydatetime()
    return moment
