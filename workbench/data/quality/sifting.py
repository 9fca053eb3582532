"""What a download brings, sifted: rows that can be right and rows that cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.quality.certain import (
    are_crossed,
    are_inverted,
    are_non_positive,
    are_on_closed_days,
    are_unfinished,
)
from workbench.data.quality.findings import Check
from workbench.domain import OHLCV

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.domain import Timeframe

    Mask = npt.NDArray[np.bool_]

__all__ = ["sift"]

REASON = "reason"
NAMELESS = "no symbol or time"


def sift(rows: pa.Table, timeframe: Timeframe, calendar: str) -> tuple[pa.Table, pa.Table]:
    """Part the rows that can be right from those that cannot.

    Only what is wrong whatever the series is taken out: no symbol or time, no close, a price at
    or below zero, high below low, open or close outside of them, a date on which the exchange
    was closed, and all but the last row of one symbol and time. What is merely unlikely is left
    in, for `check_bars` to find.

    Parameters
    ----------
    rows : pyarrow.Table
        In `BAR_COLUMNS`; other columns are kept.
    timeframe : Timeframe
        The length of a bar.
    calendar : str
        When the exchange is open.

    Returns
    -------
    tuple of pyarrow.Table
        The good rows as they were given, and the bad ones with a column ``reason``: the first
        reason that applies, as a `Check` names it.
    """
    if not rows.num_rows:
        return rows, rows.append_column(REASON, pa.array([], pa.string()))
    reasons = np.zeros(rows.num_rows, dtype=np.int8)
    names = [""]
    for name, mask in _masks(rows, timeframe, calendar):
        names.append(name)
        reasons[mask & (reasons == 0)] = len(names) - 1
    bad = reasons > 0
    repeated = _are_repeated(rows, ~bad)
    names.append(Check.DUPLICATE.value)
    reasons[repeated] = len(names) - 1
    bad |= repeated
    if not bad.any():
        return rows, rows.slice(0, 0).append_column(REASON, pa.array([], pa.string()))
    said = pa.array(names).take(pa.array(reasons[bad]))
    return rows.filter(pa.array(~bad)), rows.filter(pa.array(bad)).append_column(REASON, said)


def _masks(rows: pa.Table, timeframe: Timeframe, calendar: str) -> list[tuple[str, Mask]]:
    fields = {
        name: rows[name].to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
        for name in OHLCV
        if name in rows.column_names
    }
    nameless = _numpy(pc.or_(pc.is_null(rows["symbol"]), pc.is_null(rows["time"])))
    times = rows["time"].to_numpy().astype("datetime64[ns]")
    closed = np.zeros(rows.num_rows, dtype=bool)
    timed = ~np.isnat(times)
    closed[timed] = are_on_closed_days(times[timed], timeframe, calendar)
    return [
        (NAMELESS, nameless),
        (Check.NO_CLOSE.value, are_unfinished(fields)),
        (Check.NON_POSITIVE.value, are_non_positive(fields)),
        (Check.HIGH_BELOW_LOW.value, are_inverted(fields)),
        (Check.CROSSED.value, are_crossed(fields)),
        (Check.CLOSED_DAY.value, closed),
    ]


def _are_repeated(rows: pa.Table, among: Mask) -> Mask:
    """All but the last row of each symbol and time, among the rows that are good so far."""
    places = np.flatnonzero(among)
    symbols = rows["symbol"].combine_chunks().dictionary_encode().indices
    codes = symbols.fill_null(-1).to_numpy()[places].astype(np.int64)
    times = rows["time"].to_numpy().astype("datetime64[us]").astype(np.int64)[places]
    repeated = np.zeros(rows.num_rows, dtype=bool)
    same_symbol = codes[1:] == codes[:-1]
    risen = times[1:] > times[:-1]
    if (risen | ~same_symbol).all() and _each_once(codes, same_symbol):
        return repeated
    order = np.lexsort((places, times, codes))
    same = (np.diff(codes[order]) == 0) & (np.diff(times[order]) == 0)
    repeated[places[order[:-1][same]]] = True
    return repeated


def _each_once(codes: npt.NDArray[np.int64], same_symbol: Mask) -> bool:
    """Whether the rows of each symbol stand together."""
    heads = codes[np.concatenate([[True], ~same_symbol])[: len(codes)]]
    return len(np.unique(heads)) == len(heads)


def _numpy(column: pa.ChunkedArray) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)
