"""The slope of a price path, and whether it is more than a random walk shows by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import TooLittleHistory

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Slope", "slope_of"]

FEWEST = 10


@dataclass(frozen=True)
class Slope:
    """A straight line through log prices.

    Parameters
    ----------
    per_bar : float
        Its slope: the log return of a bar along the line.
    t_statistic : float
        The slope over its standard error in a random walk; NaN when all returns are equal.
    r_squared : float
        The share of the variance of log prices that the line explains; NaN for a flat path.
    """

    per_bar: float
    t_statistic: float
    r_squared: float


def slope_of(prices: npt.NDArray[np.float64]) -> Slope:
    r"""Fit a line to log prices by least squares.

    The usual standard error takes the deviations from the line for independent, which they are
    not in prices: it calls most random walks a trend. Here the null hypothesis is the random walk
    itself. The slope is a weighted sum of the returns, :math:`b = \sum_j w_j r_j` with
    :math:`w_j = \sum_{t \ge j} (t - \bar t) / \sum_t (t - \bar t)^2`, so its standard error is
    :math:`s \sqrt{\sum_j w_j^2}`, with `s` the standard deviation of the returns; for long paths
    it is :math:`s \sqrt{6 / 5n}` (Durlauf and Phillips, Econometrica 56, 1988).

    Parameters
    ----------
    prices : numpy.ndarray of float64, shape (bars,)
        Positive, without NaN, 10 at least.

    Returns
    -------
    Slope
        Of all of them.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 10 prices.
    """
    if len(prices) < FEWEST:
        raise TooLittleHistory(FEWEST, len(prices), "The slope of a price path")
    logs = np.log(prices)
    steps = np.arange(len(logs)) - (len(logs) - 1) / 2
    lever = steps / (steps @ steps)
    weights = lever[::-1].cumsum()[::-1][1:]
    slope = float(lever @ logs)
    spread = float(np.diff(logs).std(ddof=1))
    error = spread * float(np.sqrt(weights @ weights))
    centred = logs - logs.mean()
    whole = float(centred @ centred)
    return Slope(
        per_bar=slope,
        t_statistic=slope / error if error > 0 else float("nan"),
        r_squared=slope**2 * float(steps @ steps) / whole if whole > 0 else float("nan"),
    )
