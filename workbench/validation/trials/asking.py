"""What is asked of the data, and when an answer does not count.

A question is the data: symbols, period, timeframe and the prices themselves, whatever name
they came under.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.ports import DataScope

if TYPE_CHECKING:
    from datetime import datetime

    import xarray as xr

__all__ = ["FEWEST_BARS", "question_of", "reason_of", "scope_of"]

FEWEST_BARS = 60
"""A trial on fewer bars is no evidence, and does not count."""

_SHOWN = 16


def question_of(bars: xr.Dataset) -> str:
    """The hash of what is asked: symbols, times, timeframe and closes.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars that are traded.

    Returns
    -------
    str
        16 hexadecimal digits, equal for equal data whatever its name or type.
    """
    digest = hashlib.sha256()
    digest.update("|".join(str(symbol) for symbol in bars["symbol"].to_numpy()).encode())
    digest.update(str(bars.attrs.get("timeframe", "")).encode())
    for values in (bars["time"].to_numpy().astype("datetime64[ns]"), bars["close"].to_numpy()):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:_SHOWN]


def scope_of(bars: xr.Dataset) -> DataScope:
    """The symbols and dates of a question, by which others on the same data are found.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars that are traded, at least one.

    Returns
    -------
    DataScope
        With the time of the first and of the last bar.
    """
    times = bars["time"].to_numpy()
    return DataScope(
        dataset=str(bars.attrs.get("dataset") or "your frame"),
        symbols=tuple(str(symbol) for symbol in bars["symbol"].to_numpy()),
        start=_utc(times[0]),
        end=_utc(times[-1]),
        timeframe=str(bars.attrs.get("timeframe") or ""),
        bars=len(times),
    )


def reason_of(bars: xr.Dataset) -> str:
    """Why trials on these bars do not count.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars that are traded; ``attrs["synthetic"]`` says that a computer drew them.

    Returns
    -------
    str
        ``synthetic data`` or ``fewer than 60 bars``; empty when they count.
    """
    if bars.attrs.get("synthetic"):
        return "synthetic data"
    return f"fewer than {FEWEST_BARS} bars" if bars.sizes["time"] < FEWEST_BARS else ""


def _utc(time: np.datetime64) -> datetime:
    stamp: datetime = pd.Timestamp(time).tz_localize("UTC").floor("us").to_pydatetime()
    return stamp
