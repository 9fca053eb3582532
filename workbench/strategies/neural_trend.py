"""Neural trend: follow what a model expects to rise, near and far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from workbench.errors import OutOfRange
from workbench.ports import Learner, adapter
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.forecasts import chance_of_rise, decisions, forecast_quantiles
from workbench.strategies.rebalancing import Rebalance  # noqa: TC001  a parameter's type

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["neural_trend"]

PROBABILITIES = tuple(number / 20 for number in range(1, 20))
LEAST_MOVES = 30


@strategy("neural_trend", warm_up=lambda p: max(p.window, 2))
@facts(
    family="forecast",
    risk="medium",
    sources=("Challu et al., N-HiTS, AAAI (2023), for the model that is to take the place",),
    presets={"original": {"horizon": 10, "confidence": 0.75}},
)
def neural_trend(
    bars: xr.Dataset,
    *,
    model: str = "drift",
    window: Annotated[int, Field(ge=40, le=2_520)] = 252,
    horizon: Annotated[int, Field(ge=2, le=60)] = 10,
    confidence: Annotated[float, Field(ge=0.5, le=0.95)] = 0.55,
    allow_short: bool = False,
    rebalance: Rebalance = "month",
) -> xr.DataArray:
    """Hold what a forecasting model expects to rise over half the horizon and over all of it.

    On the first bar of each month the model is fitted on the last `window` closes of each
    symbol, and the chance of a rise is read off its quantiles at both steps. A symbol is held
    where both reach `confidence`, and sold short, where that is allowed, if both are as far
    below one half.

    There is no neural model here yet. ``drift``, the random walk with drift and the residual
    quantiles of the window, stands in: what it follows is the mean return of the window, so
    the result is that of a plain momentum rule. With ``repeat-last`` the chance is one half by
    construction and nothing is traded. A model of one's own is any
    `workbench.ports.Learner` that a plug-in registers as ``Learner.<name>``.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    model : str
        The name of a `workbench.ports.Learner`: ``drift`` or ``repeat-last``, or a plug-in's.
    window : int
        Closes that a fit sees, at least `horizon` and 30 more.
    horizon : int
        Bars ahead; the original's ``prediction_horizon``.
    confidence : float
        The chance of a rise that is needed.
    allow_short : bool
        Whether a likely fall is sold short.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the model is fitted and asked.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        ``±1 / n`` over the n symbols with a whole window, or 0; NaN between rebalances and until
        a symbol has a whole window. A symbol with a hole in it is not held.

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
        if not usable.any():
            continue
        seen = closes[:, usable]
        quantiles = forecast_quantiles(learner, seen, horizon, PROBABILITIES)
        chances = np.array(
            [
                chance_of_rise(quantiles[:, step - 1], PROBABILITIES, seen[-1])
                for step in ((horizon + 1) // 2, horizon)
            ]
        )
        side = (chances >= confidence).all(axis=0).astype(np.float64)
        if allow_short:
            side -= (chances <= 1 - confidence).all(axis=0)
        weights[bar] = 0.0
        weights[bar, usable] = side / usable.sum()
    return close.copy(data=weights)
