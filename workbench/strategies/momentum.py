"""Momentum: hold what has risen most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.features import momentum as past_return
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import is_member
from workbench.strategies.ranking import place
from workbench.strategies.rebalancing import Rebalance, is_rebalanced

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["momentum"]


@strategy("momentum", warm_up=lambda p: p.lookback + 1)
@facts(
    family="momentum",
    risk="medium",
    sources=(
        "Jegadeesh and Titman, Journal of Finance 48 (1993)",
        "Moskowitz, Ooi and Pedersen, Journal of Financial Economics 104 (2012)",
    ),
    presets={
        "original": {"lookback": 252, "skip": 21, "threshold": 0.028},
        "original_fallback": {"lookback": 20, "threshold": 0.015},
        "original_rust": {"lookback": 20, "threshold": 0.02},
        "twelve_minus_one": {"lookback": 252, "skip": 21},
    },
)
def momentum(
    bars: xr.Dataset,
    *,
    lookback: Annotated[int, Field(ge=2, le=756)] = 126,
    skip: Annotated[int, Field(ge=0, le=63)] = 0,
    top: Annotated[int, Field(ge=1, le=1_000)] = 5,
    threshold: Annotated[float, Field(ge=-1, le=5)] = 0.0,
    rebalance: Rebalance = "month",
) -> xr.DataArray:
    """Hold the symbols that rose most, if they rose at all.

    On the first bar of each month the symbols are ranked by their return from `lookback` to
    `skip` bars ago (Jegadeesh and Titman, Journal of Finance 48, 1993). The best `top` are
    held in equal parts, except those that did not rise by more than `threshold` (time-series
    momentum: Moskowitz, Ooi and Pedersen, Journal of Financial Economics 104, 2012), whose part
    stays in cash. With one symbol it is in the market or out of it.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    lookback : int
        Bars back to where the return begins; 126 is half a year of daily bars.
    skip : int
        Bars back to where it ends; 21 leaves out the latest month. Below `lookback`.
    top : int
        How many symbols are held at most.
    threshold : float
        The return, a fraction, that a symbol must exceed.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the ranking is made; in between the holdings drift.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        ``1 / min(top, symbols)`` or 0; NaN between rebalances and until a symbol has a
        history. Equal returns rank in the order of the symbols; only members of a universe
        are ranked.
    """
    score = past_return(bars, lookback=lookback, skip=skip)
    known = score.notnull() & is_member(bars)
    rank = place(score, known)
    held = known & (rank < top) & (score > threshold)
    share = 1.0 / min(top, score.sizes["symbol"])
    decided = known.any("symbol") & is_rebalanced(bars, rebalance)
    return (held * share).where(decided)
