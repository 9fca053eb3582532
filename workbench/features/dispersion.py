"""How widely values spread: volatility, scores and bands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import xarray as xr
from pydantic import Field

from workbench.features.declaration import feature
from workbench.features.kernels import rolling_moments
from workbench.features.panel import along_time, closes
from workbench.features.returns import log_returns

if TYPE_CHECKING:
    from workbench.features.panel import Bars

__all__ = ["bollinger", "bollinger_position", "volatility", "zscore"]

Window = Annotated[int, Field(ge=2, le=10_000)]
Ddof = Annotated[int, Field(ge=0, le=1)]
Deviations = Annotated[float, Field(gt=0, le=20)]


def moments(values: xr.DataArray, window: int, ddof: int) -> tuple[xr.DataArray, xr.DataArray]:
    """The rolling mean and standard deviation; NaN where the window holds a NaN."""
    mean, squares = along_time(values, rolling_moments, window, outputs=2)
    return mean, (squares / (window - ddof)) ** 0.5


@feature("volatility")
def volatility(
    bars: Bars,
    *,
    window: Window = 20,
    periods_per_year: Annotated[float, Field(gt=0, le=1_000_000)] = 252,
) -> xr.DataArray:
    """The standard deviation of log returns, annualised.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    window : int
        Returns in the sample; the deviation divides by ``window - 1``.
    periods_per_year : float
        Bars in a year, whose square root annualises; 1 leaves the deviation per bar.

    Returns
    -------
    xarray.DataArray
        A fraction per year. NaN for the first `window` bars and wherever the window holds a
        NaN return.
    """
    _, deviation = moments(log_returns(closes(bars)), window, ddof=1)
    return deviation * math.sqrt(periods_per_year)


@feature("zscore")
def zscore(bars: Bars, *, window: Window = 20, ddof: Ddof = 1) -> xr.DataArray:
    """How many rolling standard deviations a value lies from its rolling mean.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or values with the dimension ``time``.
    window : int
        Bars in the mean and the deviation, the current one included.
    ddof : int
        The deviation divides by ``window - ddof``.

    Returns
    -------
    xarray.DataArray
        NaN for the first ``window - 1`` bars, wherever the window holds a NaN, and where
        all its values are equal.
    """
    values = closes(bars)
    mean, deviation = moments(values, window, ddof)
    return (values - mean) / deviation.where(deviation > 0)


@feature("bollinger")
def bollinger(bars: Bars, *, window: Window = 20, deviations: Deviations = 2.0) -> xr.Dataset:
    """The Bollinger bands: a moving average and a number of deviations around it.

    The deviation divides by `window` (Bollinger, Bollinger on Bollinger Bands, 2001).

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    window : int
        Bars in the average and the deviation.
    deviations : float
        Half the width of the bands in standard deviations.

    Returns
    -------
    xarray.Dataset
        Variables ``lower``, ``middle`` and ``upper``; NaN for the first ``window - 1`` bars
        and wherever the window holds a NaN.
    """
    middle, deviation = moments(closes(bars), window, ddof=0)
    half = deviations * deviation
    return xr.Dataset({"lower": middle - half, "middle": middle, "upper": middle + half})


@feature("bollinger_position")
def bollinger_position(
    bars: Bars, *, window: Window = 20, deviations: Deviations = 2.0
) -> xr.DataArray:
    """Where the price lies in its Bollinger bands, known as %b.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    window, deviations : int, float
        As in `bollinger`.

    Returns
    -------
    xarray.DataArray
        0 on the lower band, 1 on the upper, beyond them below 0 or above 1. NaN where the
        bands are, and where they have no width.
    """
    prices = closes(bars)
    bands = bollinger(prices, window=window, deviations=deviations)
    width = bands["upper"] - bands["lower"]
    return (prices - bands["lower"]) / width.where(width > 0)
