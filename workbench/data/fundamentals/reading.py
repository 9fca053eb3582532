"""The columns of a table of one's own: found by their headings, read as moments and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.data.stamps import read_times
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

__all__ = ["columns_named", "days_of", "numbers_of", "stamps_of"]


def columns_named(frame: pd.DataFrame, headings: Mapping[str, str]) -> dict[str, Hashable]:
    """The column of each meaning, where a heading says it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its headings are compared in lower case, ``_`` as a space.
    headings : mapping
        Meaning → headings in use, between commas, the preferred one first.

    Returns
    -------
    dict
        Meaning → column; what no heading says is left out.
    """
    plain = {str(name).lower().replace("_", " ").strip(): name for name in frame.columns}
    named = {
        meaning: [plain[one] for one in names.split(", ") if one in plain]
        for meaning, names in headings.items()
    }
    return {meaning: columns[0] for meaning, columns in named.items() if columns}


def stamps_of(column: pd.Series) -> pd.Series:
    """Moments as naive UTC, datetime64[us]; what is empty stays so.

    Parameters
    ----------
    column : pandas.Series
        Dates, text or counts since 1970; zoned ones are converted.

    Returns
    -------
    pandas.Series
        With the same index.

    Raises
    ------
    UnusableFrame
        If a value is no moment.
    """
    stamps = pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    given = column.notna()
    if given.any():
        read = read_times(pd.Index(column[given]), [])
        read = read if read.tz is None else read.tz_convert(None)
        stamps[given] = read.as_unit("us")
    return stamps


def days_of(column: pd.Series) -> pd.Series:
    """Moments as the dates that are written, at 00:00; what is empty stays so."""
    days = pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    given = column.notna()
    if given.any():
        read = read_times(pd.Index(column[given]), [])
        days[given] = read.tz_localize(None).normalize().as_unit("us")
    return days


def numbers_of(column: pd.Series) -> pd.Series:
    """A column as float64.

    Parameters
    ----------
    column : pandas.Series
        Numbers or text that can be read as such.

    Returns
    -------
    pandas.Series
        With the same index, without NaN.

    Raises
    ------
    UnusableFrame
        If a value is missing or no number; names the first row.
    """
    numbers = pd.to_numeric(column, errors="coerce")
    bad = numbers.isna()
    if bad.any():
        raise UnusableFrame(
            f"A value of the column {column.name!r} is no number, in row {column.index[bad][0]}",
            seen=column[bad].iloc[0],
            cure="Correct it, or leave the row out: what was not reported has no row",
        )
    return numbers.astype(float)
