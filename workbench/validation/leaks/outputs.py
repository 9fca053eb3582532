"""What a function returned, as tables, and where two answers differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from workbench.errors import UnusableFrame
from workbench.validation.leaks.tables import TIMES, Column, Table, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TOLERANCES", "Answer", "Codes", "Moved", "moved", "read_answer"]

Floats = npt.NDArray[np.float64]
Answer = list[Table]
"""The tables that a function returned."""

TOLERANCES = {"float64": 1e-9, "float32": 1e-4}
"""Relative to the larger of both numbers and the column's median: far above the last bits in
which a sum over another window differs, far below any leak that could be traded."""


@dataclass
class Codes:
    """Words as numbers, the same in every answer."""

    known: dict[str, float] = field(default_factory=dict)

    def of(self, words: Any) -> Floats:
        """One number for each word; NaN where there is none."""
        return np.array(
            [
                np.nan
                if pd.isna(word)
                else self.known.setdefault(str(word), float(len(self.known)))
                for word in words
            ],
            dtype=np.float64,
        )


@dataclass(frozen=True)
class Moved:
    """The numbers that differ between two answers, the earliest first.

    Parameters
    ----------
    times : ndarray, shape (n,)
        The stamp of each row.
    columns : ndarray of str, shape (n,)
        The column of each.
    before, after : ndarray, shape (n,)
        The numbers; NaN where there is none.
    """

    times: npt.NDArray[Any]
    columns: npt.NDArray[np.object_]
    before: Floats
    after: Floats

    def __bool__(self) -> bool:
        return len(self.times) > 0

    def at(self, time: Any) -> bool:
        """Whether a number of this time differs."""
        return bool((self.times == time).any())


def read_answer(made: Any, clock: npt.NDArray[Any], codes: Codes) -> Answer:
    """Read what a function returned.

    Parameters
    ----------
    made : DataArray, Dataset, DataFrame, Series, ndarray, or a tuple, list or dict of these
        Rows along time. An array has a row for each bar; a shorter one ends with the last bar. A
        frame without times has a row for each bar.
    clock : ndarray, shape (bars,)
        The times of the bars that the function was given.
    codes : Codes
        What words stand for.

    Returns
    -------
    list of Table
        One for each part.

    Raises
    ------
    UnusableFrame
        If it returned no values along time.
    """
    return [_read(one, name, clock, codes) for name, one in _parts(made)]


def _parts(made: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(made, dict):
        yield from ((str(name), one) for name, one in made.items())
    elif isinstance(made, tuple | list) and made and not np.isscalar(made[0]):
        names = getattr(made, "_fields", [f"output {at + 1}" for at in range(len(made))])
        yield from zip(names, made, strict=True)
    else:
        yield "", np.asarray(made) if isinstance(made, list) else made


def _read(made: Any, name: str, clock: npt.NDArray[Any], codes: Codes) -> Table:
    if isinstance(made, np.ndarray):
        made = _array(made, clock)
    if isinstance(made, xr.DataArray | xr.Dataset) and "time" not in made.dims:
        _refuse(made)
    if isinstance(made, xr.DataArray | xr.Dataset):
        made = made.reset_coords(drop=True)  # what came with the bars is no answer
    if isinstance(made, xr.DataArray):
        made = made.rename("output")  # of bars["close"] it keeps the name, and is none
    if isinstance(made, pd.Series | pd.DataFrame):
        made = _coded(_dated(made), codes)
    if isinstance(made, pd.DataFrame) and made.empty:
        return Table(name, clock[:0], clock[:0], (), np.empty((0, 0)), lambda _values, _keep: made)
    try:
        table = read_table(made, name)
    except UnusableFrame:
        _refuse(made)
        raise
    return table if table.times.dtype.kind == clock.dtype.kind else _on_bars(table, made, clock)


def _on_bars(table: Table, made: Any, clock: npt.NDArray[Any]) -> Table:
    """Rows that are only numbered, on the bars, if there is one for each."""
    if len(table.times) != len(clock):
        _refuse(made)
    return Table(name=table.name, times=clock, known=clock, columns=table.columns,
                 values=table.values, remake=table.remake)  # fmt: skip


def _array(made: npt.NDArray[Any], clock: npt.NDArray[Any]) -> pd.DataFrame:
    """An array on the times of the last bars."""
    if made.ndim not in {1, 2} or not 0 < len(made) <= len(clock):
        _refuse(made)
    return pd.DataFrame(made, index=pd.Index(clock[len(clock) - len(made) :]))


def _dated(made: Any) -> Any:
    """A table with its times in the index, where they stand in a column."""
    index = made.index
    levels = (index.get_level_values(level) for level in range(index.nlevels))
    if made.ndim == 1 or any(isinstance(one, pd.DatetimeIndex | pd.PeriodIndex) for one in levels):
        return made
    stamps = [name for name in made.columns if str(name).lower() in TIMES]
    dated = [name for name in stamps if pd.api.types.is_datetime64_any_dtype(made[name])]
    return made.set_index(dated[0]) if dated else made


def _coded(made: Any, codes: Codes) -> pd.DataFrame:
    """A frame whose words and moments are numbers."""
    frame = made.to_frame("" if made.name is None else made.name) if made.ndim == 1 else made
    plain = frame.copy(deep=False)
    for at, kind in enumerate(frame.dtypes):
        if pd.api.types.is_numeric_dtype(kind):
            continue
        if pd.api.types.is_datetime64_any_dtype(kind) or str(kind).startswith("timedelta"):
            plain.isetitem(at, frame.iloc[:, at].astype("int64").astype(np.float64))
        else:
            plain.isetitem(at, codes.of(frame.iloc[:, at]))
    return plain


def _refuse(made: Any) -> Any:
    raise UnusableFrame(
        "The function returned no values along time",
        seen=getattr(made, "shape", type(made).__name__),
        cure="Return a DataArray with the dimension time, a Series or DataFrame indexed by time,"
        " or an array with a row for each bar",
    )


def moved(first: Answer, second: Answer, until: Any, *, tolerance: float) -> Moved:
    """Where two answers differ at or before a time.

    Parameters
    ----------
    first, second : list of Table
        Two answers of the same function.
    until : datetime64 or int
        The last stamp that is compared.
    tolerance : float
        Relative to the larger of both numbers and the median size in the column.

    Returns
    -------
    Moved
        A number against a NaN, and a row or column that only one answer has, differ.
    """
    parts = []
    for number in range(max(len(first), len(second))):
        one, other = _side(first, number), _side(second, number)
        parts.append(_moved_table(one, other, until, tolerance))
    times = np.concatenate([part.times for part in parts])
    order = np.argsort(times, kind="stable")
    return Moved(
        times[order],
        np.concatenate([part.columns for part in parts])[order],
        np.concatenate([part.before for part in parts])[order],
        np.concatenate([part.after for part in parts])[order],
    )


def _side(answer: Answer, number: int) -> Table:
    if number < len(answer):
        return answer[number]
    like = answer[0]
    return Table("", like.times[:0], like.times[:0], (), np.empty((0, 0)), like.remake)


def _moved_table(first: Table, second: Table, until: Any, tolerance: float) -> Moved:
    one, other = _until(first, until), _until(second, until)
    times, columns, before, after = _aligned(one, other)
    size = first.typical if columns == first.columns else _sizes(first, columns)
    differs = _differs(before, after, size, tolerance)
    row, column_at = np.nonzero(differs)
    titles = np.array([_titled(first.name, column) for column in columns], dtype=object)
    return Moved(
        times[row],
        titles[column_at],
        before[row, column_at],
        after[row, column_at],
    )


def _sizes(table: Table, columns: tuple[Column, ...]) -> Floats:
    """The median size in each column; 0 in one that the table lacks."""
    places = {column: at for at, column in enumerate(table.columns)}
    typical = np.append(table.typical, 0.0)
    return typical[[places.get(column, -1) for column in columns]]


def _differs(before: Floats, after: Floats, size: Floats, tolerance: float) -> Any:
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    if same.all():
        return ~same
    with np.errstate(invalid="ignore"):
        scale = np.maximum(np.maximum(np.abs(before), np.abs(after)), size)
        near = np.abs(before - after) <= tolerance * scale
    return ~(near | same)


def _titled(name: str, column: Column) -> str:
    return " ".join(part for part in (name, str(column)) if part)


def _until(table: Table, until: Any) -> Table:
    keep: Any = table.times <= until if len(table.times) else slice(0)
    if table.in_order:
        keep = slice(int(np.searchsorted(table.times, until, side="right")))
    return Table(
        table.name, table.times[keep], table.known[keep], table.columns, table.values[keep],
        table.remake,
    )  # fmt: skip


def _aligned(
    one: Table, other: Table
) -> tuple[npt.NDArray[Any], tuple[Column, ...], Floats, Floats]:
    """Both on the same rows and columns; a repeated stamp is told apart by its order."""
    if one.columns == other.columns and np.array_equal(one.times, other.times):
        return one.times, one.columns, one.values, other.values
    left, right = _framed(one), _framed(other)
    if right.empty and not len(right.columns):
        right = right.reindex(columns=left.columns)
    if left.empty and not len(left.columns):
        left = left.reindex(columns=right.columns)
    # align keeps a NaN in a row that is missing: a present NaN and a missing row are the same
    left, right = left.align(right)
    columns = tuple(Column(*label) for label in left.columns)
    times = left.index.get_level_values(0).to_numpy()
    return times, columns, left.to_numpy(np.float64), right.to_numpy(np.float64)


def _framed(table: Table) -> pd.DataFrame:
    again = pd.Series(table.times).groupby(table.times).cumcount().to_numpy()
    index = pd.MultiIndex.from_arrays([table.times, again])
    columns = (
        pd.MultiIndex.from_tuples(
            [(column.field, column.symbol) for column in table.columns], names=["field", "symbol"]
        )
        if table.columns
        else pd.MultiIndex.from_arrays([[], []], names=["field", "symbol"])
    )
    return pd.DataFrame(table.values, index, columns)
