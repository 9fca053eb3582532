"""The public verbs of ticks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.ticks.results import TickReport, TicksDownloaded
from workbench.domain import Period, Session, SourceRef
from workbench.registry import operation

__all__ = ["download_ticks", "get_ticks"]

Kind = Literal["trades", "quotes"]


@operation(effect="write", command="data ticks download")
def download_ticks(
    source: SourceRef,
    symbol: str,
    start: Session,
    end: Session | None = None,
    *,
    kind: Kind = "trades",
    dataset: str = "",
    refresh: bool = False,
    context: Context | None = None,
) -> TicksDownloaded:
    """Download trades or quotes day by day; a day that is there is not asked for again.

    Interrupted, it keeps the days that came whole and goes on from there the next time. A day is
    that of the exchange, with the hours before and after its session. Ticks that cannot be right
    are quarantined with the reason.

    Parameters
    ----------
    source : str or source
        ``polygon`` or ``alpaca``; or an object with ``trades`` and ``quotes``.
    symbol : str
        As the workbench writes it: AAPL, BRK.B, BTC/USD.
    start, end : date
        First and last day, both included; up to now if there is no end. A day that is not over
        is asked for again the next time.
    kind : {"trades", "quotes"}
        Which ticks.
    dataset : str
        What they are kept under; source and kind by default: ``polygon-trades``.
    refresh : bool
        Ask again for what is there, to see what the vendor has corrected.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    TicksDownloaded
        What came, and what was quarantined.

    Raises
    ------
    AccessRefused
        If the vendor does not accept the key.
    NotEntitled
        If the plan does not include ticks.
    ServiceUnavailable
        If it does not answer after several tries.
    UnknownName
        If there is no such source or symbol.
    NoData
        If the exchange has no session in this period.
    """
    from workbench.data.ticks.fetching import fetch_ticks  # heavy: pyarrow

    return fetch_ticks(
        source,
        symbol,
        Period.of(start, end),
        context or current(),
        kind=kind,
        dataset=dataset,
        refresh=refresh,
    )


@operation(effect="read", command="data ticks show")
def get_ticks(
    dataset: str,
    symbol: str,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    kind: Kind = "trades",
    as_of: Session | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> TickReport:
    """Trades or quotes that were downloaded, in order of time.

    In Python ``.table`` holds all of them and ``.to_frame()`` a frame; `load_ticks` takes
    instants and gives the table alone.

    Parameters
    ----------
    dataset : str
        What download_ticks filled, such as ``polygon-trades``.
    symbol : str
        As the workbench writes it.
    start_date, end_date : date, optional
        First and last day of the exchange, both included; all there is by default.
    kind : {"trades", "quotes"}
        Which ticks.
    as_of : date, optional
        What was known at the end of this day (UTC), before later corrections.
    limit : int
        The most records to send, the first ones.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    TickReport
        Records, and all ticks in memory.

    Raises
    ------
    NoData
        If the period was not downloaded.
    InvalidInput
        If the end lies before the start.
    """
    from workbench.data.ticks.loading import load_ticks  # heavy: pyarrow
    from workbench.data.ticks.reports import tick_report

    days = Period.of(start_date, end_date)
    rows = load_ticks(
        dataset, symbol, days.first, days.end, kind=kind, as_of=as_of, context=context
    )
    return tick_report(rows, dataset, symbol, kind, limit)
