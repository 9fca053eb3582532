"""Macroeconomic series with vintages: at each bar the newest figure that was known by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr

from workbench.domain import MACRO_COLUMNS
from workbench.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy.typing as npt

__all__ = ["KNOWN_AT", "SCHEMA", "macro_asof", "vintages"]

KNOWN_AT = "known_at"
SCHEMA = pa.schema([*MACRO_COLUMNS.items(), (KNOWN_AT, "timestamp[us]")])
"""Columns of a table of series: a revised figure is another row with a later ``known_at``."""


def macro_asof(
    series: pa.Table,
    names: Sequence[str],
    bars: xr.Dataset,
    *,
    as_of: datetime | None = None,
    max_age_days: int | None = None,
) -> xr.Dataset:
    """The newest figure of each series that was known at each bar's ``known_at``.

    Parameters
    ----------
    series : pyarrow.Table
        In `MACRO_COLUMNS` with ``known_at``, all vintages.
    names : sequence of str
        The series.
    bars : xarray.Dataset
        Coordinates time, and ``known_at`` along it (naive UTC).
    as_of : datetime, optional
        Leave out what became known after it, even for later bars.
    max_age_days : int, optional
        A figure whose period is stamped longer before the bar is stale and NaN; None takes any.

    Returns
    -------
    xarray.Dataset
        Dim time; one float64 variable for each series, NaN where nothing was known.

    Raises
    ------
    UnknownName
        If there is no such series.
    """
    held = series["symbol"].unique().to_pylist()
    for name in names:
        if name not in held:
            raise UnknownName("series", name, held)
    changes = vintages(series, as_of=as_of)
    values = {
        name: ("time", _at(changes[changes["symbol"] == name], bars, max_age_days))
        for name in names
    }
    coords = {name: bars.coords[name] for name in ("time", KNOWN_AT)}
    return xr.Dataset(values, coords, {"max_age_days": max_age_days})


def vintages(series: pa.Table, *, as_of: datetime | None = None) -> pd.DataFrame:
    """How the newest figure of each series changed as figures were published and revised.

    Parameters
    ----------
    series : pyarrow.Table
        In `MACRO_COLUMNS` with ``known_at``; a row without that moment joins to nothing.
    as_of : datetime, optional
        Leave out what became known after it (naive UTC).

    Returns
    -------
    pandas.DataFrame
        Columns symbol, time, value, unit and ``known_at``, sorted by symbol and ``known_at``; a
        revision of an older period than the newest changes nothing and is left out.
    """
    frame = series.select(SCHEMA.names).to_pandas()
    frame = frame[frame[KNOWN_AT].notna()]
    if as_of is not None:
        frame = frame[frame[KNOWN_AT] <= pd.Timestamp(as_of)]
    frame = frame.sort_values(["symbol", "time", KNOWN_AT], kind="stable")
    frame = frame.assign(rank=np.arange(len(frame)))
    frame = frame.sort_values(["symbol", KNOWN_AT, "rank"], kind="stable")
    is_newest = frame["rank"] == frame.groupby("symbol")["rank"].cummax()
    return frame.loc[is_newest, SCHEMA.names].reset_index(drop=True)


def _at(one: pd.DataFrame, bars: xr.Dataset, max_age: int | None) -> npt.NDArray[np.float64]:
    """The figure of one series known at each bar."""
    if one.empty:
        return np.full(bars.sizes["time"], np.nan)
    known = one[KNOWN_AT].to_numpy("datetime64[ns]")
    place = np.searchsorted(known, bars[KNOWN_AT].to_numpy(), side="right") - 1
    good = place >= 0
    if max_age is not None:
        ages = bars["time"].to_numpy() - one["time"].to_numpy("datetime64[ns]")[place]
        good &= ages <= np.timedelta64(max_age, "D")
    return np.where(good, one["value"].to_numpy(np.float64)[place], np.nan)
