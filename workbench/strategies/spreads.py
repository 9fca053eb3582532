"""The spread of two prices: pairs that share a trend, hedge ratios, scores and positions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from workbench.compute import kernel
from workbench.features.cointegration import engle_granger, line

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["closest_pairs", "kalman_scores", "regression_scores", "with_hysteresis"]


def closest_pairs(logs: Floats, level: float, most: int, lags: int = 1) -> list[tuple[int, int]]:
    """The pairs of columns that are most likely cointegrated, each column once.

    Every pair is tested in both directions and the better one counts; the slope must be
    positive. Of many pairs some pass by chance: at a level of 5% about one in ten does, because
    of the two directions.

    Parameters
    ----------
    logs : numpy.ndarray, shape (time, column)
        Logarithms of prices; a column with a NaN is left out.
    level : float
        The largest p-value.
    most : int
        The most pairs.
    lags : int
        As in `workbench.features.cointegration.cointegrated`.

    Returns
    -------
    list of tuple of int
        Columns (y, x), the smallest p-value first; equal ones in the order of the columns.
    """
    values = np.ascontiguousarray(logs.T, dtype=np.float64)
    chances = np.full((len(values), len(values)), np.nan)
    usable = np.asarray(np.isfinite(values).all(axis=1))
    _all_tests(values, usable, lags, chances)
    order = np.argsort(chances, axis=None, kind="stable")
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for at in order:
        y, x = divmod(int(at), len(values))
        if len(chosen) == most or not chances[y, x] <= level:
            break
        if not {y, x} & taken:
            chosen.append((y, x))
            taken |= {y, x}
    return chosen


@kernel
def _all_tests(values: Floats, usable: Flags, lags: int, chances: Floats) -> None:
    for y in range(len(values)):
        for x in range(len(values)):
            if y != x and usable[y] and usable[x]:
                slope, _, _, chance = engle_granger(values[y], values[x], lags)
                if slope > 0:
                    chances[y, x] = chance


@kernel
def regression_scores(
    y: Floats,
    x: Floats,
    windows: tuple[int, int],
    updated: Flags,
    scores: Floats,
    slopes: Floats,
) -> None:
    """Scores of ``y − slope · x``, with the slope of a regression over the last bars.

    Parameters
    ----------
    y, x : numpy.ndarray, shape (time,)
        Logarithms of prices, no NaN.
    windows : tuple of int
        Bars of the regression, and of the mean and deviation of the spread.
    updated : numpy.ndarray of bool, shape (time,)
        On which bars the regression is made; it is made on the first possible one anyway.
    scores, slopes : numpy.ndarray, shape (time,)
        Filled from the first full window on: deviations from the mean, and slopes.
    """
    regression, window = windows
    slope = np.nan
    for now in range(regression - 1, y.size):
        if updated[now] or np.isnan(slope):
            first = now - regression + 1
            slope, _ = line(y[first : now + 1], x[first : now + 1])
        slopes[now] = slope
        mean = 0.0
        for bar in range(now - window + 1, now + 1):
            mean += y[bar] - slope * x[bar]
        mean /= window
        squares = 0.0
        for bar in range(now - window + 1, now + 1):
            squares += (y[bar] - slope * x[bar] - mean) ** 2
        if squares > 0:
            scores[now] = (y[now] - slope * x[now] - mean) / math.sqrt(squares / (window - 1))


@kernel
def kalman_scores(
    y: Floats, x: Floats, drift: float, noise: float, scores: Floats, slopes: Floats
) -> None:
    """Scores of y against what a Kalman filter expects of x.

    The state is (slope, intercept), a random walk whose steps have the variance
    ``drift / (1 − drift)``; y is ``slope · x + intercept`` and a noise. The score is the error of
    the forecast over its standard deviation, before the bar is learned from (Chan, Algorithmic
    Trading, 2013, chapter 3; the state starts at zero without uncertainty).

    Parameters
    ----------
    y, x : numpy.ndarray, shape (time,)
        Logarithms of prices, no NaN.
    drift : float
        How fast slope and intercept may move; 0.0001 in the book.
    noise : float
        The variance of y around the line; 0.001 in the book.
    scores, slopes : numpy.ndarray, shape (time,)
        Filled: standardised errors, and slopes after the bar.
    """
    step = drift / (1.0 - drift)
    slope, intercept = 0.0, 0.0
    slope_variance, intercept_variance, covariance = 0.0, 0.0, 0.0
    for now in range(y.size):
        if now > 0:
            slope_variance += step
            intercept_variance += step
        error = y[now] - slope * x[now] - intercept
        to_slope = slope_variance * x[now] + covariance
        to_intercept = covariance * x[now] + intercept_variance
        variance = to_slope * x[now] + to_intercept + noise
        scores[now] = error / math.sqrt(variance)
        slope += to_slope / variance * error
        intercept += to_intercept / variance * error
        slope_variance -= to_slope * to_slope / variance
        intercept_variance -= to_intercept * to_intercept / variance
        covariance -= to_slope * to_intercept / variance
        slopes[now] = slope


@kernel
def with_hysteresis(scores: Floats, entry: float, leave: float, sides: Floats) -> None:
    """Enter beyond one score, leave within a smaller one; NaN changes nothing.

    Parameters
    ----------
    scores : numpy.ndarray, shape (time,)
        Deviations.
    entry, leave : float
        A side is taken at ``±entry`` or beyond, and left at ``∓leave`` or beyond it.
    sides : numpy.ndarray, shape (time,)
        Filled: 1 bought the spread, −1 sold it, 0 neither.
    """
    side = 0.0
    for now in range(scores.size):
        score = scores[now]
        if not np.isnan(score):
            if side != 0 and score * side >= -leave:
                side = 0.0
            if side == 0 and score <= -entry:
                side = 1.0
            elif side == 0 and score >= entry:
                side = -1.0
        sides[now] = side
