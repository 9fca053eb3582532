"""When a portfolio is rebalanced: a rule of the calendar, never of a bar's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from workbench.data.calendars import open_calendar
from workbench.domain import Timeframe
from workbench.errors import OutOfRange

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LONGEST", "Rebalance", "is_last_of", "is_rebalanced"]

Rebalance = Literal["bar", "week", "month", "quarter", "year"]

LONGEST = {"bar": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""The most bars of a day from one rebalance to the next: a market that never closes."""

_UNIT = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
_DAY = "datetime64[D]"


def is_rebalanced(bars: xr.Dataset, every: Rebalance | int) -> xr.DataArray:
    """Whether a bar is the first of a new week, month, quarter, year or block of n bars.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars along ``time``.
    every : {"bar", "week", "month", "quarter", "year"} or int
        ``bar`` is every bar. A number n is every n-th session of the exchange's calendar
        since 1970 (every n-th weekday where the bars name no calendar; every n-th interval of
        the clock for intraday bars), so that it does not depend on where the data begin.

    Returns
    -------
    xarray.DataArray of bool, dims (time,)
        It compares a bar with the one before, so the first bar is False, except for ``bar``
        and 1.

    Raises
    ------
    OutOfRange
        If a number is below 1, or a session lies before 1970.
    """
    time = bars.indexes["time"]
    if every in ("bar", 1):
        begins = np.ones(len(time), dtype=bool)
    else:
        number = _period(time, every) if isinstance(every, str) else _block(bars, every)
        begins = np.r_[False, number[1:] != number[:-1]]
    return xr.DataArray(begins, dims="time", coords={"time": time})


def is_last_of(
    bars: xr.Dataset, every: Literal["week", "month", "quarter", "year"]
) -> xr.DataArray:
    """Whether a bar is of the last session of its week, month, quarter or year.

    The exchange's calendar tells it on the day, without the bar that follows.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars of a day along ``time``, with the coordinate ``calendar``; weekdays are the
        sessions where there is none.
    every : {"week", "month", "quarter", "year"}
        The period that ends.

    Returns
    -------
    xarray.DataArray of bool, dims (time,)
        True where the next session lies in another period.
    """
    time = bars.indexes["time"]
    days = time.to_numpy().astype(_DAY)
    name = _calendar(bars)
    if name:
        sessions = open_calendar(name, days[0]).sessions.astype(_DAY)
        following = sessions[np.searchsorted(sessions, days, side="right")]
    else:
        following = np.busday_offset(days + 1, 0, roll="forward")
    later = type(time)(following.astype("datetime64[ns]"))
    return xr.DataArray(
        _period(later, every) != _period(time, every), dims="time", coords={"time": time}
    )


def _period(time: pd.DatetimeIndex, every: str) -> npt.NDArray[np.int64]:
    numbers: npt.NDArray[np.int64] = time.to_period(_UNIT[every]).asi8
    return numbers


def _block(bars: xr.Dataset, every: int) -> npt.NDArray[np.int64]:
    """Which block of n sessions, weekdays or intervals a bar belongs to."""
    if every < 1:
        raise OutOfRange("every", every, 1)
    stamps = bars.indexes["time"].to_numpy().astype("datetime64[ns]")
    timeframe = Timeframe.parse(str(bars.attrs.get("timeframe") or "1d"))
    if timeframe.is_intraday:
        span = np.timedelta64(timeframe.seconds, "s")
        return np.asarray((stamps - np.datetime64(0, "ns")) // span, dtype=np.int64) // every
    days, name = stamps.astype(_DAY), _calendar(bars)
    if not name:
        return np.asarray(np.busday_count(np.datetime64(0, "D"), days), dtype=np.int64) // every
    calendar = open_calendar(name)
    calendar.check(days)
    passed = np.searchsorted(calendar.sessions.astype(_DAY), days, side="right")
    return np.asarray(passed, dtype=np.int64) // every


def _calendar(bars: xr.Dataset) -> str:
    """The calendar of the first symbol; empty where the bars name none."""
    return str(np.atleast_1d(bars["calendar"].to_numpy())[0]) if "calendar" in bars.coords else ""
