"""The public verbs of technicals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session
from workbench.features.technicals.results import MarketAnalysis
from workbench.registry import operation

__all__ = ["get_market_analysis"]


@operation(effect="compute", command="features market")
def get_market_analysis(
    symbol: DatasetRef,
    *,
    lookback: Annotated[int, Field(ge=20, le=2_520)] = 126,
    end_date: Session | None = None,
    source: str | None = None,
    context: Context | None = None,
) -> MarketAnalysis:
    """Price, volume, trend, and the support and resistance levels of a market.

    The trend is the slope of a line through the log closes, and unclear unless a random walk
    rarely shows as much; levels are prices near which the market turned twice or more, by turns
    that were known at the last bar. ``rules`` says how, and by whom. It describes the past: it is
    neither a forecast nor advice.

    Parameters
    ----------
    symbol : str or frame
        One symbol, such as ``AAPL`` or ``sp500-20:AAPL``; or bars of one symbol.
    lookback : int
        Sessions that are looked at.
    end_date : date, optional
        The last session; the last of the data by default, or today with a vendor.
    source : str, optional
        A vendor to ask, such as ``polygon``: its daily bars, and its last trade if today is
        asked for. Nothing is kept. The dataset of the symbol by default.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    MarketAnalysis
        Labels, levels with their touches, the rules behind them and, in memory, the history.

    Raises
    ------
    UnknownName
        If no dataset, or not the vendor, has the symbol; or there is no such vendor.
    InvalidInput
        If several symbols are given.
    TooLittleHistory
        If there are fewer closes than `lookback`.
    WireError
        If the vendor does not answer as it should.
    """
    from workbench.data import load_bars  # heavy: xarray
    from workbench.features.technicals.analysis import analyse_market
    from workbench.features.technicals.asking import market_of_vendor

    context = context or current()
    end = Period.of(end_date=end_date).end
    if source is None:
        return analyse_market(load_bars(symbol, end=end, context=context), lookback)
    return market_of_vendor(source, symbol, end, lookback, context)
