"""Returns from prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import xarray as xr
from pydantic import Field

from workbench.errors import OutOfRange
from workbench.features.declaration import feature
from workbench.features.panel import closes

if TYPE_CHECKING:
    from workbench.features.panel import Bars

__all__ = ["log_returns", "momentum", "simple_returns"]

Periods = Annotated[int, Field(ge=1, le=10_000)]


@feature("simple_returns")
def simple_returns(bars: Bars, *, periods: Periods = 1) -> xr.DataArray:
    """The fraction gained over the last `periods` bars.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    periods : int
        Bars over which the return is taken.

    Returns
    -------
    xarray.DataArray
        ``p[t] / p[t - periods] - 1``; NaN where either price is NaN or not there yet.
    """
    prices = closes(bars)
    return prices / prices.shift(time=periods) - 1


@feature("log_returns")
def log_returns(bars: Bars, *, periods: Periods = 1) -> xr.DataArray:
    """The logarithm of the growth over the last `periods` bars.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    periods : int
        Bars over which the return is taken.

    Returns
    -------
    xarray.DataArray
        ``log(p[t] / p[t - periods])``; NaN where either price is NaN, not there yet, or not
        positive.
    """
    prices = closes(bars)
    logarithms: xr.DataArray = xr.ufuncs.log(prices.where(prices > 0))
    return logarithms - logarithms.shift(time=periods)


@feature("momentum")
def momentum(
    bars: Bars,
    *,
    lookback: Annotated[int, Field(ge=1, le=10_000)] = 126,
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0,
) -> xr.DataArray:
    """The return from `lookback` bars ago to `skip` bars ago.

    Twelve months without the latest is ``lookback=252, skip=21`` (Jegadeesh and Titman,
    Journal of Finance 48, 1993).

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    lookback : int
        Bars back to where the return begins.
    skip : int
        Bars back to where it ends; below `lookback`.

    Returns
    -------
    xarray.DataArray
        ``p[t - skip] / p[t - lookback] - 1``; NaN where either price is NaN or not there
        yet. Gaps between the two do not matter.

    Raises
    ------
    OutOfRange
        If `skip` is not below `lookback`.
    """
    if skip >= lookback:
        raise OutOfRange("skip", skip, 0, lookback - 1)
    prices = closes(bars)
    return prices.shift(time=skip) / prices.shift(time=lookback) - 1
