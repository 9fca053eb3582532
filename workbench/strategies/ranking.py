"""Symbols in the order of a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["place", "share_below"]


def place(score: xr.DataArray, known: xr.DataArray, *ties: xr.DataArray) -> xr.DataArray:
    """Which place each symbol takes on each bar, 0 for the best.

    Parameters
    ----------
    score : xarray.DataArray, dims (time, symbol)
        More is better.
    known : xarray.DataArray of bool, dims (time, symbol)
        Who takes part; the others come last.
    *ties : xarray.DataArray
        What decides between equal scores, more is better; then the order of the symbols.

    Returns
    -------
    xarray.DataArray of int, dims (time, symbol)
        Every place once a bar.
    """
    laid = known.transpose("time", "symbol")
    keys = [
        -values.transpose("time", "symbol").where(laid, -np.inf).to_numpy()
        for values in (*reversed(ties), score)
    ]
    order = np.lexsort(keys, axis=1)
    return laid.copy(data=np.argsort(order, axis=1, kind="stable"))


def share_below(values: xr.DataArray) -> xr.DataArray:
    """The share of the others on the same bar that have less; equals count half.

    Parameters
    ----------
    values : xarray.DataArray, dims (time, symbol)
        Anything that can be compared.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        From 0 to 1; NaN where the value is, and where there is no other.
    """
    laid = values.transpose("time", "symbol")
    table = pd.DataFrame(laid.to_numpy())
    others = table.notna().sum(axis=1) - 1
    below = table.rank(axis=1, method="average") - 1
    return laid.copy(data=below.div(others.where(others > 0), axis=0).to_numpy())
