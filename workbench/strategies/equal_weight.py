"""Equal weight: the same part of every symbol, put right again at each rebalance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import is_member
from workbench.strategies.rebalancing import Rebalance, is_rebalanced

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["equal_weight"]


@strategy("equal_weight", warm_up=lambda p: 1 if p.rebalance == "bar" else 2)
@facts(
    family="baseline",
    sources=("DeMiguel, Garlappi and Uppal, Review of Financial Studies 22 (2009)",),
)
def equal_weight(bars: xr.Dataset, *, rebalance: Rebalance = "month") -> xr.DataArray:
    """Hold an equal part of every symbol, and put the parts right again each month.

    The baseline of a portfolio: optimised weights seldom beat 1/N out of sample (DeMiguel,
    Garlappi and Uppal, Review of Financial Studies 22, 2009). It differs from `buy_and_hold`
    by the trade of each rebalance, which sells what rose and buys what fell.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the parts are made equal; in between they drift.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        ``1 / n`` for the n members that have a price on that bar, 0 for the others; NaN
        between rebalances.
    """
    held = bars["close"].notnull() & is_member(bars)
    count = held.sum("symbol")
    decided = is_rebalanced(bars, rebalance) & (count > 0)
    return (held / count).where(decided)
