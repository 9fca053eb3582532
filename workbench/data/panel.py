"""From rows to the array in the hand: an `xarray.Dataset` of time by symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from workbench.data.calendars import open_calendar
from workbench.domain import OHLCV, Timeframe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pyarrow as pa

__all__ = ["panel_of_arrays", "panel_of_table"]

DAY = np.timedelta64(1, "D")


def panel_of_table(table: pa.Table, fields: Sequence[str]) -> dict[str, Any]:
    """Spread the rows of a table of bars over time and symbol.

    Parameters
    ----------
    table : pyarrow.Table
        Columns symbol, time and `fields`; a pair of symbol and time occurs once.
    fields : sequence of str
        The number columns to spread.

    Returns
    -------
    dict
        ``times`` (sorted), ``symbols`` (in order of appearance) and ``values``: field →
        array of shape (time, symbol), NaN where there is no bar.
    """
    symbols, column = _codes(table["symbol"])
    times, row = np.unique(table["time"].to_numpy(), return_inverse=True)
    values = {}
    for name in fields:
        spread = np.full((len(times), len(symbols)), np.nan)
        spread[row, column] = table[name].to_numpy().astype(np.float64)
        values[name] = spread
    return {"times": times.astype("datetime64[ns]"), "symbols": symbols, "values": values}


def panel_of_arrays(
    *,
    times: npt.NDArray[np.datetime64],
    symbols: Sequence[str],
    values: Mapping[str, npt.NDArray[np.float64]],
    calendar: str,
    currency: str,
    delay_seconds: int = 0,
    attrs: Mapping[str, Any],
) -> xr.Dataset:
    """The Dataset of bars, with the moment at which each bar is known.

    Parameters
    ----------
    times : numpy.ndarray of datetime64[ns], shape (time,)
        Sorted; session dates at 00:00, or start instants of intraday bars, naive UTC.
    symbols : sequence of str
        The columns of the arrays.
    values : mapping
        Field → array of shape (time, symbol).
    calendar, currency : str
        Of all symbols.
    delay_seconds : int
        The vendor's delay after the close.
    attrs : mapping
        ``timeframe`` at least.

    Returns
    -------
    xarray.Dataset
        Dims (time, symbol).
    """
    known_at = _known_at(times, Timeframe.parse(str(attrs["timeframe"])), calendar)
    known_at = known_at + np.timedelta64(delay_seconds, "s")
    count = len(symbols)
    return xr.Dataset(
        {name: (("time", "symbol"), values[name]) for name in OHLCV if name in values},
        coords={
            "time": times,
            "symbol": np.asarray(symbols, dtype=str),
            "calendar": ("symbol", np.full(count, calendar)),
            "currency": ("symbol", np.full(count, currency)),
            "known_at": ("time", known_at),
        },
        attrs=dict(attrs),
    )


def _known_at(
    times: npt.NDArray[np.datetime64], timeframe: Timeframe, calendar: str
) -> npt.NDArray[np.datetime64]:
    """When a bar is complete: its end if intraday, else the close of its last session."""
    if timeframe.is_intraday or not len(times):
        return times + np.timedelta64(timeframe.seconds, "s")
    hours = open_calendar(calendar, times[0])
    if timeframe.unit == "d" and timeframe.count == 1:
        return hours.close_of(times)
    return hours.close_of(_last_days(times, timeframe))


def _last_days(
    times: npt.NDArray[np.datetime64], timeframe: Timeframe
) -> npt.NDArray[np.datetime64]:
    """The last day of a period that starts with its label; late if the label is its end."""
    days = times.astype("datetime64[D]")
    if timeframe.unit == "M":
        months = times.astype("datetime64[M]")
        first_days = (months + timeframe.count).astype("datetime64[D]")
        ends = first_days + (days - months.astype("datetime64[D]")) - DAY
    else:
        ends = days + (timeframe.count * {"d": 1, "w": 7}[timeframe.unit] - 1) * DAY
    return np.asarray(ends, dtype="datetime64[D]")


def _codes(column: pa.ChunkedArray) -> tuple[list[str], npt.NDArray[np.int64]]:
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)
