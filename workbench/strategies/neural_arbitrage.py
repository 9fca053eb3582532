"""Neural arbitrage: buy what a model expects to beat the others, sell what it expects to lag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from workbench.errors import OutOfRange
from workbench.ports import Learner, adapter
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.forecasts import decisions, forecast_quantiles
from workbench.strategies.neural_trend import LEAST_MOVES
from workbench.strategies.rebalancing import Rebalance  # noqa: TC001  a parameter's type

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

    Floats = npt.NDArray[np.float64]

__all__ = ["neural_arbitrage"]

_QUANTILES = (0.1587, 0.5, 0.8413)
"""One standard deviation below, the middle, and one above, of a normal distribution."""


@strategy("neural_arbitrage", warm_up=lambda p: max(p.window, 2))
@facts(
    family="forecast",
    risk="low",
    sources=("Avellaneda and Lee, Quantitative Finance 10 (2010), for trading what is relative",),
    presets={"original": {"horizon": 10}},
)
def neural_arbitrage(
    bars: xr.Dataset,
    *,
    model: str = "drift",
    window: Annotated[int, Field(ge=40, le=2_520)] = 252,
    horizon: Annotated[int, Field(ge=2, le=60)] = 10,
    edge: Annotated[float, Field(ge=0, le=5)] = 0.05,
    top: Annotated[int, Field(ge=1, le=500)] = 3,
    gross: Annotated[float, Field(gt=0, le=10)] = 1.0,
    rebalance: Rebalance = "month",
) -> xr.DataArray:
    """Buy the symbols expected to beat the others and sell as much of those expected to lag.

    The price of each symbol over the geometric mean of all is forecast, on the first bar of each
    month, from its last `window` values. The forecast is the middle of the move over `horizon`
    divided by its spread; the best `top` above `edge` are bought and the worst `top` below
    −`edge` sold short, for the same money, so that a move of all prices earns nothing. Trading
    what is relative, not prices, follows Avellaneda and Lee, Quantitative Finance 10 (2010).

    There is no neural model here yet. ``drift`` stands in (see `neural_trend`): it expects what
    beat the others to go on, which is cross-sectional momentum without a market. With
    ``repeat-last`` nothing is expected and nothing is traded.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol), at least two symbols.
    model : str
        The name of a `workbench.ports.Learner`: ``drift`` or ``repeat-last``, or a plug-in's.
    window : int
        Closes that a fit sees, at least `horizon` and 30 more.
    horizon : int
        Bars ahead; the original's ``prediction_horizon``.
    edge : float
        The move over its spread that is needed.
    top : int
        How many symbols are bought, and how many sold, at most.
    gross : float
        What the sizes of all weights add up to.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the model is fitted and asked.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        Each side adds up to ``gross / 2``, or both are empty; NaN between rebalances and until two
        symbols have a whole window. A symbol with a hole in it is not held.

    Raises
    ------
    OutOfRange
        If the window is too short for the horizon.
    UnknownName
        If no model has this name.
    """
    if window < horizon + LEAST_MOVES:
        raise OutOfRange("window", window, horizon + LEAST_MOVES)
    learner = adapter(Learner, model)
    close = bars["close"].transpose("time", "symbol")
    weights = np.full(close.shape, np.nan)
    for bar, closes, usable in decisions(bars, window, rebalance):
        if usable.sum() >= 2:
            logs = np.log(closes[:, usable])
            relative = np.exp(logs - logs.mean(axis=1, keepdims=True))
            ahead = forecast_quantiles(learner, relative, horizon, _QUANTILES)[:, -1]
            moves = np.log(np.maximum(ahead, np.finfo(float).tiny) / relative[-1][:, None])
            weights[bar] = 0.0
            weights[bar, usable] = gross * _neutral(moves, edge, top)
    return close.copy(data=weights)


def _neutral(moves: Floats, edge: float, top: int) -> Floats:
    """Half in the best, minus half in the worst; nothing where a side is empty."""
    low, middle, high = moves.T
    spread = (high - low) / 2
    score = np.where(spread > 0, middle / np.where(spread > 0, spread, 1.0), 0.0)
    order = np.argsort(-score, kind="stable")
    place = np.argsort(order, kind="stable")
    best = (place < top) & (score > edge)
    worst = (place >= len(score) - top) & (score < -edge)
    if not (best.any() and worst.any()):
        return np.zeros(len(score))
    sides: Floats = best / (2 * best.sum()) - worst / (2 * worst.sum())
    return sides
