"""Random numbers that belong to a time and a symbol, not to a place in a sequence."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

__all__ = ["uniform_draws"]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def uniform_draws(bars: xr.Dataset, seed: int, stream: int = 0) -> xr.DataArray:
    """One number from 0 to 1 for each bar and symbol.

    The seed, the stream, the stamp of the bar and the name of the symbol are mixed by
    SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), so that a window, another order of the
    symbols or more of them give the same numbers.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    seed, stream : int
        Another seed is another world; streams of a seed are independent.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        In [0, 1), with 53 random bits.
    """
    close = bars["close"].transpose("time", "symbol")
    stamps = close.indexes["time"].to_numpy().astype("datetime64[ns]").view(np.uint64)
    names = [zlib.crc32(str(name).encode()) for name in close["symbol"].to_numpy()]
    symbols = _mixed(np.array(names, dtype=np.uint64) + _mixed(np.array([seed], np.uint64)))
    bits = _mixed(
        _mixed(stamps)[:, None] + symbols[None, :] + _mixed(np.array([stream], np.uint64))
    )
    return close.copy(data=(bits >> np.uint64(11)) * 2.0**-53)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finaliser; the sums wrap around, as they should."""
    z = values + _STEP
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    mixed: npt.NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
