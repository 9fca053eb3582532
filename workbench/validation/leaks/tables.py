"""The numbers of any frame, laid out by row and column, and the way back to the frame.

A function gets the kind of frame that it was given, with other numbers in it or cut short.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FIELDS", "TIMES", "Column", "Table", "is_frame", "read_table"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Remake = "Callable[[Floats, Mask | None], Any]"

FIELDS = ("open", "high", "low", "close", "volume")
TIMES = ("time", "date", "datetime", "timestamp", "period_end")
SYMBOLS = ("symbol", "ticker")
KNOWN_AT = "known_at"


@dataclass(frozen=True)
class Column:
    """What a number is called.

    Parameters
    ----------
    field : str
        ``close``, or whatever the column is called.
    symbol : str
        Empty where the column is of no one symbol.
    """

    field: str
    symbol: str = ""

    def __str__(self) -> str:
        return f"{self.field} of {self.symbol}" if self.symbol else self.field


@dataclass(frozen=True)
class Table:
    """The numbers of a frame.

    Parameters
    ----------
    name : str
        ``bars``, or the name under which a function holds the frame.
    times : ndarray, shape (rows,)
        The stamp of each row: datetime64[ns], naive UTC, or row numbers where there is none.
    known : ndarray, shape (rows,)
        When a row is known: its ``known_at``, else its stamp.
    columns : tuple of Column
        The columns that hold numbers.
    values : ndarray, shape (rows, columns)
        As float64; true and false are 1 and 0.
    remake : callable
        ``remake(values, keep)`` is the frame with these numbers; `keep` is a mask of rows or
        None, and `values` has all rows.
    """

    name: str
    times: npt.NDArray[Any]
    known: npt.NDArray[Any]
    columns: tuple[Column, ...]
    values: Floats
    remake: Callable[[Floats, Mask | None], Any]

    @cached_property
    def sorts(self) -> tuple[Mask, Mask, Mask]:
        """Which columns are positive numbers, which true and false, which volumes."""
        known = np.isfinite(self.values)
        flag = (~known | (self.values == 0) | (self.values == 1)).all(axis=0)
        volume = np.array([one.field.lower() == "volume" for one in self.columns], dtype=bool)
        positive = (~known | (self.values > 0)).all(axis=0) | volume
        return positive & ~flag, flag & ~volume, volume

    @cached_property
    def spread(self) -> Floats:
        """The deviation of each column; 1 where there is none."""
        known = np.isfinite(self.values)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, self.values, 0.0).sum(axis=0) / count
        square = np.where(known, self.values - mean, 0.0) ** 2
        spread: Floats = np.sqrt(square.sum(axis=0) / count)
        return np.where(spread > 0, spread, 1.0)

    @cached_property
    def noise(self) -> npt.NDArray[np.float32]:
        """Standard normal numbers of the shape of the values, always the same."""
        shape = self.values.shape
        return np.random.default_rng(shape).standard_normal(shape, dtype=np.float32)

    @cached_property
    def quotes(self) -> list[dict[str, npt.NDArray[np.int64]]]:
        """Field → columns of open, high, low, close; symbols with the same fields together."""
        by_symbol: dict[str, dict[str, int]] = {}
        for at, one in enumerate(self.columns):
            if one.field.lower() in FIELDS[:4]:
                by_symbol.setdefault(one.symbol, {})[one.field.lower()] = at
        alike: dict[tuple[str, ...], list[dict[str, int]]] = {}
        for found in by_symbol.values():
            alike.setdefault(tuple(sorted(found)), []).append(found)
        return [
            {name: np.array([one[name] for one in several]) for name in names}
            for names, several in alike.items()
        ]

    @cached_property
    def in_order(self) -> bool:
        """Whether the rows stand in the order of their stamps."""
        return bool((self.times[1:] >= self.times[:-1]).all())

    @cached_property
    def typical(self) -> Floats:
        """The median size in each column; 0 where there is no number."""
        if not self.values.size:
            return np.zeros(self.values.shape[1])
        sizes = np.sort(np.where(np.isfinite(self.values), np.abs(self.values), np.nan), axis=0)
        count = np.isfinite(sizes).sum(axis=0)
        places = np.arange(sizes.shape[1])
        low, high = np.maximum(count - 1, 0) // 2, np.maximum(count, 1) // 2
        middle = (sizes[low, places] + sizes[np.minimum(high, len(sizes) - 1), places]) / 2
        return np.where(count > 0, middle, 0.0)


def is_frame(thing: Any) -> bool:
    """Whether this is a pandas, xarray or polars object that holds a table."""
    if isinstance(thing, pd.DataFrame | pd.Series | xr.Dataset | xr.DataArray):
        return True
    return _is_polars(thing)


def read_table(frame: Any, name: str = "bars") -> Table:
    """Read the numbers of a frame.

    Parameters
    ----------
    frame : Dataset, DataArray, DataFrame, Series or ndarray
        Rows along the dimension ``time`` (xarray), an index or column of times (pandas,
        polars; one row for each time, or for each time and symbol), or the first axis.
    name : str
        What it is called.

    Returns
    -------
    Table
        Columns without numbers are no part of it and stay as they are in the frame.

    Raises
    ------
    UnusableFrame
        If it is none of these, has no rows, or no column of numbers.
    """
    table = _read(frame, name)
    if table is None or not table.values.size:
        raise UnusableFrame(
            f"The {name} hold no rows of numbers along time",
            seen=type(frame).__name__,
            cure="Give a Dataset with the dimension time, a DataFrame with a DatetimeIndex,"
            " or an array",
        )
    return table


def _read(frame: Any, name: str) -> Table | None:
    if isinstance(frame, xr.DataArray) and "time" in frame.dims:
        inner = "value" if frame.name is None else str(frame.name)
        held = _of_dataset(frame.to_dataset(name=inner), name)

        def unwrapped(values: Floats, keep: Mask | None) -> xr.DataArray:
            made: xr.DataArray = held.remake(values, keep)[inner].rename(frame.name)
            return made

        return Table(name, held.times, held.known, held.columns, held.values, unwrapped)
    if isinstance(frame, xr.Dataset) and "time" in frame.dims:
        return _of_dataset(frame, name)
    if isinstance(frame, pd.Series):
        return _of_series(frame, name)
    if isinstance(frame, pd.DataFrame):
        return _of_pandas(frame, name)
    if isinstance(frame, np.ndarray) and frame.ndim in {1, 2} and frame.dtype.kind in "fiub":
        return _of_array(frame, name)
    return _of_polars(frame, name) if _is_polars(frame) else None


def _of_dataset(frame: xr.Dataset, name: str) -> Table:
    held = {**frame.data_vars, **{n: c for n, c in frame.coords.items() if c.dtype.kind == "b"}}
    along = {
        str(key): one.transpose("time", ...)
        for key, one in held.items()
        if "time" in one.dims and one.dtype.kind in "fiub"
    }
    columns = tuple(Column(key, label) for key, one in along.items() for label in _labels(one))
    rows = frame.sizes["time"]
    flat = [one.to_numpy().reshape(rows, -1).astype(np.float64) for one in along.values()]
    times = frame["time"].to_numpy()
    known = frame[KNOWN_AT].to_numpy() if _has_known(frame) else times

    def remake(values: Floats, keep: Mask | None) -> xr.Dataset:
        made, at = {}, 0
        for key, one in along.items():
            width = one.size // rows
            numbers = _typed(values[:, at : at + width], one.dtype).reshape(one.shape)
            made[key] = (one.dims, numbers, one.attrs)
            at += width
        whole = frame.assign({key: made[key] for key in made if key in frame.data_vars})
        whole = whole.assign_coords({key: made[key] for key in made if key in frame.coords})
        return whole if keep is None else whole.isel(time=np.flatnonzero(keep))

    return Table(name, times, known, columns, np.hstack(flat or [np.empty((rows, 0))]), remake)


def _labels(one: xr.DataArray) -> list[str]:
    """What the columns of a variable are called besides its name."""
    others = [dim for dim in one.dims if dim != "time"]
    if not others:
        return [""]
    if len(others) == 1:
        return [str(label) for label in one[others[0]].to_numpy()]
    return [str(number) for number in range(int(np.prod([one.sizes[dim] for dim in others])))]


def _has_known(frame: xr.Dataset) -> bool:
    return KNOWN_AT in frame.coords and frame[KNOWN_AT].dims == ("time",)


def _of_series(frame: pd.Series, name: str) -> Table | None:
    label = "value" if frame.name is None else str(frame.name)
    held = _of_pandas(frame.to_frame(label), name)
    if held is None:
        return None

    def unwrapped(values: Floats, keep: Mask | None) -> pd.Series:
        return held.remake(values, keep).iloc[:, 0].rename(frame.name)

    return Table(name, held.times, held.known, held.columns, held.values, unwrapped)


def _of_pandas(frame: pd.DataFrame, name: str) -> Table | None:
    places = [at for at, kind in enumerate(frame.dtypes) if _is_numeric(kind)]
    plain = type(frame) is pd.DataFrame and bool((frame.dtypes == np.float64).all())
    values = frame.to_numpy(copy=True) if plain else _stacked(frame, places)
    times = _times(frame)
    known = _naive(frame[KNOWN_AT]) if KNOWN_AT in frame.columns else times
    columns = tuple(_column(frame.columns[at]) for at in places)

    def remake(numbers: Floats, keep: Mask | None) -> pd.DataFrame:
        if plain:
            whole = numbers.copy() if keep is None else numbers[keep]
            index = frame.index if keep is None else frame.index[keep]
            return pd.DataFrame(whole, index, frame.columns).__finalize__(frame)
        made = frame.copy()
        for number, at in enumerate(places):
            made.isetitem(at, _typed(numbers[:, number], frame.dtypes.iloc[at]))
        return made if keep is None else made[keep]

    return Table(name, times, known, columns, values, remake)


def _stacked(frame: pd.DataFrame, places: list[int]) -> Floats:
    """The columns of numbers, whatever their types."""
    columns = [frame.iloc[:, at].to_numpy(dtype=np.float64, na_value=np.nan) for at in places]
    return np.column_stack(columns or [np.empty((len(frame), 0))])


def _is_numeric(kind: Any) -> bool:
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)


def _typed(values: Floats, kind: Any) -> npt.NDArray[Any]:
    """As they were, where the numbers allow: true and false, or float32; else float64."""
    name = str(kind).lower()
    if name.startswith("bool") and np.isfinite(values).all():
        truth: npt.NDArray[Any] = values != 0
        return truth
    return values.astype(np.float32) if name == "float32" else values.copy()


def _column(label: Any) -> Column:
    """A heading; of two levels one is a field, in either order."""
    if isinstance(label, tuple) and len(label) == 2:
        first, second = (str(part) for part in label)
        return Column(second, first) if second.lower() in FIELDS else Column(first, second)
    return Column(str(label))


def _times(frame: pd.DataFrame) -> npt.NDArray[Any]:
    """The stamps of rows: an index, one of its levels, or a column; else row numbers."""
    index = frame.index
    for level in range(index.nlevels):
        values = index.get_level_values(level)
        if isinstance(values, pd.PeriodIndex):
            ends: npt.NDArray[Any] = values.to_timestamp(how="end").to_numpy()
            return ends
        if isinstance(values, pd.DatetimeIndex):
            return _naive(values)
    for column in frame.columns:
        if str(column).lower() in TIMES and pd.api.types.is_datetime64_any_dtype(frame[column]):
            return _naive(frame[column])
    return np.arange(len(frame))


def _naive(stamps: Any) -> npt.NDArray[Any]:
    index = pd.DatetimeIndex(stamps)
    naive: npt.NDArray[Any] = (index if index.tz is None else index.tz_convert(None)).to_numpy(
        "datetime64[ns]"
    )
    return naive


def _of_array(frame: npt.NDArray[Any], name: str) -> Table:
    rows = np.arange(len(frame))
    flat = frame.reshape(len(frame), -1)
    single = frame.ndim == 1
    columns = tuple(Column("value" if single else f"[{at}]") for at in range(flat.shape[1]))

    def remake(values: Floats, keep: Mask | None) -> npt.NDArray[Any]:
        made = _typed(values, frame.dtype).reshape(frame.shape)
        return made if keep is None else made[keep]

    return Table(name, rows, rows, columns, flat.astype(np.float64), remake)


def _is_polars(thing: Any) -> bool:
    return type(thing).__module__.partition(".")[0] == "polars" and hasattr(thing, "to_pandas")


def _of_polars(frame: Any, name: str) -> Table | None:
    import polars as pl  # noqa: PLC0415  heavy, and only there if the frame is one

    held = _read(frame.to_pandas(), name)
    if held is None:
        return None
    back = pl.from_pandas

    def wrapped(values: Floats, keep: Mask | None) -> Any:
        return back(held.remake(values, keep))

    return Table(name, held.times, held.known, held.columns, held.values, wrapped)
