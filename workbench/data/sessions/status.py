"""Whether a market is open: by its calendar, or by what a vendor says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.data.sessions.phases import Phase, phase_of
from workbench.data.sessions.results import MarketReport
from workbench.data.sessions.venues import VENUES
from workbench.errors import BadAnswer

if TYPE_CHECKING:
    from workbench.data.calendars import Calendar
    from workbench.ports import MarketSource

__all__ = ["as_datetime", "market_status", "vendor_status"]

Status = Literal["open", "closed", "pre_market", "after_hours"]

STATUS: dict[str, Status] = {
    Phase.CLOSED: "closed",
    Phase.PRE_MARKET: "pre_market",
    Phase.OPENING_AUCTION: "pre_market",
    Phase.REGULAR: "open",
    Phase.BREAK: "closed",
    Phase.CLOSING_AUCTION: "open",
    Phase.AFTER_HOURS: "after_hours",
}
"""Phase → the word for it that vendors use."""

PHASE: dict[str, Phase] = {
    "open": Phase.REGULAR,
    "closed": Phase.CLOSED,
    "pre_market": Phase.PRE_MARKET,
    "after_hours": Phase.AFTER_HOURS,
}


def market_status(calendar: str, at: datetime) -> MarketReport:
    """Whether an exchange is open at a moment, by its calendar.

    Parameters
    ----------
    calendar : str
        Such as ``XNYS``, ``XLON`` or ``24/7``.
    at : datetime
        Aware, or naive UTC.

    Returns
    -------
    MarketReport
        With its next open and close.

    Raises
    ------
    UnknownName
        If there is no such calendar.
    OutOfRange
        If the moment lies outside the calendar.
    """
    hours = open_calendar(calendar)
    moment = _naive(at)
    phase = Phase(str(phase_of(hours, _one(moment))[0]))
    return _report(hours, moment, STATUS[phase], phase, source="calendar")


def vendor_status(source: MarketSource, name: str, calendar: str) -> MarketReport:
    """Whether the market is open, by what a vendor says of it now.

    Parameters
    ----------
    source : MarketSource
        The vendor.
    name : str
        What it is called.
    calendar : str
        Tells the next open and close, which vendors do not.

    Returns
    -------
    MarketReport
        With the vendor's word on each of its exchanges.

    Raises
    ------
    WireError
        If the vendor does not answer as it should.
    UnknownName
        If there is no such calendar.
    """
    hours = open_calendar(calendar)
    said = source.status()
    if said.status not in PHASE:
        raise BadAnswer(f"{name} tells a market status that is none", seen=said.status)
    status: Any = said.status
    phase = PHASE[said.status]
    return _report(hours, _naive(said.at), status, phase, source=name, venues=said.venues)


def as_datetime(instant: np.datetime64) -> datetime | None:
    """An instant as an aware datetime; None for NaT."""
    if np.isnat(instant):
        return None
    moment: datetime = instant.astype("datetime64[us]").item()
    return moment.replace(tzinfo=UTC)


def _report(
    hours: Calendar,
    moment: datetime,
    status: Status,
    phase: Phase,
    *,
    source: str,
    venues: dict[str, str] | None = None,
) -> MarketReport:
    now = _one(moment)
    place = _session(hours, now, phase)
    return MarketReport(
        status=status,
        session=phase.value,
        next_open=as_datetime(hours.next_open(now)[0]),
        next_close=as_datetime(hours.next_close(now)[0]),
        calendar=hours.name,
        venue=VENUES[hours.name].name if hours.name in VENUES else "",
        at=moment.replace(tzinfo=UTC),
        session_date=hours.sessions[place].item(),
        half_day=bool(hours.early_closes[place] | hours.late_opens[place]),
        source=source,
        venues=venues or {},
    )


def _session(hours: Calendar, now: np.ndarray[Any, Any], phase: Phase) -> int:
    """The place of the session that is under way, or of the next."""
    if phase in {Phase.AFTER_HOURS, Phase.CLOSING_AUCTION}:
        return int(np.searchsorted(hours.opens, now[0], side="right")) - 1
    return int(np.searchsorted(hours.closes, now[0], side="right"))


def _one(moment: datetime) -> np.ndarray[Any, Any]:
    return np.array([moment], dtype="datetime64[ns]")


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
