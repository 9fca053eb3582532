"""Compiled passes down one column: one visit a bar, whatever the window.

A value that is not finite is missing: it makes every window that holds it NaN and starts
recursive averages afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.compute import kernel

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

__all__ = ["exponential_mean", "rolling_moments"]


@kernel
def rolling_moments(values: Column, window: int, mean: Column, squares: Column) -> None:
    """The mean and the sum of squared deviations of the last `window` values.

    Both slide by Welford's update (Technometrics 4, 1962) and are summed afresh once every
    `window` bars, so that rounding never outlives two windows. A window of equal values has
    a sum of squares of exactly zero.
    """
    run = 0  # finite values up to here, without a gap
    same = 0  # equal values up to here
    centre = 0.0
    square = 0.0
    for now in range(values.size):
        value = values[now]
        if not np.isfinite(value):
            run = 0
            same = 0
            mean[now] = np.nan
            squares[now] = np.nan
            continue
        run += 1
        same = same + 1 if run > 1 and value == values[now - 1] else 1
        if run < window:
            mean[now] = np.nan
            squares[now] = np.nan
            continue
        if run % window == 0:
            total = 0.0
            for past in range(now - window + 1, now + 1):
                total += values[past]
            centre = total / window
            square = 0.0
            for past in range(now - window + 1, now + 1):
                square += (values[past] - centre) ** 2
        else:
            leaving = values[now - window]
            moved = centre + (value - leaving) / window
            square += (value - leaving) * (value - moved + leaving - centre)
            square = max(square, 0.0)
            centre = moved
        if same >= window:
            centre = value
            square = 0.0
        mean[now] = centre
        squares[now] = square


@kernel
def exponential_mean(values: Column, window: int, weight: float, mean: Column) -> None:
    """The recursive average that gives each new value the share `weight`.

    It starts with the plain mean of the first `window` values, as TA-Lib does.
    """
    run = 0
    average = 0.0
    for now in range(values.size):
        value = values[now]
        if not np.isfinite(value):
            run = 0
            average = 0.0
            mean[now] = np.nan
            continue
        run += 1
        if run < window:
            average += value
            mean[now] = np.nan
            continue
        if run == window:
            average = (average + value) / window
        else:
            average += weight * (value - average)
        mean[now] = average
