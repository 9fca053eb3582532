"""Every measure of `workbench.validation.metrics` of many resampled histories, in one loop."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.validation.metrics import MEASURES, Measure
from workbench.validation.resampling.blocks import draw_index

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMPILED", "jackknifed", "measured", "sampled"]

Floats = npt.NDArray[np.float64]

COMPILED = (
    Measure.TOTAL_RETURN, Measure.ANNUALIZED_RETURN, Measure.VOLATILITY, Measure.SHARPE_PER_BAR,
    Measure.SHARPE_RATIO, Measure.SORTINO_RATIO, Measure.CALMAR_RATIO, Measure.MAX_DRAWDOWN,
    Measure.VAR_95, Measure.SKEWNESS, Measure.KURTOSIS,
)  # fmt: skip
"""The columns of `_measure_all`; a measure that is not among them is computed by its function."""


def measured(returns: Floats, measures: Sequence[Measure], a_year: float) -> Floats:
    """Measures of one history without NaN, shape (measures,)."""
    return np.array([MEASURES[which](returns, a_year) for which in measures])


def sampled(
    returns: Floats,
    measures: Sequence[Measure],
    a_year: float,
    rng: np.random.Generator,
    *,
    draws: int,
    block: float,
) -> Floats:
    """Measures of histories drawn anew.

    Parameters
    ----------
    returns : ndarray, shape (time,)
        Simple returns without NaN.
    measures : sequence of Measure
        Which.
    a_year : float
        Bars in a year.
    rng : numpy.random.Generator
        Where the histories come from.
    draws : int
        How many.
    block : float
        Mean length of the blocks in bars.

    Returns
    -------
    ndarray, shape (draws, measures)
        NaN where a measure is not defined.
    """
    if set(measures) <= set(COMPILED):
        every = np.empty((draws, len(COMPILED)))
        _sample(returns, a_year, rng, block, every)
        columns = [COMPILED.index(which) for which in measures]
        chosen: Floats = every[:, columns]
        return chosen
    index = np.empty(returns.size, dtype=np.int64)
    out = np.empty((draws, len(measures)))
    for draw in range(draws):
        draw_index(rng, returns.size, block, index, stationary=True)
        out[draw] = measured(returns[index], measures, a_year)
    return out


def jackknifed(returns: Floats, measures: Sequence[Measure], a_year: float, length: int) -> Floats:
    """Measures without one group of `length` neighbours after the other.

    Künsch, Annals of Statistics 17 (1989), with groups that do not overlap.

    Parameters
    ----------
    returns : ndarray, shape (time,)
        Simple returns without NaN.
    measures : sequence of Measure
        Which.
    a_year : float
        Bars in a year.
    length : int
        Bars of a group; the last one may be longer.

    Returns
    -------
    ndarray, shape (groups, measures)
        NaN where a measure is not defined.
    """
    groups = max(returns.size // length, 1)
    edges = [group * length for group in range(groups)] + [returns.size]
    rows = [np.r_[returns[:first], returns[last:]] for first, last in itertools.pairwise(edges)]
    return np.array([measured(kept, measures, a_year) for kept in rows])


@kernel
def _sample(
    returns: Floats,
    a_year: float,
    rng: np.random.Generator,
    block: float,
    out: Floats,
) -> None:
    n = returns.size
    index = np.empty(n, dtype=np.int64)
    drawn = np.empty(n)
    for draw in range(out.shape[0]):
        draw_index(rng, n, block, index, stationary=True)
        for at in range(n):
            drawn[at] = returns[index[at]]
        _measure_all(drawn, a_year, out[draw])


@kernel
def _measure_all(returns: Floats, a_year: float, out: Floats) -> None:
    """The columns of `COMPILED`; the definitions are those of `workbench.validation.metrics`."""
    n = returns.size
    wealth, peak, deepest = 1.0, 1.0, 0.0
    total, losses = 0.0, 0.0
    lowest, highest = returns[0], returns[0]
    for at in range(n):
        value = returns[at]
        wealth *= 1.0 + value
        peak = max(peak, wealth)
        deepest = min(deepest, wealth / peak - 1.0)
        total += value
        losses += min(value, 0.0) ** 2
        lowest, highest = min(lowest, value), max(highest, value)
    mean = total / n
    second, third, fourth = 0.0, 0.0, 0.0
    for at in range(n):
        apart = returns[at] - mean
        squared = apart * apart
        second += squared
        third += squared * apart
        fourth += squared * squared
    flat = highest == lowest
    deviation = math.nan if n < 2 else 0.0 if flat else math.sqrt(second / (n - 1))
    root = math.sqrt(a_year)
    yearly = max(wealth, 0.0) ** (a_year / n) - 1.0
    downside = math.sqrt(losses / n)
    out[0] = wealth - 1.0
    out[1] = yearly
    out[2] = deviation * root
    out[3] = mean / deviation if deviation > 0 else math.nan
    out[4] = out[3] * root
    out[5] = mean / downside * root if downside > 0 else math.nan
    out[6] = yearly / -deepest if deepest < 0 else math.nan
    out[7] = deepest
    out[8] = -_low_quantile(returns, 0.05)
    out[9] = math.nan if flat or n < 2 else third / n / (second / n) ** 1.5
    out[10] = math.nan if flat or n < 2 else fourth / n / (second / n) ** 2


@kernel
def _low_quantile(values: Floats, share: float) -> float:
    """A quantile by linear interpolation, as ``numpy.quantile``."""
    place = share * (values.size - 1)
    below = int(place)
    ordered = values.copy()
    _select(ordered, below)
    lower = ordered[below]
    if below + 1 >= values.size:
        return float(lower)
    upper = ordered[below + 1]
    for at in range(below + 2, values.size):
        upper = min(upper, ordered[at])
    return float(lower + (upper - lower) * (place - below))


@kernel
def _select(values: Floats, rank: int) -> None:
    """Put the value of this rank in its place, smaller ones before it (Hoare 1961).

    ``numpy.partition`` does the same and takes eight times as long to compile.
    """
    low, high = 0, values.size - 1
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while values[right] > pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if rank <= right:
            high = right
        elif rank >= left:
            low = left
        else:
            return
