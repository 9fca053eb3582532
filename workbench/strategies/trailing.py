"""Volatility with a finite memory: the exponential weights end, so that a window is enough."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.compute import kernel
from workbench.features import along_time, simple_returns

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

    Column = npt.NDArray[np.float64]

__all__ = ["ewma_memory", "ewma_volatility"]

_LIVES = 5


def ewma_memory(centre_of_mass: int) -> int:
    """Returns in the weights: five centres of mass, which hold 99.3% of endless weights."""
    return _LIVES * centre_of_mass


def ewma_volatility(bars: xr.Dataset, centre_of_mass: int, periods_per_year: float) -> xr.DataArray:
    """The volatility that weighs recent returns most, annualised.

    ``σ² = A Σ w_i (r[t−i] − r̄)²`` with ``w_i ∝ δ^i``, r̄ the mean under the same weights, and
    δ such that the weights' centre of mass ``δ / (1 − δ)`` is the number given (Moskowitz, Ooi and
    Pedersen, Journal of Financial Economics 104, 2012, equation 1, who take 60 days). The sum
    ends after `ewma_memory` returns and the weights are scaled to one, so that a row depends
    on a window of known length.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    centre_of_mass : int
        In bars.
    periods_per_year : float
        A, the bars in a year.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        A fraction per year; missing returns are left out of the weights. NaN until half the
        memory is there, and where no return of the memory differs from another.
    """
    decay = centre_of_mass / (centre_of_mass + 1.0)
    memory = ewma_memory(centre_of_mass)
    (variance,) = along_time(simple_returns(bars), _weighted_variance, memory, decay)
    return (variance.where(variance > 0) * periods_per_year) ** 0.5


@kernel
def _weighted_variance(values: Column, memory: int, decay: float, variance: Column) -> None:
    """The variance under weights ``decay^age``, over the last `memory` values."""
    for now in range(values.size):
        weights = 0.0
        mean = 0.0
        seen = 0
        for age in range(min(memory, now + 1)):
            value = values[now - age]
            if not math.isnan(value):
                weight = decay**age
                weights += weight
                mean += weight * value
                seen += 1
        if seen < max(2, memory // 2):
            continue
        mean /= weights
        squares = 0.0
        for age in range(min(memory, now + 1)):
            value = values[now - age]
            if not math.isnan(value):
                squares += decay**age * (value - mean) ** 2
        variance[now] = squares / weights
