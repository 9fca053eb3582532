"""Time-series momentum: long what rose, short what fell, each at the same volatility."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import xarray as xr
from pydantic import Field

from workbench.features import momentum as past_return
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import is_member
from workbench.strategies.rebalancing import Rebalance, is_rebalanced
from workbench.strategies.trailing import ewma_memory, ewma_volatility

__all__ = ["time_series_momentum"]


@strategy(
    "time_series_momentum",
    warm_up=lambda p: max(p.lookback, ewma_memory(p.volatility_centre)) + 1,
)
@facts(
    family="momentum",
    risk="medium",
    sources=("Moskowitz, Ooi and Pedersen, Journal of Financial Economics 104 (2012)",),
    presets={"paper": {"lookback": 252, "volatility_centre": 60, "target_volatility": 0.4}},
)
def time_series_momentum(
    bars: xr.Dataset,
    *,
    lookback: Annotated[int, Field(ge=2, le=756)] = 252,
    skip: Annotated[int, Field(ge=0, le=63)] = 0,
    target_volatility: Annotated[float, Field(gt=0, le=2)] = 0.4,
    volatility_centre: Annotated[int, Field(ge=2, le=252)] = 60,
    max_gross: Annotated[float, Field(gt=0, le=10)] = 1.0,
    allow_short: bool = True,
    rebalance: Rebalance = "month",
    periods_per_year: Annotated[float, Field(gt=0, le=1_000_000)] = 252,
) -> xr.DataArray:
    """Hold each symbol long if it rose over the last year and short if it fell.

    ``w = sign(r) · (target_volatility / σ) / n`` over the n symbols with a signal, where r is
    the return from `lookback` to `skip` bars ago and σ the volatility expected (exponential
    weights, `workbench.strategies.trailing`): every symbol risks the same. Moskowitz, Ooi and
    Pedersen, Journal of Financial Economics 104 (2012), equation 5, who take 40% a year for
    each of 58 futures; on a cash account the whole is scaled down to `max_gross`.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    lookback, skip : int
        Bars back to where the return begins and ends.
    target_volatility : float
        Volatility of each position, a fraction per year.
    volatility_centre : int
        Centre of mass of the weights of the volatility, in bars.
    max_gross : float
        The most that the sizes of all weights add up to.
    allow_short : bool
        Whether what fell is sold short; otherwise its part stays in cash.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the weights are set; in between they drift.
    periods_per_year : float
        Bars in a year, for the volatility.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        Weights; 0 where a symbol has no return or volatility or is no member; NaN between
        rebalances and until one symbol has a signal.
    """
    score = past_return(bars, lookback=lookback, skip=skip)
    spread = ewma_volatility(bars, volatility_centre, periods_per_year)
    known = score.notnull() & spread.notnull() & is_member(bars)
    side = (score > 0).astype(np.float64) - ((score < 0) & allow_short)
    count = known.sum("symbol")
    wanted = (side * target_volatility / spread / count).where(known, 0.0)
    gross = xr.ufuncs.abs(wanted).sum("symbol")
    scaled: xr.DataArray = wanted * (max_gross / gross.where(gross > 0)).clip(max=1).fillna(1.0)
    return scaled.where(is_rebalanced(bars, rebalance) & (count > 0))
