"""What forecasts would have earned by the simplest rule there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.forecast.evaluation.results import RuleResult

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["trade_the_sign"]


def trade_the_sign(point: Floats, last: Floats, actual: Floats, cost_bps: float) -> RuleResult:
    """Be long where a rise is forecast over the horizon, short where a fall, after cost.

    Each origin opens one h-th of the position and holds it over the horizon, so that the
    position is the mean of the signs of the last h forecasts (the overlapping portfolios of
    Jegadeesh and Titman, Journal of Finance 48, 1993). Nothing is compounded.

    Parameters
    ----------
    point : numpy.ndarray, shape (series, origins, horizon)
        Forecasts; that of the last step decides.
    last : numpy.ndarray, shape (series, origins)
        The values at which one trades; not positive for a series that is no price.
    actual : numpy.ndarray, shape (series, origins, horizon)
        What came; the first step is earned.
    cost_bps : float
        Of a unit of the position that is bought or sold.

    Returns
    -------
    RuleResult
        Means over series of sums of simple returns; NaN where a value is not positive.
    """
    horizon = point.shape[2]
    signs = np.sign(point[:, :, -1] - last)
    total = np.cumsum(signs, axis=1)
    total[:, horizon:] = total[:, horizon:] - np.cumsum(signs, axis=1)[:, :-horizon]
    position = total / horizon
    positive = bool((last > 0).all())
    returns = actual[:, :, 0] / last - 1.0 if positive else np.full(last.shape, np.nan)
    traded = np.abs(np.diff(position, axis=1, prepend=0.0))
    gross = float((position * returns).sum(axis=1).mean())
    turnover = float(traded.sum(axis=1).mean())
    cost = turnover * cost_bps / 1e4
    return RuleResult(
        net_return=gross - cost,
        gross_return=gross,
        cost=cost,
        turnover=turnover,
        held_return=float(returns.sum(axis=1).mean()),
        cost_bps=cost_bps,
    )
