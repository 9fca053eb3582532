"""Lay weights, however they were given, on the times and symbols of bars."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from workbench.errors import UnusableFrame

__all__ = ["weights_on"]


def weights_on(bars: xr.Dataset, weights: Any, owner: str = "The table of weights") -> xr.DataArray:
    """Lay weights on the times and symbols of bars.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars.
    weights : DataArray, DataFrame, Series or ndarray
        Time × symbol; a Series is the weights of the only symbol, an array has the shape of
        the closes. Rows and columns may be missing. True and False are 1 and 0 where there
        is one symbol only.
    owner : str
        What gave the weights, for the message.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        NaN where no weight is given.

    Raises
    ------
    UnusableFrame
        If it is no such table, a time is no bar, a symbol has no prices, one of them comes twice,
        a weight is infinite, or several symbols have weights of true and false.
    """
    frame = _framed(bars, weights, owner)
    time, symbols = bars.indexes["time"], bars.indexes["symbol"]
    _demand(frame.columns.isin(symbols), frame.columns, f"{owner} has a symbol without prices")
    _demand(frame.index.isin(time), frame.index, f"{owner} has a time that is no bar")
    _demand(~frame.index.duplicated(), frame.index, f"{owner} has a time twice")
    _demand(~frame.columns.duplicated(), frame.columns, f"{owner} has a symbol twice")
    if len(symbols) > 1 and all(kind.kind == "b" for kind in frame.dtypes):
        raise UnusableFrame(
            f"{owner} holds true and false for {len(symbols)} symbols, which are no weights",
            seen=f"{int(frame.to_numpy().sum(axis=1).max())} at once",
            cure="Divide it by the number of symbols, or give a pair (entries, exits)",
        )
    laid = frame.reindex(index=time, columns=symbols).to_numpy(dtype=np.float64)
    _demand(~np.isinf(laid).any(axis=1), time, f"{owner} has an infinite weight")
    return bars["close"].copy(data=laid)


def _framed(bars: xr.Dataset, weights: Any, owner: str) -> pd.DataFrame:
    close = bars["close"]
    if isinstance(weights, xr.DataArray):
        in_order = set(weights.dims) == {"time", "symbol"}
        weights = (weights.transpose("time", "symbol") if in_order else weights).to_pandas()
    if isinstance(weights, pd.Series) and close.sizes["symbol"] == 1:
        weights = weights.to_frame(str(close["symbol"].to_numpy()[0]))
    if isinstance(weights, np.ndarray) and weights.shape == close.shape:
        weights = pd.DataFrame(weights, close.indexes["time"], close.indexes["symbol"])
    if not isinstance(weights, pd.DataFrame) or not isinstance(weights.index, pd.DatetimeIndex):
        symbols = [str(symbol) for symbol in close["symbol"].to_numpy()[:5]]
        raise UnusableFrame(
            f"{owner} must have times down and symbols across",
            seen=type(weights).__name__,
            cure=f"Give a DataArray, or a DataFrame with a DatetimeIndex and columns {symbols}",
        )
    return weights if weights.index.tz is None else weights.tz_convert(None)


def _demand(holds: npt.NDArray[np.bool_], labels: pd.Index, what: str) -> None:
    wrong = labels[~np.asarray(holds)]
    if len(wrong):
        raise UnusableFrame(
            what, seen=str(wrong[0]), cure="Make it on the times and symbols of the bars"
        )
