"""The sessions of a calendar as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.data.sessions.phases import known_on, pre_markets
from workbench.data.sessions.results import SessionHours, SessionList
from workbench.data.sessions.status import as_datetime
from workbench.data.sessions.venues import VENUES
from workbench.errors import NoData

if TYPE_CHECKING:
    from datetime import date

    import numpy.typing as npt

    from workbench.data.calendars import Calendar

__all__ = ["sessions_between"]


def sessions_between(
    calendar: str, first: date, last: date, *, half_days_only: bool = False, limit: int = 250
) -> SessionList:
    """The sessions of an exchange between two days, both included.

    Parameters
    ----------
    calendar : str
        Such as ``XNYS``.
    first, last : date
        The period.
    half_days_only : bool
        Whether sessions of the usual length are passed over.
    limit : int
        The most records; the first ones are shown.

    Returns
    -------
    SessionList
        Hours in UTC; all are counted, also those beyond the limit.

    Raises
    ------
    UnknownName
        If there is no such calendar.
    OutOfRange
        If a day lies outside the calendar.
    NoData
        If there is no session in the period.
    """
    hours = open_calendar(calendar, np.datetime64(first))
    found = hours.between(np.datetime64(first), np.datetime64(last))
    at = np.arange(found.start, found.stop)
    if not len(at):
        raise NoData(
            f"{calendar} has no session in this period",
            seen=f"{first} to {last}",
            cure="Give a longer period: these days are a weekend or holidays",
        )
    shorter = hours.early_closes | hours.late_opens
    chosen = at[shorter[at]] if half_days_only else at
    venue = VENUES.get(calendar)
    return SessionList(
        calendar=calendar,
        venue=venue.name if venue else "",
        zone=hours.zone,
        start=first,
        end=last,
        sessions=len(at),
        half_days=int(shorter[at].sum()),
        left_out=max(0, len(chosen) - limit),
        opens_by_auction=venue.opens_by_auction if venue else None,
        closes_by_auction=venue.closes_by_auction if venue else None,
        hours_source=venue.source if venue else "",
        records=_records(hours, chosen[:limit]),
    )


def _records(hours: Calendar, at: npt.NDArray[np.integer]) -> list[SessionHours]:
    begins, ends = pre_markets(hours, at), _after_hours(hours, at)
    return [
        SessionHours(
            session=hours.sessions[place].item(),
            opens=as_datetime(hours.opens[place]),
            closes=as_datetime(hours.closes[place]),
            break_start=as_datetime(hours.break_starts[place]),
            break_end=as_datetime(hours.break_ends[place]),
            pre_market=as_datetime(begins[row]),
            after_hours=as_datetime(ends[row]),
            half_day=bool(hours.early_closes[place] | hours.late_opens[place]),
        )
        for row, place in enumerate(at)
    ]


def _after_hours(hours: Calendar, at: npt.NDArray[np.integer]) -> npt.NDArray[np.datetime64]:
    """When trading after the close ends; NaT where there is none."""
    venue, never = VENUES.get(hours.name), np.datetime64("NaT", "ns")
    if venue is None or not venue.after_hours:
        return np.full(len(at), never)
    ends = hours.closes[at] + np.timedelta64(venue.after_hours, "m")
    return np.where(known_on(venue, hours.sessions[at]), ends, never)
