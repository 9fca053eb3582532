"""Moving averages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.features.declaration import feature
from workbench.features.kernels import exponential_mean, rolling_moments
from workbench.features.panel import along_time, closes

if TYPE_CHECKING:
    import xarray as xr

    from workbench.features.panel import Bars

__all__ = ["ema", "sma"]

Window = Annotated[int, Field(ge=1, le=10_000)]


@feature("sma")
def sma(bars: Bars, *, window: Window = 20) -> xr.DataArray:
    """The simple moving average.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or values with the dimension ``time``.
    window : int
        Bars in the average.

    Returns
    -------
    xarray.DataArray
        NaN for the first ``window - 1`` bars and wherever the window holds a NaN.
    """
    mean, _ = along_time(closes(bars), rolling_moments, window, outputs=2)
    return mean


@feature("ema")
def ema(bars: Bars, *, window: Window = 20) -> xr.DataArray:
    """The exponential moving average with the weight ``2 / (window + 1)``.

    It starts with the simple average of the first `window` values, as TA-Lib does; a NaN
    makes it start again after the gap.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or values with the dimension ``time``.
    window : int
        Sets the weight, and the values that the start averages.

    Returns
    -------
    xarray.DataArray
        NaN until `window` values without a gap have been seen.
    """
    (mean,) = along_time(closes(bars), exponential_mean, window, 2 / (window + 1))
    return mean
