"""Fetching market data from a vendor."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.data.downloads.results import DownloadReport
from workbench.domain import Period, Session, SourceRef
from workbench.registry import operation

__all__ = ["download_data"]


@operation(effect="write", command="data download")
def download_data(
    source: SourceRef,
    symbols: Annotated[list[str], Field(min_length=1, max_length=20_000)],
    start: Session | None = None,
    end: Session | None = None,
    *,
    timeframe: str = "1d",
    dataset: str = "",
    calendar: str = "",
    actions: bool = True,
    refresh: bool = False,
    dry_run: bool = False,
    context: Context | None = None,
) -> DownloadReport:
    """Download bars from a vendor into a dataset; what is there already is not asked for again.

    Interrupted, by whatever, it keeps what came whole and goes on from there the next time. Rows
    that cannot be right are quarantined with the reason. A value that the vendor has revised
    stands beside the old one: ``load_bars(…, as_of=…)`` shows either.

    Parameters
    ----------
    source : str or source
        ``polygon``, ``alpaca``, ``yahoo``, ``alpha_vantage``, ``synthetic``; or an object with
        ``facts`` and ``bars``.
    symbols : list of str
        As the workbench writes them: AAPL, BRK.B, BTC/USDT, EUR/USD.
    start, end : date, optional
        First and last day, both included; by default 20 years of days or 30 days of minutes up
        to the last bar that is complete.
    timeframe : str
        The length of a bar, such as ``1d`` or ``1m``.
    dataset : str
        What the dataset is called; source and timeframe by default: ``polygon-1d``.
    calendar : str
        The exchange, where the symbols do not tell it.
    actions : bool
        Splits and dividends too, where the vendor has them.
    refresh : bool
        Ask again for what is there, to see what the vendor has revised.
    dry_run : bool
        Only tell what would be asked for, and about how many bars that are.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    DownloadReport
        What came, what was quarantined, and which symbols could not be had.

    Raises
    ------
    AccessRefused
        If the vendor does not accept the key.
    ServiceUnavailable
        If it does not answer after several tries.
    QuotaExhausted
        If the requests of the day are used up.
    UnknownName
        If there is no such source, or none of the symbols exists.
    InvalidInput
        If the dataset is filled from elsewhere, or the symbols have several calendars.
    """
    from workbench.data.downloads.running import Request, download  # heavy: pyarrow

    period = Period.of(start, end)
    request = Request(
        source=source,
        symbols=symbols,
        start=_midnight(period.first),
        end=_midnight(period.end),
        timeframe=timeframe,
        dataset=dataset,
        calendar=calendar,
        actions=actions,
        refresh=refresh,
    )
    return download(request, context or current(), dry_run=dry_run)


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time())
