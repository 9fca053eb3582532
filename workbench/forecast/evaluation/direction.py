"""How often the direction is right, and how far that share can be trusted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from workbench.forecast.evaluation.means import mean_test
from workbench.forecast.evaluation.results import Direction
from workbench.forecast.evaluation.student import t_quantile

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["direction_of", "share_interval"]


def direction_of(point: Floats, last: Floats, actual: Floats) -> Direction:
    """The share of moves whose direction was right, beside the direction that came more often.

    Moves of zero, predicted or real, do not count.

    Parameters
    ----------
    point : numpy.ndarray, shape (series, origins, horizon)
        Forecasts.
    last : numpy.ndarray, shape (series, origins)
        The last value before each forecast.
    actual : numpy.ndarray, shape (series, origins, horizon)
        What came.

    Returns
    -------
    Direction
        With a 95% interval that knows that neighbouring windows share their outcome.
    """
    said, came = np.sign(point - last[..., None]), np.sign(actual - last[..., None])
    counted = (said != 0) & (came != 0)
    count = int(counted.sum())
    if not count:
        return Direction(accuracy=math.nan, low=math.nan, high=math.nan, base_rate=math.nan)
    accuracy = float((said == came)[counted].mean())
    rises = float((came[counted] > 0).mean())
    per_origin = counted.sum(axis=(0, 2))
    kept = per_origin > 0
    hits = ((said == came) & counted).sum(axis=(0, 2))[kept] / per_origin[kept]
    low, high = share_interval(hits, accuracy, point.shape[2])
    return Direction(accuracy=accuracy, low=low, high=high, base_rate=max(rises, 1.0 - rises))


def share_interval(hits: Floats, share: float, horizon: int) -> tuple[float, float]:
    """The 95% interval of a share that is measured by overlapping windows.

    Wilson's interval (Journal of the American Statistical Association 22, 1927) for as many
    independent throws as would give the standard error of `mean_test`, with its t quantile.

    Parameters
    ----------
    hits : numpy.ndarray, shape (origins,)
        The share that was right at each origin.
    share : float
        The share over all.
    horizon : int
        Steps of a window.

    Returns
    -------
    tuple of float
        Both ends; NaN where the origins hold fewer than 20 windows.
    """
    found = mean_test(hits, horizon)
    if not found.error >= 0:
        return math.nan, math.nan
    if found.error == 0.0:  # right always or never: as many throws as windows
        throws = float(found.windows)
    else:
        throws = share * (1.0 - share) / found.error**2
    reach = t_quantile(0.975, found.freedom) ** 2
    centre = (share + reach / (2 * throws)) / (1 + reach / throws)
    half = math.sqrt(reach * (share * (1 - share) / throws + reach / (4 * throws**2)))
    half /= 1 + reach / throws
    return max(0.0, centre - half), min(1.0, centre + half)
