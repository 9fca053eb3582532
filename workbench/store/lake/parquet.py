"""Read rows of Parquet files, skipping what their statistics exclude.

The files of a Delta table never change, so their footers are kept in memory: the next read of the
same table opens nothing that it does not need.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Filter = tuple[str, str, Any]

__all__ = ["Files", "read_rows", "row_count"]

ENCODED = ("dataset", "symbol", "content")
"""Text that repeats: read as codes and a dictionary, which is smaller and faster."""
FOOTERS = 4_096
LONGEST_EXACT = 60
"""Statistics of longer texts may be cut off."""

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


@dataclass(frozen=True)
class Files:
    """Where the files of a table are.

    Parameters
    ----------
    url : str
        The folder of the table.
    filesystem : pyarrow.fs.FileSystem, optional
        What reaches it, rooted there; this machine's own by default.
    """

    url: str
    filesystem: pa.fs.FileSystem | None = field(default=None, compare=False)

    def open(self, path: str, **how: Any) -> pq.ParquetFile:
        """Open a file by its path relative to the table."""
        if self.filesystem is None:
            return pq.ParquetFile(f"{self.url}/{path}", **how)
        return pq.ParquetFile(path, filesystem=self.filesystem, pre_buffer=True, **how)


class Footer:
    """What the end of a file tells about its row groups.

    Parameters
    ----------
    metadata : pyarrow.parquet.FileMetaData
        As read.
    """

    def __init__(self, metadata: pq.FileMetaData) -> None:
        self.metadata = metadata
        self._ranges: dict[str, list[tuple[Any, Any, bool] | None]] = {}

    @cached_property
    def columns(self) -> dict[str, int]:
        """Column → its place."""
        return {name: place for place, name in enumerate(self.metadata.schema.names)}

    def groups(self, filters: Sequence[Filter]) -> tuple[list[int], list[Filter]]:
        """The row groups that can hold what is asked, and the filters that are still to be applied.

        Parameters
        ----------
        filters : sequence of (column, op, value)
            All must hold.

        Returns
        -------
        tuple of (list of int, list of filters)
            A filter that every row of these groups satisfies is left out.
        """
        kept = list(range(self.metadata.num_row_groups))
        open_filters = []
        for name, op, given in filters:
            one = (name, op, sorted(given) if op == "in" else given)
            verdicts = {group: _verdict(self._range(one[0], group), one) for group in kept}
            kept = [group for group in kept if verdicts[group] is not False]
            if not all(verdicts[group] for group in kept):
                open_filters.append(one)
        return kept, open_filters

    def _range(self, column: str, group: int) -> tuple[Any, Any, bool] | None:
        """Lowest and highest value of a column in a row group, and whether no row lacks it."""
        if column not in self.columns:
            return None
        if column not in self._ranges:
            place = self.columns[column]
            groups = range(self.metadata.num_row_groups)
            self._ranges[column] = [_extremes(self.metadata, number, place) for number in groups]
        return self._ranges[column][group]


def read_rows(
    files: Files, path: str, *, columns: Sequence[str], filters: Sequence[Filter] = ()
) -> pa.Table:
    """The rows of one file for which all filters hold.

    Parameters
    ----------
    files : Files
        Where the table is.
    path : str
        A file of it.
    columns : sequence of str
        What to read; those that the file lacks are left out.
    filters : sequence of (column, op, value)
        `op` is one of ``== != < <= > >= in``; null satisfies none.

    Returns
    -------
    pyarrow.Table
        The columns of `ENCODED` dictionary-encoded.
    """
    footer = _footer(files, path)
    groups, left = footer.groups(filters)
    present = [name for name in columns if name in footer.columns]
    extra = [name for name, *_ in left if name not in present and name in footer.columns]
    encoded = [name for name in ENCODED if name in footer.columns]
    file = files.open(path, metadata=footer.metadata, read_dictionary=encoded)
    rows = file.read_row_groups(groups, columns=[*present, *dict.fromkeys(extra)])
    if any(name not in footer.columns for name, *_ in left):
        return rows.slice(0, 0).select(present)
    if left:
        mask = np.ones(rows.num_rows, dtype=bool)
        for name, op, value in left:
            mask &= _mask(rows[name], op, value)
        rows = rows.filter(pa.array(mask))
    return rows.select(present)


def row_count(files: Files, path: str) -> int:
    """How many rows a file has, by its footer."""
    return int(_footer(files, path).metadata.num_rows)


@lru_cache(maxsize=FOOTERS)
def _footer(files: Files, path: str) -> Footer:
    return Footer(files.open(path).metadata)


def _extremes(metadata: pq.FileMetaData, group: int, place: int) -> tuple[Any, Any, bool] | None:
    statistics = metadata.row_group(group).column(place).statistics
    if statistics is None or not statistics.has_min_max:
        return None
    complete = bool(statistics.has_null_count and statistics.null_count == 0)
    return statistics.min, statistics.max, complete


def _verdict(extremes: tuple[Any, Any, bool] | None, wanted: Filter) -> bool | None:
    """Whether all rows satisfy a filter (True), none (False), or it cannot be said (None)."""
    if extremes is None:
        return None
    low, high, complete = extremes
    _, op, value = wanted
    if isinstance(low, str) and max(len(low), len(high)) > LONGEST_EXACT:
        return None
    possible, certain = _CERTAINTIES[op](low, high, value)
    if not possible:
        return False
    return True if certain and complete else None


_CERTAINTIES: dict[str, Callable[[Any, Any, Any], tuple[bool, bool]]] = {
    "==": lambda low, high, value: (low <= value <= high, low == high == value),
    "!=": lambda low, high, value: (
        not low == high == value,
        not low <= value <= high,
    ),
    "<": lambda low, high, value: (low < value, high < value),
    "<=": lambda low, high, value: (low <= value, high <= value),
    ">": lambda low, high, value: (high > value, low > value),
    ">=": lambda low, high, value: (high >= value, low >= value),
    "in": lambda low, high, value: (
        bisect_left(value, low) < bisect_right(value, high),
        low == high and low in value,
    ),
}
"""Operator → whether a row between two extremes can satisfy it, and whether every one does."""


def _mask(column: pa.ChunkedArray, op: str, value: Any) -> npt.NDArray[np.bool_]:
    parts = [_mask_of_chunk(chunk, op, value) for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _mask_of_chunk(chunk: pa.Array, op: str, value: Any) -> npt.NDArray[np.bool_]:
    encoded = pa.types.is_dictionary(chunk.type)
    values = chunk.dictionary if encoded else chunk
    if op == "in":
        fits = pc.is_in(values, value_set=pa.array(list(value), values.type))
    else:
        fits = _COMPARE[op](values, pa.scalar(value, values.type))
    fits = pc.and_kleene(fits, pc.is_valid(values))
    if encoded:
        fits = fits.take(chunk.indices)
    mask: npt.NDArray[np.bool_] = pc.coalesce(fits, pa.scalar(value=False)).to_numpy(
        zero_copy_only=False
    )
    return mask
