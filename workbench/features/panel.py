"""The panel that features compute on: values along ``time``, one column a symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

__all__ = ["Bars", "along_time", "closes"]

Bars = xr.Dataset | xr.DataArray
"""A Dataset of bars, of which ``close`` is taken, or one DataArray; both have ``time``."""


def closes(bars: Bars) -> xr.DataArray:
    """The values a feature is computed on, as float64.

    Parameters
    ----------
    bars : xarray.Dataset or xarray.DataArray
        Bars, of which ``close`` is taken, or the values themselves.

    Returns
    -------
    xarray.DataArray
        Dims ``time`` and, where there is one, ``symbol``.

    Raises
    ------
    UnusableFrame
        If it is neither, has no ``close``, or no dimension ``time``.
    """
    values = bars.get("close") if isinstance(bars, xr.Dataset) else bars
    if not isinstance(values, xr.DataArray) or "time" not in values.dims:
        raise UnusableFrame(
            "A feature needs a Dataset with close, or a DataArray, along the dimension time",
            seen=type(bars).__name__,
            cure="Make one of your table with workbench.bars(table)",
        )
    return values.astype(np.float64)


def along_time(
    values: xr.DataArray, function: Callable[..., Any], *arguments: float, outputs: int = 1
) -> tuple[xr.DataArray, ...]:
    """Run a one-dimensional kernel down each column.

    Parameters
    ----------
    values : xarray.DataArray
        Float64, with the dimension ``time``.
    function : callable
        Takes one column (shape ``(time,)``), `arguments`, then `outputs` columns to fill.
    *arguments : float
        Passed on.
    outputs : int
        How many columns it fills.

    Returns
    -------
    tuple of xarray.DataArray
        Each with the dims and coordinates of `values`.
    """
    order = values.dims
    turned = values.transpose(..., "time")
    columns = np.ascontiguousarray(turned.values).reshape(-1, turned.sizes["time"])
    filled: list[Values] = [np.full_like(columns, np.nan) for _ in range(outputs)]
    for number, column in enumerate(columns):
        function(column, *arguments, *(output[number] for output in filled))
    return tuple(
        turned.copy(data=output.reshape(turned.shape)).transpose(*order) for output in filled
    )
