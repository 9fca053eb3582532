"""How a table is cut into blocks of time.

A block is one partition: all rows of some years, months or days, sorted by dataset, symbol and
time. One symbol over all time then touches one row group in each of a few blocks; all symbols
over a month touch one or two blocks. Blocks begin at calendar boundaries and are split when they
have grown; see ``benchmarks/`` for the trade-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Moments = npt.NDArray[np.datetime64]

__all__ = ["BLOCK", "FIRST", "blocked", "cuts", "starts_of"]

BLOCK = "block"
"""The partition column; readers of the lake do not see it."""
FIRST = "0"
"""The block of all that is earlier than the second block."""
TARGET_ROWS = 2_000_000
"""A block is split in blocks of about this many rows when it has half as many more."""

_UNITS = ("Y", "M", "D", "h", "m", "s")


def cuts(times: Moments, target: int = TARGET_ROWS) -> list[str]:
    """Where rows of these times are best cut: the names of all blocks but the first.

    Parameters
    ----------
    times : numpy.ndarray of datetime64[us], shape (rows,)
        In any order; NaT is early.
    target : int
        Rows in a block.

    Returns
    -------
    list of str
        Sorted; empty when one block is enough, or all rows have one time.
    """
    most = target * 3 // 2
    if len(times) <= most:
        return []
    pieces = -(-len(times) // target)
    wanted = np.sort(times)[np.arange(1, pieces) * len(times) // pieces]
    for unit in _UNITS:
        starts = np.unique(_nearest(wanted, unit))
        starts = starts[(starts > times.min()) & (starts <= times.max())]
        if _largest(times, starts) <= most or unit == _UNITS[-1]:
            break
    return [_name(start) for start in starts]


def starts_of(names: Sequence[str]) -> Moments:
    """When each block begins, in order of the names; `FIRST` begins with time itself."""
    return np.array([_start(name) for name in names], dtype="datetime64[us]")


def blocked(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """The rows with the column `BLOCK`.

    Parameters
    ----------
    rows : pyarrow.Table
        Without a column ``time`` they all belong to the first block.
    names : sequence of str
        The blocks of the table, sorted.

    Returns
    -------
    pyarrow.Table
        One column more.
    """
    codes = np.zeros(rows.num_rows, dtype=np.int32)
    if "time" in rows.column_names and len(names) > 1:
        times = rows["time"].to_numpy().astype("datetime64[us]")
        later = starts_of(names[1:])
        codes = np.searchsorted(later, times, side="right").astype(np.int32)
        codes[np.isnat(times)] = 0
    column = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(names), pa.string()))
    return rows.append_column(BLOCK, column.cast(pa.string()))


def _nearest(times: Moments, unit: str) -> Moments:
    """The nearest beginning of a year, month, day …, as datetime64[s]."""
    before = times.astype(f"datetime64[{unit}]")
    low, high = before.astype("datetime64[s]"), (before + 1).astype("datetime64[s]")
    return np.where(times - low <= high - times, low, high)


def _largest(times: Moments, starts: Moments) -> int:
    return int(np.bincount(np.searchsorted(starts, times, side="right")).max())


def _name(start: np.datetime64) -> str:
    """Sortable, and free of what a path would have to quote: 20240131T000000."""
    return str(start.astype("datetime64[s]")).replace("-", "").replace(":", "")


def _start(name: str) -> np.datetime64:
    if name == FIRST:
        return np.datetime64(np.iinfo(np.int64).min + 1, "us")
    date, clock = name[:8], name[9:]
    return np.datetime64(
        f"{date[:4]}-{date[4:6]}-{date[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}", "us"
    )
