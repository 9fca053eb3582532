"""Momentum score: price, volume, relative strength and fundamentals in one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
import xarray as xr
from pydantic import Field

from workbench.features import momentum as past_return
from workbench.features import sma
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import is_member
from workbench.strategies.ranking import place, share_below
from workbench.strategies.rebalancing import Rebalance, is_rebalanced

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["factor_scores", "momentum_score"]

WEIGHTS: Mapping[str, float] = {
    "price": 0.40,
    "volume": 0.20,
    "relative_strength": 0.25,
    "fundamentals": 0.15,
}
_STEPS = ((0.20, 1.0), (0.10, 0.7), (0.05, 0.4))
_ACCELERATION = 1.2


@strategy("momentum_score", warm_up=lambda p: p.lookback + 1)
@facts(
    family="momentum",
    risk="medium",
    sources=(
        "The score of the original Neural Trader",
        "Asness, Moskowitz and Pedersen, Journal of Finance 68 (2013), on combining signals",
    ),
    presets={"original": {"lookback": 20, "short": 5, "minimum_score": 0.5}},
)
def momentum_score(
    bars: xr.Dataset,
    *,
    lookback: Annotated[int, Field(ge=4, le=504)] = 20,
    short: Annotated[int, Field(ge=1, le=252)] = 5,
    minimum_score: Annotated[float, Field(ge=0, le=1)] = 0.5,
    top: Annotated[int, Field(ge=1, le=1_000)] = 5,
    rebalance: Rebalance = "week",
) -> xr.DataArray:
    """Hold the symbols with the best score of price, volume, strength and fundamentals.

    The score of `factor_scores` runs from 0 to 1; the original calls 0.75 strong, 0.5 moderate and
    0.25 weak. On the first bar of each week the best `top` of those with `minimum_score` or
    more are held in equal parts; the part of a place that nobody earns stays in cash.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol); ``volume`` and ``fundamentals`` (0 to 1, known on that
        bar) count where they are there.
    lookback : int
        Bars of the return and of the mean volume.
    short : int
        Bars of the latest return, which tells whether the rise accelerates.
    minimum_score : float
        The score that a symbol must have.
    top : int
        How many symbols are held at most.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the scores are compared; in between the holdings drift.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        ``1 / min(top, symbols)`` or 0; NaN between rebalances and until one symbol has a
        score. Equal scores rank by their return, then in the order of the symbols.
    """
    scores = factor_scores(bars, lookback=lookback, short=short)
    total = scores["score"]
    known = total.notnull() & is_member(bars)
    rise = past_return(bars, lookback=lookback)
    rank = place(total, known, rise)
    held = known & (rank < top) & (total >= minimum_score)
    share = 1.0 / min(top, total.sizes["symbol"])
    return (held * share).where(known.any("symbol") & is_rebalanced(bars, rebalance))


def factor_scores(bars: xr.Dataset, *, lookback: int = 20, short: int = 5) -> xr.Dataset:
    """The factors of the momentum score, each from 0 to 1, and their weighted mean.

    Price, 40%: 1 after a rise of more than 20% over `lookback` bars, 0.7 after 10%, 0.4 after
    5%, else 0; times 1.2, at most 1, when the latest `short` bars rose faster than the whole.
    Volume, 20%: half the volume over its mean, at most 1. Relative strength, 25%: the share of
    the other members that rose less. Fundamentals, 15%: the variable of that name. A factor
    that is missing is left out, and the weights of the others are scaled to one.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    lookback, short : int
        As in `momentum_score`.

    Returns
    -------
    xarray.Dataset, dims (time, symbol)
        Variables ``price``, ``volume``, ``relative_strength``, ``fundamentals`` where they
        can be told, and ``score``; NaN where the return over `lookback` is not known.
    """
    rise = past_return(bars, lookback=lookback)
    factors = {"price": _price(rise, past_return(bars, lookback=short), lookback / short)}
    if "volume" in bars:
        mean = sma(bars["volume"], window=lookback)
        factors["volume"] = (bars["volume"] / mean.where(mean > 0) / 2).clip(max=1)
    if bars.sizes["symbol"] > 1:
        factors["relative_strength"] = share_below(rise.where(is_member(bars)))
    if "fundamentals" in bars:
        factors["fundamentals"] = bars["fundamentals"].clip(0, 1)
    together = xr.concat([factors[name] for name in factors], "factor")
    weights = xr.DataArray([WEIGHTS[name] for name in factors], dims="factor")
    there = weights.where(together.notnull(), 0.0)
    score = (together.fillna(0.0) * there).sum("factor") / there.sum("factor").where(rise.notnull())
    return xr.Dataset({**factors, "score": score.transpose(*rise.dims)}, coords=bars.coords)


def _price(rise: xr.DataArray, latest: xr.DataArray, times: float) -> xr.DataArray:
    stepped = xr.zeros_like(rise)
    for above, value in reversed(_STEPS):
        stepped = stepped.where(~(rise > above), value)
    faster = (latest * times > rise).astype(np.float64) * (_ACCELERATION - 1) + 1
    return (stepped * faster).clip(max=1).where(rise.notnull())
