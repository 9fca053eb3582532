"""Oscillators: strength and convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import xarray as xr
from pydantic import Field

from workbench.errors import OutOfRange
from workbench.features.averages import ema
from workbench.features.declaration import feature
from workbench.features.kernels import exponential_mean
from workbench.features.panel import along_time, closes

if TYPE_CHECKING:
    from workbench.features.panel import Bars

__all__ = ["macd", "rsi"]

Window = Annotated[int, Field(ge=1, le=10_000)]


@feature("rsi")
def rsi(bars: Bars, *, window: Annotated[int, Field(ge=2, le=10_000)] = 14) -> xr.DataArray:
    """The relative strength index of Wilder.

    Average gain over average gain and loss, times 100. The averages start with the plain
    mean of the first `window` changes and give each new change the weight ``1 / window``
    (Wilder, New Concepts in Technical Trading Systems, 1978).

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    window : int
        Changes in the average.

    Returns
    -------
    xarray.DataArray
        0 to 100. NaN until `window` changes without a gap have been seen, and while the
        price has not changed at all (TA-Lib answers 0 there, which reads as oversold).
    """
    prices = closes(bars)
    change = prices - prices.shift(time=1)
    (gain,) = along_time(change.clip(min=0), exponential_mean, window, 1 / window)
    (loss,) = along_time(-change.clip(max=0), exponential_mean, window, 1 / window)
    moved = gain + loss
    return 100 * gain / moved.where(moved > 0)


@feature("macd")
def macd(bars: Bars, *, fast: Window = 12, slow: Window = 26, signal: Window = 9) -> xr.Dataset:
    """Moving average convergence and divergence.

    The difference of two exponential averages, its own exponential average, and what lies
    between them (Appel, Technical Analysis: Power Tools for Active Investors, 2005). Each
    average starts as `ema` does; TA-Lib starts the fast one later, so the two agree once
    the start has faded (to 1e-9 after some 150 bars).

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.
    fast, slow : int
        Windows of the two averages.
    signal : int
        Window of the average of their difference.

    Returns
    -------
    xarray.Dataset
        Variables ``line``, ``signal`` and ``histogram``, in the unit of the price. ``line``
        is NaN for the first ``slow - 1`` bars, the others for ``slow + signal - 2``; a NaN
        makes all start again after the gap.

    Raises
    ------
    OutOfRange
        If `fast` is not below `slow`.
    """
    if fast >= slow:
        raise OutOfRange("fast", fast, 1, slow - 1)
    prices = closes(bars)
    line = ema(prices, window=fast) - ema(prices, window=slow)
    smoothed = ema(line, window=signal)
    return xr.Dataset({"line": line, "signal": smoothed, "histogram": line - smoothed})
