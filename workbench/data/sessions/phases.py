"""Which phase of its day an exchange is in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from workbench.data.sessions.venues import VENUES

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.calendars import Calendar
    from workbench.data.sessions.venues import Venue

    Instants = npt.NDArray[np.datetime64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["Phase", "known_on", "phase_of", "pre_markets"]


class Phase(StrEnum):
    """What an exchange does at an instant."""

    CLOSED = "closed"
    PRE_MARKET = "pre_market"
    """Trading before the open."""
    OPENING_AUCTION = "opening_auction"
    """Orders are called for the opening price; nothing trades yet."""
    REGULAR = "regular"
    BREAK = "break"
    """The pause at midday."""
    CLOSING_AUCTION = "closing_auction"
    """Orders are called for the closing price."""
    AFTER_HOURS = "after_hours"
    """Trading after the close."""


def phase_of(calendar: Calendar, instants: Instants) -> npt.NDArray[np.str_]:
    """The phase of each instant.

    Parameters
    ----------
    calendar : Calendar
        The exchange, as `open_calendar` opens it.
    instants : numpy.ndarray of datetime64
        Naive UTC.

    Returns
    -------
    numpy.ndarray of str
        A `Phase` for each instant: of the regular hours and breaks by the calendar, of what
        lies around them by `VENUES`. An interval contains its start and not its end.

    Raises
    ------
    OutOfRange
        If an instant lies outside the calendar.
    """
    moments = np.asarray(instants, dtype="datetime64[ns]")
    calendar.check(moments)
    venue = VENUES.get(calendar.name)
    tail = _minutes(max(venue.after_hours, (venue.closing_auction or (0, 0))[1]) if venue else 0)
    at = np.searchsorted(calendar.closes + tail, moments, side="right")
    at = at.clip(max=len(calendar.closes) - 1)
    opens, closes = calendar.opens[at], calendar.closes[at]
    pausing = (moments >= calendar.break_starts[at]) & (moments < calendar.break_ends[at])
    trading = (moments >= opens) & (moments < closes)
    found = {Phase.BREAK: pausing, Phase.REGULAR: trading}
    if venue is not None:
        known = known_on(venue, calendar.sessions[at])
        around = _around(venue, moments, pre_markets(calendar, at), opens, closes)
        found = {phase: flags & known for phase, flags in around.items()} | found
    return np.select(list(found.values()), [phase.value for phase in found], Phase.CLOSED.value)


def pre_markets(calendar: Calendar, at: npt.NDArray[np.integer]) -> Instants:
    """When trading before the open begins, of the sessions at these places.

    Parameters
    ----------
    calendar : Calendar
        The exchange.
    at : numpy.ndarray of int
        Places in ``calendar.sessions``.

    Returns
    -------
    numpy.ndarray of datetime64[ns]
        Naive UTC, by the clock of the exchange on that day; NaT where there is none.
    """
    venue = VENUES.get(calendar.name)
    if venue is None or venue.pre_market is None or not len(at):
        return np.full(len(at), "NaT", dtype="datetime64[ns]")
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    places, back = np.unique(at, return_inverse=True)
    clock = _minutes(venue.pre_market.hour * 60 + venue.pre_market.minute)
    local = pd.DatetimeIndex(calendar.sessions[places].astype("datetime64[ns]") + clock)
    begins = local.tz_localize(ZoneInfo(calendar.zone)).tz_convert(None)
    known = known_on(venue, calendar.sessions[places])
    never = np.datetime64("NaT", "ns")
    return np.where(known, begins.to_numpy("datetime64[ns]"), never)[back]


def known_on(venue: Venue, sessions: Instants) -> Flags:
    """Whether the hours around the regular ones are known of each session."""
    known: Flags = sessions >= np.datetime64(venue.since)
    return known if venue.until is None else known & (sessions < np.datetime64(venue.until))


def _around(
    venue: Venue, moments: Instants, pre_market: Instants, opens: Instants, closes: Instants
) -> dict[Phase, Flags]:
    """What lies around the regular hours, or at their end; the first that holds counts."""
    nowhere = np.zeros(len(moments), dtype=bool)
    opening, closing = venue.opening_auction, venue.closing_auction
    return {
        Phase.OPENING_AUCTION: _within(moments, opens, *opening) if opening else nowhere,
        Phase.CLOSING_AUCTION: _within(moments, closes, *closing) if closing else nowhere,
        Phase.PRE_MARKET: (moments >= pre_market) & (moments < opens),
        Phase.AFTER_HOURS: _within(moments, closes, 0, venue.after_hours),
    }


def _within(moments: Instants, anchors: Instants, start: int, end: int) -> Flags:
    inside: Flags = (moments >= anchors + _minutes(start)) & (moments < anchors + _minutes(end))
    return inside


def _minutes(count: int) -> np.timedelta64:
    return np.timedelta64(count * 60_000_000_000, "ns")
