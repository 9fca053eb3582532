"""From a Dataset or a table of bars to the history of each symbol."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.quality.history import Actions, History
from workbench.domain import OHLCV, Timeframe

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    import xarray as xr

__all__ = ["histories_of_bars", "histories_of_rows"]


def histories_of_bars(
    bars: xr.Dataset,
    *,
    actions: pa.Table | None = None,
    known: pa.Table | None = None,
    calendar: str | None = None,
) -> Iterator[History]:
    """The histories of the symbols of a Dataset, without the times at which they have no bar.

    Parameters
    ----------
    bars : xarray.Dataset
        As `load_bars` gives them.
    actions : pyarrow.Table, optional
        In `ACTION_COLUMNS`.
    known : pyarrow.Table, optional
        Columns symbol, time, known_at and recorded_at.
    calendar : str, optional
        Instead of that of the bars.

    Yields
    ------
    History
        One for each symbol.
    """
    of_symbol = _actions(actions)
    stamps = _stamps(known)
    timeframe = Timeframe.parse(str(bars.attrs["timeframe"]))
    times = bars["time"].to_numpy().astype("datetime64[ns]")
    order = np.argsort(times, kind="stable")
    for place, name in enumerate(bars["symbol"].to_numpy()):
        symbol = str(name)
        fields = {
            one: bars[one].to_numpy()[order, place].astype(np.float64)
            for one in OHLCV
            if one in bars
        }
        made = History(
            symbol=symbol,
            timeframe=timeframe,
            calendar=calendar or str(bars["calendar"].to_numpy()[place]),
            times=times[order],
            fields=fields,
            adjust=str(bars.attrs.get("adjust", "none")),
            actions=of_symbol.get(symbol, Actions()),
        )
        there = ~np.all([np.isnan(values) for values in fields.values()], axis=0)
        yield _with_stamps(made.where(there), stamps.get(symbol))


def histories_of_rows(
    rows: pa.Table,
    *,
    timeframe: Timeframe,
    calendar: str,
    adjust: str = "none",
    actions: pa.Table | None = None,
) -> Iterator[History]:
    """The histories of the symbols of a table of bars, its rows as they are.

    Parameters
    ----------
    rows : pyarrow.Table
        In `BAR_COLUMNS`; with ``known_at`` and ``recorded_at`` where they are known. A field
        that is null in all rows counts as one that the source does not have.
    timeframe : Timeframe
        The length of a bar.
    calendar : str
        Of all symbols.
    adjust : str
        How the prices account for actions.
    actions : pyarrow.Table, optional
        In `ACTION_COLUMNS`.

    Yields
    ------
    History
        One for each symbol, in order of appearance.
    """
    of_symbol = _actions(actions)
    present = [name for name in OHLCV if name in rows.column_names]
    present = [name for name in present if rows[name].null_count < max(rows.num_rows, 1)]
    moments = [name for name in ("known_at", "recorded_at") if name in rows.column_names]
    frame = rows.select(["symbol", "time", *present, *moments]).to_pandas()
    for symbol, own in frame.groupby("symbol", sort=False):
        own = own.sort_values("time", kind="stable")  # noqa: PLW2901  the same rows in order
        yield History(
            symbol=str(symbol),
            timeframe=timeframe,
            calendar=calendar,
            times=own["time"].to_numpy("datetime64[ns]"),
            fields={name: own[name].to_numpy(np.float64) for name in present},
            adjust=adjust,
            actions=of_symbol.get(str(symbol), Actions()),
            **{name: own[name].to_numpy("datetime64[ns]") for name in moments},
        )


def _actions(table: pa.Table | None) -> dict[str, Actions]:
    if table is None:
        return {}
    frame = table.select(["symbol", "time", "kind", "ratio"]).to_pandas()
    frame["time"] = frame["time"].to_numpy("datetime64[D]")
    made = {}
    for symbol, own in frame.groupby("symbol"):
        days = own["time"].to_numpy("datetime64[D]")
        is_split = (own["kind"] == "split").to_numpy() & own["ratio"].notna().to_numpy()
        ratios = own["ratio"].to_numpy(np.float64)[is_split]
        splits = dict(zip(days[is_split], ratios.tolist(), strict=True))
        made[str(symbol)] = Actions(frozenset(days), splits)
    return made


def _stamps(known: pa.Table | None) -> dict[str, pd.DataFrame]:
    if known is None:
        return {}
    frame = known.select(["symbol", "time", "known_at", "recorded_at"]).to_pandas()
    last = frame.drop_duplicates(["symbol", "time"], keep="last")
    return {str(symbol): own.set_index("time") for symbol, own in last.groupby("symbol")}


def _with_stamps(history: History, stamps: pd.DataFrame | None) -> History:
    if stamps is None:
        return history
    own = stamps.reindex(pd.DatetimeIndex(history.times).as_unit("us"))
    return replace(
        history,
        known_at=own["known_at"].to_numpy("datetime64[ns]"),
        recorded_at=own["recorded_at"].to_numpy("datetime64[ns]"),
    )
