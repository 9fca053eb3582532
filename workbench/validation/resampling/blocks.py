"""Blocks of bars: how long they have to be, and how a history is drawn from them anew."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.errors import OutOfRange, TooLittleHistory, UnknownName

__all__ = ["BLOCKS", "Blocks", "block_lengths", "chosen_block", "draw_index", "resampled"]

Floats = npt.NDArray[np.float64]
Blocks = Literal["stationary", "circular"]

BLOCKS: tuple[Blocks, ...] = ("stationary", "circular")
"""Blocks of random, geometrically distributed length; and blocks that are all equally long."""

FEWEST = 10
"""Bars below which neither a block length nor a bootstrap says anything."""


def block_lengths(series: Any) -> dict[Blocks, float]:
    """The block length that estimates the variance of the mean best, for each bootstrap.

    Politis and White, Econometric Reviews 23 (2004), with the correction of Patton, Politis and
    White, Econometric Reviews 28 (2009): the flat-top spectral estimate is cut at twice the
    lag from which on five autocorrelations in a row are insignificant.

    Parameters
    ----------
    series : array_like, shape (time,)
        Returns; NaN is left out.

    Returns
    -------
    dict
        ``stationary`` (mean length) and ``circular``, in bars, not rounded; 1 for a constant,
        and never less than 1 nor more than ``min(3 √n, n / 3)``, rounded up.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 10 values.
    """
    values = np.asarray(series, dtype=np.float64)
    values = values[~np.isnan(values)]
    n = values.size
    if n < FEWEST:
        raise TooLittleHistory(FEWEST, n, "A block length")
    longest = math.ceil(min(3 * math.sqrt(n), n / 3))
    in_a_row = max(5, int(math.log10(n)))
    lags = math.ceil(math.sqrt(n)) + in_a_row
    covariance = _autocovariances(values, lags)
    if covariance[0] == 0.0:
        return dict.fromkeys(BLOCKS, 1.0)
    cut = _cut(np.abs(covariance / covariance[0]), in_a_row, 2 * math.sqrt(math.log10(n) / n))
    lag = np.arange(1, min(cut, lags) + 1)
    window = np.minimum(1.0, 2.0 * (1.0 - lag / lag[-1]))
    slope = 2.0 * float(np.sum(window * lag * covariance[lag]))
    level = float(covariance[0] + 2.0 * np.sum(window * covariance[lag]))
    constant: dict[Blocks, float] = {"stationary": 2.0, "circular": 4.0 / 3.0}
    return {
        which: min(max((2.0 * slope**2 / (factor * level**2) * n) ** (1 / 3), 1.0), float(longest))
        for which, factor in constant.items()
    }


def chosen_block(series: Any, which: Blocks, block: float | None) -> float:
    """The block length asked for, or the automatic one.

    Parameters
    ----------
    series : array_like, shape (time,)
        What is resampled.
    which : {"stationary", "circular"}
        The bootstrap.
    block : float or None
        Bars; None chooses.

    Returns
    -------
    float
        Whole bars for the circular bootstrap.

    Raises
    ------
    UnknownName
        If there is no such bootstrap.
    OutOfRange
        If `block` is below 1 or longer than the series.
    TooLittleHistory
        If there are fewer than 10 values.
    """
    if which not in BLOCKS:
        raise UnknownName("bootstrap", which, BLOCKS)
    size = np.size(series)
    if size < FEWEST:
        raise TooLittleHistory(FEWEST, size, "A bootstrap")
    if block is None:
        block = block_lengths(series)[which]
    if not 1 <= block <= size:
        raise OutOfRange("block", block, 1, size)
    return float(round(block)) if which == "circular" else float(block)


def resampled(
    bars: int,
    rng: np.random.Generator,
    *,
    draws: int,
    block: float,
    which: Blocks = "stationary",
) -> npt.NDArray[np.int64]:
    """Positions of bars for new histories; the last bar is followed by the first.

    Parameters
    ----------
    bars : int
        Bars of the history, and of each new one.
    rng : numpy.random.Generator
        Where they come from.
    draws : int
        How many.
    block : float
        Length of a block in bars; its mean for the stationary bootstrap.
    which : {"stationary", "circular"}
        Politis and Romano, JASA 89 (1994); or Politis and Romano, Exploring the Limits of
        Bootstrap (1992).

    Returns
    -------
    ndarray of int, shape (draws, bars)
        Positions from 0 to ``bars − 1``.

    Raises
    ------
    UnknownName, OutOfRange
        If the bootstrap or the block cannot be used.
    """
    chosen_block(np.empty(max(bars, FEWEST)), which, block)
    index = np.empty((draws, bars), dtype=np.int64)
    for draw in range(draws):
        draw_index(rng, bars, float(block), index[draw], which == "stationary")
    return index


@kernel
def draw_index(
    rng: np.random.Generator,
    bars: int,
    block: float,
    index: npt.NDArray[np.int64],
    stationary: bool,  # noqa: FBT001  a kernel's arguments have places
) -> None:
    """Fill `index` with blocks of neighbours among `bars` positions."""
    length = int(block)
    for at in range(index.size):
        begins = at == 0 or (rng.random() * block < 1.0 if stationary else at % length == 0)
        if begins:
            index[at] = min(int(rng.random() * bars), bars - 1)
        else:
            index[at] = (index[at - 1] + 1) % bars


def _autocovariances(values: Floats, lags: int) -> Floats:
    """Autocovariances of lag 0 to `lags`, divided by n."""
    centred = values - values.mean()
    if np.ptp(values) == 0:
        return np.zeros(lags + 1)
    n = values.size
    return np.array([centred[lag:] @ centred[: n - lag] for lag in range(min(lags, n - 1) + 1)]) / n


def _cut(correlation: Floats, in_a_row: int, threshold: float) -> int:
    """Twice the first lag from which on enough autocorrelations are insignificant."""
    small = correlation < threshold
    for lag in range(1, small.size - in_a_row + 1):
        if small[lag : lag + in_a_row].all():
            return 2 * lag
    return small.size - 1
