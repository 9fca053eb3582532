"""When a portfolio is rebalanced: a rule of the calendar, never of a bar's number."""

from __future__ import annotations

from typing import Literal

import numpy as np
import xarray as xr

__all__ = ["Rebalance", "is_rebalanced"]

Rebalance = Literal["bar", "week", "month", "quarter"]

_UNIT = {"week": "W-SUN", "month": "M", "quarter": "Q"}


def is_rebalanced(bars: xr.Dataset, every: Rebalance) -> xr.DataArray:
    """Whether a bar is the first of a new week, month or quarter.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars along ``time``.
    every : {"bar", "week", "month", "quarter"}
        ``bar`` is every bar.

    Returns
    -------
    xarray.DataArray of bool, dims (time,)
        It compares a bar with the one before, so the first bar is False, except for ``bar``.
    """
    time = bars.indexes["time"]
    if every == "bar":
        begins = np.ones(len(time), dtype=bool)
    else:
        period = time.to_period(_UNIT[every])
        begins = np.r_[False, period[1:] != period[:-1]]
    return xr.DataArray(begins, dims="time", coords={"time": time})
