"""Who may be held: the members of a universe, where the bars say who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["is_member", "members_flag", "only_members"]


def is_member(bars: xr.Dataset) -> xr.DataArray:
    """Whether a symbol belongs to the universe after each bar.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars; those of a universe have the boolean coordinate ``member``.

    Returns
    -------
    xarray.DataArray of bool, dims (time, symbol)
        True everywhere where the bars have no such coordinate.
    """
    close = bars["close"]
    if "member" not in bars.coords:
        return close.copy(data=np.ones(close.shape, dtype=bool))
    known = bars["member"].transpose(*close.dims).to_numpy().astype(bool)
    return close.copy(data=known)


def members_flag(bars: xr.Dataset, _parameters: Any) -> xr.DataArray:
    """`is_member` as numbers, for the inputs of a step: 1 for a member, else 0."""
    return is_member(bars).astype(np.float64)


def only_members(weights: xr.DataArray, bars: xr.Dataset) -> xr.DataArray:
    """Weights in which nothing but members is held.

    Parameters
    ----------
    weights : xarray.DataArray, dims (time, symbol)
        Weights; NaN leaves a holding as it is.
    bars : xarray.Dataset
        The bars that they were made of.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        0 where a symbol is no member: what it leaves is sold on the next bar.
    """
    return weights if "member" not in bars.coords else weights.where(is_member(bars), 0.0)
