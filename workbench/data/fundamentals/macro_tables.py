"""Macroeconomic series from a table of one's own, with vintages or with a stated lag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from workbench.data.fundamentals.macro import KNOWN_AT, SCHEMA
from workbench.data.fundamentals.publication import NEW_YORK, end_of_day, published_at
from workbench.data.fundamentals.reading import columns_named, days_of, numbers_of
from workbench.data.stamps import read_times
from workbench.errors import InvalidInput, UnknownName, UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

__all__ = ["has_vintages", "macro_of_frame"]

HEADINGS = {
    "time": "time, date, period, observation date, timestamp, month, day",
    "symbol": "symbol, series, series id",
    "value": "value, figure",
    KNOWN_AT: "known at, vintage, vintage date, realtime start, released, release date",
}
"""Meaning → the headings in use; FRED calls the day of publication ``realtime_start``."""

LONGEST = {"D": 4, "W": 12, "M": 45, "Q": 135}
"""Period → the most days between two of its figures; a year else."""
MONTHS = {"M": 1, "Q": 3, "Y": 12}
NEARLY = pd.Timedelta(days=3)
"""A stamp so near to the end of the month, quarter or year means that end: its last session."""


def macro_of_frame(
    frame: pd.DataFrame,
    *,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    lag_days: float | None = None,
    unit: str | None = None,
    zone: str = NEW_YORK,
) -> pa.Table:
    """Read a table of one or more series; when each figure was known is told or computed.

    Where the table has vintages, a vintage with a time of day is the moment of publication, and
    a date alone counts from the end of that day in `zone`. Where it has none, `lag_days` must be
    stated: a figure is known that long after the end of its period. That is the end of the month
    for a monthly one stamped with its first or last day; a stamp between them is taken for the
    begin of a month (the same holds for quarters and years; a single figure is a year's). Such a
    table holds the figures of today; what was published first and revised since is lost, and no
    lag brings it back.

    Parameters
    ----------
    frame : pandas.DataFrame
        A column of dates and one column for each series, or columns symbol and value; perhaps a
        column of vintages. A row without a figure is left out.
    name : str
        What a single series is called; else the headings or the column of symbols say it.
    columns : mapping, optional
        Meaning (time, symbol, value, known_at) → column, where the headings do not say it.
    lag_days : float, optional
        From the end of a period to the publication, for a table without vintages.
    unit : str, optional
        Of the figures, such as ``percent``.
    zone : str
        Where a day ends, as in `end_of_day`.

    Returns
    -------
    pyarrow.Table
        In `MACRO_COLUMNS` with ``known_at``, sorted by symbol, time and ``known_at``.

    Raises
    ------
    InvalidInput
        If there are neither vintages nor a lag, or the lag is negative.
    UnknownName
        If there is no such column.
    UnusableFrame
        If there is no column of dates or of figures, or a date or a figure cannot be read.
    """
    long = _long(frame, _columns(frame, columns or {}), name)
    long["time"] = days_of(long["time"])
    if KNOWN_AT in long:
        long[KNOWN_AT] = _published(long[KNOWN_AT], zone)
    else:
        long[KNOWN_AT] = _lagged(long, lag_days, zone)
    long = long.sort_values(["symbol", "time", KNOWN_AT], kind="stable").assign(unit=unit)
    return pa.Table.from_pandas(long[SCHEMA.names], SCHEMA, preserve_index=False)


def has_vintages(frame: pd.DataFrame, columns: Mapping[str, str] | None = None) -> bool:
    """Whether a table says when each figure was published."""
    return KNOWN_AT in _columns(frame, columns or {})


def _columns(frame: pd.DataFrame, given: Mapping[str, str]) -> dict[str, Hashable]:
    """Meaning → column, as given or as the headings say."""
    found = columns_named(frame, HEADINGS)
    for meaning, column in given.items():
        if meaning not in HEADINGS:
            raise UnknownName("meaning of a column", meaning, HEADINGS)
        if column not in frame.columns:
            raise UnknownName("column", column, [str(one) for one in frame.columns])
    found |= given
    if "time" not in found:
        raise UnusableFrame(
            "The table of a series has no column of dates",
            seen=[str(one) for one in frame.columns[:8]],
            cure="Say columns={'time': NAME}",
        )
    return found


def _long(frame: pd.DataFrame, read: dict[str, Hashable], name: str) -> pd.DataFrame:
    """A row for each figure: symbol, time, value and perhaps known_at."""
    keys = {column: meaning for meaning, column in read.items() if meaning != "value"}
    figures = [read["value"]] if "value" in read else _figures(frame, list(keys))
    about = frame[list(keys)].rename(columns=keys)
    parts = []
    for column in figures:
        called = name if name and len(figures) == 1 else str(column)
        symbols = about["symbol"].astype(str) if "symbol" in about else called
        parts.append(about.assign(symbol=symbols, value=frame[column]))
    long = pd.concat(parts, ignore_index=True)
    long = long[long["value"].notna()].copy()
    long["value"] = numbers_of(long["value"])
    return long


def _figures(frame: pd.DataFrame, keys: list[Hashable]) -> list[Hashable]:
    """The columns of figures, where every column but the keys is one."""
    rest = frame.drop(columns=keys)
    texts = rest.columns.difference(rest.select_dtypes("number").columns)
    if rest.empty or len(texts):
        raise UnusableFrame(
            "The figures of the table are not told from its other columns",
            seen=[str(one) for one in rest.columns[:8]],
            cure="Say columns={'symbol': NAME, 'value': NAME}, or the value alone",
        )
    return list(rest.columns)


def _lagged(long: pd.DataFrame, lag_days: float | None, zone: str) -> pd.Series:
    if lag_days is None or lag_days < 0:
        raise InvalidInput(
            "The table does not say when its figures were published",
            seen=lag_days,
            cure="State the lag from the end of a period to the publication: lag_days=30",
        )
    ends = pd.concat([_period_ends(one) for _, one in long.groupby("symbol")["time"]])
    known = pd.Series(end_of_day(ends.to_numpy("datetime64[us]"), zone), index=ends.index)
    return known + pd.Timedelta(days=lag_days)


def _period_ends(times: pd.Series) -> pd.Series:
    """The last day of each period, by the usual distance of the figures; in doubt the later one."""
    distances = times.drop_duplicates().sort_values().diff().dropna()
    apart = distances.median() if len(distances) else pd.Timedelta(days=365)
    kind = next((one for one, days in LONGEST.items() if apart <= pd.Timedelta(days=days)), "Y")
    if kind == "W":
        return times + pd.Timedelta(days=6)
    periods = pd.DatetimeIndex(times).to_period(kind)
    ends = pd.Series(periods.end_time.normalize(), index=times.index)
    is_first_or_last = times.eq(periods.start_time) | (times >= ends - NEARLY)
    if_it_begins_so = times + pd.DateOffset(months=MONTHS.get(kind, 0)) - pd.Timedelta(days=1)
    return ends.where(is_first_or_last, if_it_begins_so)


def _published(column: pd.Series, zone: str) -> pd.Series:
    stamps = read_times(pd.Index(column), [])
    if stamps.tz is None:
        return pd.Series(published_at(stamps.to_numpy(), zone=zone), index=column.index)
    return pd.Series(stamps.tz_convert(None).as_unit("us"), index=column.index)
