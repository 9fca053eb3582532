"""Asking a vendor, without keeping the answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.data.vendors.results import VendorData, VendorDataKind
from workbench.domain import Period, Session
from workbench.registry import operation

__all__ = ["get_polygon_data"]


@operation(effect="read", command="data polygon")
def get_polygon_data(
    symbol: str = "",
    *,
    kind: VendorDataKind = "bars",
    start_date: Session | None = None,
    end_date: Session | None = None,
    timeframe: str = "1d",
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> VendorData:
    """What Polygon (now Massive) has of a symbol now, straight from it; nothing is kept.

    For what is to be worked with, download_data and download_ticks keep it, check it and know its
    revisions.

    Parameters
    ----------
    symbol : str
        As the workbench writes it: AAPL, BRK.B, BTC/USD, EUR/USD; needed for all but ``status``.
    kind : str
        ``bars``, ``trades`` and ``quotes`` as they were traded; ``snapshot``: the last trade, the
        quote and the session so far; ``splits`` and ``dividends`` by ex-date; ``financials``: facts
        by the day of filing; ``ticker``: what it is; ``options``: the contracts on it; ``status``:
        which markets are open.
    start_date, end_date : date, optional
        First and last day, both included, of what has a time. By default up to today: a year of
        daily bars, a week of shorter ones, a day of ticks, all splits and dividends, two years of
        financials.
    timeframe : str
        The length of a bar, such as ``1d`` or ``5m``.
    limit : int
        The most rows, the first of the period; no more pages are asked for than these fill.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    VendorData
        Records, and whether there is more.

    Raises
    ------
    AccessRefused
        If Polygon does not accept the key.
    NotEntitled
        If the plan does not include this.
    UnknownName
        If Polygon does not know the symbol.
    InvalidInput
        If a symbol is needed, or the end lies before the start.
    """
    from workbench.data.vendors.asking import Question, ask  # heavy: pyarrow

    period = Period.of(start_date, end_date)
    question = Question("polygon", symbol, kind, period, timeframe)
    return ask(question, limit, context or current())
