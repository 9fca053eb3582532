"""Statistics that a few wrong values do not move.

A scale is the median absolute value times 1.4826, which is the standard deviation of a normal
distribution (Hampel 1974, J. Am. Stat. Assoc. 69, 383; Rousseeuw and Croux 1993, J. Am. Stat.
Assoc. 88, 1273).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["local_scale", "longest_by_chance", "median_around", "scale", "tick_of"]

NORMAL = 1.4826
FEWEST = 5
"""Values that a local median needs."""


def scale(values: Floats) -> float:
    """The robust standard deviation around zero; NaN values do not count, 0 without any."""
    seen = np.abs(values[np.isfinite(values)])
    return float(NORMAL * np.median(seen)) if len(seen) else 0.0


def local_scale(returns: Floats, before: int = 40, after: int = 20) -> Floats:
    """The scale of the returns around each place, without the return of that place.

    Parameters
    ----------
    returns : numpy.ndarray, shape (n,)
        NaN values do not count.
    before, after : int
        How many returns on each side.

    Returns
    -------
    numpy.ndarray, shape (n,)
        The larger of the scale before and the scale after; where neither side has five
        returns, the scale of all.
    """
    size = pd.Series(np.abs(returns))
    low = size.rolling(before, min_periods=FEWEST).median().shift(1)
    high = size[::-1].rolling(after, min_periods=FEWEST).median().shift(1)[::-1]
    with_both = NORMAL * np.fmax(low.to_numpy(), high.to_numpy())
    return np.where(np.isfinite(with_both), with_both, scale(returns))


def median_around(values: Floats, width: int) -> Floats:
    """The median of the `width` values around each place, shorter at the ends; NaN if none."""
    window = pd.Series(values).rolling(width, min_periods=1, center=True)
    return np.asarray(window.median().to_numpy(dtype=np.float64))


def tick_of(prices: Floats) -> float:
    """The power of ten in which nearly all prices are whole; 0 if there is none down to 1e-8.

    Parameters
    ----------
    prices : numpy.ndarray
        Positive; NaN values do not count.

    Returns
    -------
    float
        For example 0.01; adjusted prices have none.
    """
    seen = prices[np.isfinite(prices)]
    for digits in range(-2, 9):
        if len(seen) and np.mean(np.abs(seen - np.round(seen, digits)) < 1e-9 * seen) > 0.99:
            return float(10.0**-digits)
    return 0.0


def longest_by_chance(flags: Mask, run: int, least: float, alarm: float) -> int:
    """The longest run that flags like these have by chance, the run in question left out.

    A run of n flags begins at one of N places with probability p qⁿ⁻¹, where p is the share of
    flags and q the share of flags that follow a flag, so that about N p qⁿ⁻¹ of them are
    expected (Feller 1968, An Introduction to Probability Theory, vol. 1, ch. XIII.7).

    Parameters
    ----------
    flags : numpy.ndarray of bool, shape (N,)
        Whether each value is like the one before.
    run : int
        The length of the run in question.
    least : float
        What the share of flags is at least, for reasons that lie outside of the series.
    alarm : float
        How many longer runs are expected in such a series; small.

    Returns
    -------
    int
        A longer run is not chance.
    """
    others = max(int(flags.sum()) - run, 0)
    pairs = max(int((flags[1:] & flags[:-1]).sum()) - (run - 1), 0)
    share = min(max((others + 1) / (len(flags) - run + 2), least), 0.95)
    follows = min(max((pairs + FEWEST * share) / (others + FEWEST), share), 0.95)
    return int(np.ceil(1 + np.log(alarm / (len(flags) * share)) / np.log(follows)))
