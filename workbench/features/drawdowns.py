"""How far below the peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.features.declaration import feature
from workbench.features.panel import closes

if TYPE_CHECKING:
    import xarray as xr

    from workbench.features.panel import Bars

__all__ = ["drawdown"]


@feature("drawdown")
def drawdown(bars: Bars) -> xr.DataArray:
    """The fraction lost since the highest value so far.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars or prices with the dimension ``time``.

    Returns
    -------
    xarray.DataArray
        0 at a new peak, negative below it. NaN where the price is NaN; a gap does not
        forget the peak.
    """
    prices = closes(bars)
    peaks = np.fmax.accumulate(prices.values, axis=prices.get_axis_num("time"))
    return prices / prices.copy(data=peaks) - 1
