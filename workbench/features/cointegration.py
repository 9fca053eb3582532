"""Whether two prices share a trend: the test of Engle and Granger, compiled."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from workbench.compute import kernel
from workbench.errors import InvalidInput, TooLittleHistory

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

__all__ = ["Cointegration", "cointegrated", "engle_granger", "line"]

# MacKinnon, Journal of Business & Economic Statistics 12 (1994): two variables, a constant.
_SWITCH = -2.62
_LEAST = -18.86
_MOST = 0.92
_LEFT = (2.92, 1.5012, 0.039796)
_RIGHT = (2.1945, 0.64695, -0.29198, -0.042377)


class Cointegration(NamedTuple):
    """What the test says of ``y = intercept + slope · x + u``.

    Parameters
    ----------
    slope, intercept : float
        Of the regression by least squares.
    statistic : float
        The t-statistic of a unit root in u; the more negative, the less likely is one.
    p_value : float
        The chance of such a statistic where the two share no trend.
    """

    slope: float
    intercept: float
    statistic: float
    p_value: float


def cointegrated(y: Column, x: Column, *, lags: int = 1) -> Cointegration:
    """The test of Engle and Granger that two series share a trend.

    The first is regressed on the second with a constant; the residuals are tested for a unit root
    by the augmented Dickey–Fuller regression without a constant,
    ``Δu[t] = γ u[t−1] + Σ δ_i Δu[t−i] + e`` (Engle and Granger, Econometrica 55, 1987). The p-value
    is that of MacKinnon (Journal of Business & Economic Statistics 12, 1994) for two variables.

    Parameters
    ----------
    y, x : numpy.ndarray, shape (time,)
        Values, usually logarithms of prices.
    lags : int
        Lagged differences in the second regression.

    Returns
    -------
    Cointegration
        The regression and the test.

    Raises
    ------
    InvalidInput
        If the shapes differ, a value is not finite, or the lags are negative.
    TooLittleHistory
        If there are fewer than ``2 · lags + 6`` values.
    """
    first, second = (np.ascontiguousarray(values, dtype=np.float64) for values in (y, x))
    if first.shape != second.shape or first.ndim != 1 or lags < 0:
        raise InvalidInput(
            "A test of cointegration needs two series of one length, and lags of 0 or more",
            seen=f"shapes {first.shape} and {second.shape}, {lags} lags",
            cure="Give two one-dimensional arrays on the same times",
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InvalidInput(
            "A test of cointegration cannot leave out values",
            seen=int((~np.isfinite(first) | ~np.isfinite(second)).sum()),
            cure="Drop the times on which a value is missing",
        )
    if first.size < 2 * lags + 6:
        raise TooLittleHistory(2 * lags + 6, first.size, "a test of cointegration")
    return Cointegration(*engle_granger(first, second, lags))


@kernel
def line(y: Column, x: Column) -> tuple[float, float]:
    """Slope and intercept by least squares; a slope of NaN where x does not vary."""
    x_mean = x.mean()
    y_mean = y.mean()
    together = 0.0
    squares = 0.0
    for now in range(x.size):
        distance = x[now] - x_mean
        together += distance * (y[now] - y_mean)
        squares += distance * distance
    slope = together / squares if squares > 0 else np.nan
    return slope, y_mean - slope * x_mean


@kernel
def engle_granger(y: Column, x: Column, lags: int) -> tuple[float, float, float, float]:
    """The fields of `Cointegration`; NaN where a series does not vary."""
    slope, intercept = line(y, x)
    if np.isnan(slope):
        return slope, intercept, np.nan, np.nan
    statistic = _unit_root(y - intercept - slope * x, lags)
    return slope, intercept, statistic, _p_value(statistic)


@kernel
def _unit_root(values: Column, lags: int) -> float:
    """The t-statistic of γ in ``Δu[t] = γ u[t−1] + Σ δ_i Δu[t−i]``."""
    size = lags + 1
    rows = values.size - 1 - lags
    left = np.zeros((size, size))
    right = np.zeros(size)
    row = np.empty(size)
    total = 0.0
    for now in range(lags + 1, values.size):
        row[0] = values[now - 1]
        for lag in range(1, size):
            row[lag] = values[now - lag] - values[now - lag - 1]
        step = values[now] - values[now - 1]
        total += step * step
        for one in range(size):
            right[one] += row[one] * step
            for other in range(size):
                left[one, other] += row[one] * row[other]
    unit = np.zeros(size)
    unit[0] = 1.0
    factor = _cholesky(left)
    solution = _solved(factor, right.copy())
    inverse = _solved(factor, unit)
    explained = 0.0
    for one in range(size):
        explained += solution[one] * right[one]
    variance = (total - explained) / (rows - size)
    error = math.sqrt(variance * inverse[0]) if variance * inverse[0] > 0 else 0.0
    return solution[0] / error if error > 0 else np.nan


@kernel
def _cholesky(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The lower factor of a symmetric matrix; NaN where it is not positive definite."""
    size = len(matrix)
    lower = np.zeros((size, size))
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row, column]
            for before in range(column):
                rest -= lower[row, before] * lower[column, before]
            if row != column:
                lower[row, column] = rest / lower[column, column]
            else:
                lower[row, row] = math.sqrt(rest) if rest > 0 else np.nan
    return lower


@kernel
def _solved(lower: npt.NDArray[np.float64], right: Column) -> Column:
    """Solve ``L Lᵀ x = right`` in place."""
    size = right.size
    for row in range(size):
        for before in range(row):
            right[row] -= lower[row, before] * right[before]
        right[row] /= lower[row, row]
    for row in range(size - 1, -1, -1):
        for after in range(row + 1, size):
            right[row] -= lower[after, row] * right[after]
        right[row] /= lower[row, row]
    return right


@kernel
def _p_value(statistic: float) -> float:
    if np.isnan(statistic):
        return np.nan
    if statistic > _MOST:
        return 1.0
    if statistic < _LEAST:
        return 0.0
    if statistic <= _SWITCH:
        normal = _LEFT[0] + statistic * (_LEFT[1] + statistic * _LEFT[2])
    else:
        normal = _RIGHT[0] + statistic * (
            _RIGHT[1] + statistic * (_RIGHT[2] + statistic * _RIGHT[3])
        )
    return 0.5 * math.erfc(-normal / math.sqrt(2.0))
