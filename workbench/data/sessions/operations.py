"""The public verbs of sessions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.data.sessions.results import MarketReport, SessionList
from workbench.domain import Period, Session
from workbench.registry import operation

__all__ = ["get_market_status", "list_sessions"]

AHEAD = dt.timedelta(days=30)


@operation(effect="read", command="data market status")
def get_market_status(
    *, calendar: str = "XNYS", source: str | None = None, context: Context | None = None
) -> MarketReport:
    """Whether a market is open now, and when it opens and closes next.

    Parameters
    ----------
    calendar : str
        The exchange, such as ``XNYS``, ``XLON`` or ``24/7``.
    source : str, optional
        A vendor to ask, such as ``polygon``; the calendar tells by default. A vendor knows of
        a halt, the calendar works without a network.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    MarketReport
        Status, phase of the session, next open and next close in UTC.

    Raises
    ------
    UnknownName
        If there is no such calendar or source.
    WireError
        If the vendor does not answer as it should.
    """
    from workbench.data.sessions.status import market_status, vendor_status  # heavy: numpy
    from workbench.ports import MarketSource, adapter

    if source is None:
        return market_status(calendar, (context or current()).now())
    vendor = adapter(MarketSource, source)
    return vendor_status(vendor, source, calendar)


@operation(effect="read", command="data sessions")
def list_sessions(
    calendar: str = "XNYS",
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    half_days_only: bool = False,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> SessionList:
    """The sessions of an exchange: opens, closes, breaks, half days, hours around them.

    Parameters
    ----------
    calendar : str
        The exchange, such as ``XNYS``, ``XTKS`` or ``24/7``.
    start_date, end_date : date, optional
        First and last day, both included; 30 days from today by default.
    half_days_only : bool
        Whether sessions of the usual length are passed over.
    limit : int
        The most records to send; ``left_out`` counts the later ones.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    SessionList
        One record for each session, in UTC.

    Raises
    ------
    UnknownName
        If there is no such calendar.
    OutOfRange
        If a day lies outside the calendar.
    InvalidInput
        If the end lies before the start.
    NoData
        If there is no session in the period.
    """
    from workbench.data.sessions.listing import sessions_between  # heavy: numpy

    asked = Period.of(start_date, end_date)
    first = asked.first or (
        asked.last - AHEAD if asked.last else (context or current()).now().date()
    )
    last = asked.last or first + AHEAD
    return sessions_between(calendar, first, last, half_days_only=half_days_only, limit=limit)
