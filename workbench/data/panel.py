"""From rows to the array in the hand: an `xarray.Dataset` of time by symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import xarray as xr

from workbench.data.calendars import open_calendar
from workbench.domain import OHLCV, Timeframe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

__all__ = ["Panel", "panel_of_arrays", "panel_of_parts"]

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Panel:
    """Numbers by time and symbol.

    Parameters
    ----------
    times : numpy.ndarray of datetime64[ns], shape (time,)
        Sorted.
    symbols : list of str
        The columns of the arrays.
    values : dict
        Field → array of shape (time, symbol), NaN where there is no bar.
    revised : int
        Rows whose value became known after its own time.
    """

    times: npt.NDArray[np.datetime64]
    symbols: list[str]
    values: dict[str, npt.NDArray[np.float64]]
    revised: int = 0


def panel_of_parts(
    parts: Iterable[pa.Table], symbols: Sequence[str], fields: Sequence[str]
) -> Panel | None:
    """Spread rows over time and symbol, one part after the other.

    Parameters
    ----------
    parts : iterable of pyarrow.Table
        Columns symbol, time, known_at and `fields`; a pair of symbol and time occurs once, and
        the times of a part are later than those of the part before.
    symbols : sequence of str
        Those that are looked for; rows of others are left out.
    fields : sequence of str
        The number columns to spread.

    Returns
    -------
    Panel or None
        The symbols that have a row, in the order asked for; None when none has.
    """
    times: list[npt.NDArray[np.datetime64]] = []
    values: dict[str, npt.NDArray[np.float64]]
    values = {name: np.empty((0, len(symbols))) for name in fields}
    seen = np.zeros(len(symbols), dtype=bool)
    revised = 0
    for part in parts:
        if part.num_rows:
            moments, row, column = _places(part, symbols)
            inside = column >= 0
            seen[column[inside]] = True
            times.append(moments)
            revised += part.num_rows - part["known_at"].null_count
            numbers = part.select(list(fields))
            del part  # so that each column is free once it has been spread
            for name in fields:
                grown = _grown(values[name], len(moments))
                _spread(numbers[name], row, column, inside, into=grown)
                numbers = numbers.drop_columns(name)
    if not seen.any():
        return None
    if not seen.all():
        values = {name: np.ascontiguousarray(values[name][:, seen]) for name in fields}
    chosen = [symbol for symbol, there in zip(symbols, seen, strict=True) if there]
    joined = np.concatenate(times).astype("datetime64[ns]")
    return Panel(joined, chosen, values, revised)


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


def _places(
    part: pa.Table, symbols: Sequence[str]
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The times of a part, and for each row its place among them and among the symbols."""
    encoded = part["time"].combine_chunks().dictionary_encode()
    moments = encoded.dictionary.to_numpy()
    order = np.argsort(moments)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    named = part["symbol"].combine_chunks()
    named = named if pa.types.is_dictionary(named.type) else named.dictionary_encode()
    wanted = {symbol: number for number, symbol in enumerate(symbols)}
    column = np.array(
        [wanted.get(name, -1) for name in named.dictionary.to_pylist()], dtype=np.int32
    )
    return moments[order], place[encoded.indices.to_numpy()], column[named.indices.to_numpy()]


def _grown(array: npt.NDArray[np.float64], rows: int) -> npt.NDArray[np.float64]:
    """Add rows at the end of an array, in place: a second copy would double the memory.

    Returns
    -------
    numpy.ndarray, shape (rows, symbol)
        The new rows, a view that must not outlive the next growth.
    """
    before = len(array)
    array.resize((before + rows, array.shape[1]), refcheck=False)
    return array[before:]


def _spread(
    numbers: pa.ChunkedArray,
    row: npt.NDArray[np.int32],
    column: npt.NDArray[np.int32],
    inside: npt.NDArray[np.bool_],
    *,
    into: npt.NDArray[np.float64],
) -> None:
    values = numbers.to_numpy().astype(np.float64, copy=False)
    if not inside.all():
        row, column, values = row[inside], column[inside], values[inside]
    moments = len(into)
    if len(values) == into.size and (row[:moments] == np.arange(moments)).all():
        # Every symbol has every time, and rows are sorted by symbol: a transposition.
        into[:, column[::moments]] = values.reshape(into.shape[::-1]).T
        return
    into.fill(np.nan)
    into[row, column] = values
