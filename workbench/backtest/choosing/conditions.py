"""How a market looks at its last bar, in the words of `quick_analysis`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.backtest.choosing.results import MarketConditions
from workbench.errors import TooLittleHistory
from workbench.features.analysis import analyse

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["conditions_of"]

ALMOST_ALL = 0.999999
"""A path that has lost everything has no trend."""


def conditions_of(bars: xr.Dataset) -> MarketConditions:
    """Trend, volatility and RSI of one symbol, or of several held in equal parts.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol); several symbols are averaged return by return, those
        without a price on a bar left out.

    Returns
    -------
    MarketConditions
        Empty where there are fewer than 200 closes.
    """
    # by pandas: what xarray carries forward needs bottleneck
    close = bars["close"].copy(data=pd.DataFrame(bars["close"].to_numpy()).ffill().to_numpy())
    returns = (close / close.shift(time=1) - 1.0).mean("symbol").fillna(0.0)
    path = 100.0 * (1.0 + returns.clip(min=-ALMOST_ALL)).cumprod("time")
    try:
        seen = analyse(path)
    except TooLittleHistory:
        return MarketConditions()
    return MarketConditions(volatility=seen.volatility, trend=seen.trend, rsi=seen.rsi)
