"""Where an account could have gone: block-bootstrap Monte Carlo of equity."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.compute import kernel
from workbench.errors import OutOfRange
from workbench.validation.resampling.blocks import Blocks, chosen_block, draw_index
from workbench.validation.resampling.results import WealthPaths

__all__ = ["FAN", "wealth_paths"]

Floats = npt.NDArray[np.float64]

FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles of the fan."""
MOST_POINTS = 200
"""Bars at which the paths are kept for the fan."""


def wealth_paths(
    returns: Any,
    rng: np.random.Generator,
    *,
    draws: int = 2_000,
    bars: int | None = None,
    block: float | None = None,
    which: Blocks = "stationary",
) -> WealthPaths:
    """Paths of wealth whose bars are drawn in blocks from a history.

    The mean return of the history is taken as it is: the paths tell what luck in the order and
    choice of bars can do to it, not whether it is there.

    Parameters
    ----------
    returns : array_like, shape (time,)
        Simple returns; NaN is left out.
    rng : numpy.random.Generator
        Where the paths come from.
    draws : int
        How many paths.
    bars : int, optional
        Length of a path; by default that of the history.
    block : float, optional
        Length of the blocks in bars; by default that of `block_lengths`.
    which : {"stationary", "circular"}
        The bootstrap.

    Returns
    -------
    WealthPaths
        A path that loses everything stays at 0.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 10 returns.
    OutOfRange
        If `draws` or `bars` is below 1, or `block` cannot be used.
    """
    values = np.asarray(returns, dtype=np.float64)
    values = np.ascontiguousarray(values[~np.isnan(values)])
    length = chosen_block(values, which, block)
    ahead = values.size if bars is None else bars
    for name, number in (("draws", draws), ("bars", ahead)):
        if number < 1:
            raise OutOfRange(name, number, 1)
    points = np.unique(np.linspace(0, ahead, min(ahead, MOST_POINTS) + 1).astype(np.int64))
    kept, ends = np.empty((draws, points.size)), np.empty((draws, 3))
    _walk(values, rng, (length, which == "stationary"), points, kept, ends)
    own_kept, own = np.empty((1, values.size + 1)), np.empty((1, 3))
    _follow(values, np.arange(values.size), np.arange(values.size + 1), own_kept[0], own[0])
    finals, falls, waits = ends.T
    fan = pd.DataFrame(np.quantile(kept, FAN, axis=0).T, pd.Index(points, name="bar"), list(FAN))
    return WealthPaths(
        bars=ahead,
        draws=draws,
        block=length,
        observed_final=own[0, 0],
        observed_drawdown=own[0, 1],
        observed_under_water=int(own[0, 2]),
        median_final=np.median(finals),
        final_5=np.quantile(finals, 0.05),
        final_95=np.quantile(finals, 0.95),
        probability_of_loss=float(np.mean(finals < 1.0)),
        median_drawdown=np.median(falls),
        drawdown_95=np.quantile(falls, 0.05),
        median_under_water=np.median(waits),
        under_water_95=np.quantile(waits, 0.95),
        fan=fan,
        finals=finals,
        drawdowns=falls,
        under_water=waits.astype(np.int64),
        history=pd.Series(own_kept[0], pd.RangeIndex(values.size + 1, name="bar"), name="history"),
    )


@kernel
def _walk(
    returns: Floats,
    rng: np.random.Generator,
    blocks: tuple[float, bool],
    points: npt.NDArray[np.int64],
    kept: Floats,
    ends: Floats,
) -> None:
    block, stationary = blocks
    index = np.empty(points[-1], dtype=np.int64)
    for draw in range(kept.shape[0]):
        draw_index(rng, returns.size, block, index, stationary)
        _follow(returns, index, points, kept[draw], ends[draw])


@kernel
def _follow(
    returns: Floats,
    index: npt.NDArray[np.int64],
    points: npt.NDArray[np.int64],
    kept: Floats,
    ends: Floats,
) -> None:
    """The growth of 1 at `points`; then the last of it, its deepest fall and longest wait."""
    wealth, peak, deepest = 1.0, 1.0, 0.0
    waited, longest, point = 0, 0, 0
    for at in range(index.size):
        if points[point] == at:
            kept[point] = wealth
            point += 1
        wealth = max(wealth * (1.0 + returns[index[at]]), 0.0)
        if wealth >= peak:
            peak, waited = wealth, 0
        else:
            waited += 1
            longest = max(longest, waited)
            deepest = min(deepest, wealth / peak - 1.0)
    kept[point] = wealth
    ends[0] = wealth
    ends[1] = deepest
    ends[2] = longest
