"""How fast a value returns to its mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from workbench.compute import kernel
from workbench.features.declaration import feature
from workbench.features.panel import along_time, closes

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

    from workbench.features.panel import Bars

    Column = npt.NDArray[np.float64]

__all__ = ["half_life"]


@feature("half_life")
def half_life(bars: Bars, *, window: Annotated[int, Field(ge=4, le=10_000)] = 60) -> xr.DataArray:
    """The bars in which half of a deviation from the mean is gone.

    Each value of the window is regressed on the one before it, with a constant:
    ``p[t] = a + φ p[t−1] + e``, the discrete Ornstein–Uhlenbeck process, whose deviations shrink
    by φ a bar; the half-life is ``log(½) / log(φ)`` (Uhlenbeck and Ornstein, Physical Review
    36, 1930; Chan, Algorithmic Trading, 2013, chapter 2, has its limit for φ near one,
    ``−log(2) / (φ − 1)``).

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or values with the dimension ``time``.
    window : int
        Values in the regression, the current one included.

    Returns
    -------
    xarray.DataArray
        In bars: 0 where φ is 0 or negative (back within a bar), infinite where it is 1 or more
        (no return). NaN for the first ``window - 1`` bars, wherever the window holds a NaN,
        and where all its values but the last are equal.
    """
    (slope,) = along_time(closes(bars), _rolling_autoregression, window)
    phi = slope.to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        lives = math.log(0.5) / np.log(np.where((phi > 0) & (phi < 1), phi, np.nan))
    lives = np.where(phi <= 0, 0.0, np.where(phi >= 1, np.inf, lives))
    return slope.copy(data=lives)


@kernel
def _rolling_autoregression(values: Column, window: int, slope: Column) -> None:
    """The slope of a value on the one before it, over each window of values."""
    pairs = window - 1
    for now in range(window - 1, values.size):
        first = now - window + 1
        before = 0.0
        after = 0.0
        for bar in range(first, now):
            before += values[bar]
            after += values[bar + 1]
        before /= pairs
        after /= pairs
        together = 0.0
        squares = 0.0
        for bar in range(first, now):
            distance = values[bar] - before
            together += distance * (values[bar + 1] - after)
            squares += distance * distance
        if squares > 0:  # False for NaN
            slope[now] = together / squares
