"""How members leave: by the rule, or because they are delisted or taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.actions import delisting_returns
from workbench.data.universes.members import SCHEMA
from workbench.domain import CorporateAction

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import xarray as xr

__all__ = ["Departure", "Departures", "departures_of", "spells_of"]

ENDS = (CorporateAction.DELISTING.value, CorporateAction.MERGER.value)


@dataclass(frozen=True)
class Departure:
    """The end of an instrument.

    Parameters
    ----------
    row : int
        The first row of the panel on which it is gone.
    leaves_by : str
        ``delisting`` or ``merger``.
    delisting_return : float or None
        What a holder received over the last close, less 1; None where it is unknown.
    """

    row: int
    leaves_by: str
    delisting_return: float | None


@dataclass(frozen=True)
class Departures:
    """The ends that fall into a panel.

    Parameters
    ----------
    of : dict
        Symbol → its end.
    before : numpy.ndarray of bool, shape (time, symbol)
        Whether the end has come by each row.
    """

    of: dict[str, Departure]
    before: npt.NDArray[np.bool_]


def departures_of(actions: pa.Table | None, bars: xr.Dataset) -> Departures:
    """The delistings and mergers of a panel's symbols within its time.

    Parameters
    ----------
    actions : pyarrow.Table or None
        In `ACTION_COLUMNS`; of several ends of a symbol the first counts.
    bars : xarray.Dataset
        The panel.

    Returns
    -------
    Departures
        Empty without actions.
    """
    times, symbols = bars["time"].to_numpy(), bars["symbol"].to_numpy().tolist()
    found: dict[str, Departure] = {}
    for action in _ends(actions, symbols):
        symbol, time, kind = (action[name][0].as_py() for name in ("symbol", "time", "kind"))
        row = int(np.searchsorted(times, np.datetime64(time, "ns")))
        if row < len(times) and symbol not in found:
            found[symbol] = Departure(row, kind, _received(action, bars, row))
    before = np.zeros((len(times), len(symbols)), dtype=bool)
    for symbol, end in found.items():
        before[end.row :, symbols.index(symbol)] = True
    return Departures(found, before)


def spells_of(mask: xr.DataArray, bars: xr.Dataset, departures: Departures) -> pa.Table:
    """The runs of a mask as spells.

    Parameters
    ----------
    mask : xarray.DataArray of bool
        Dims (time, symbol).
    bars : xarray.Dataset
        The same symbols, with the coordinate ``instrument`` where it is known.
    departures : Departures
        Why some of the runs end.

    Returns
    -------
    pyarrow.Table
        In `MEMBERSHIP_COLUMNS`, sorted by symbol and time.
    """
    times, symbols = mask["time"].to_numpy(), mask["symbol"].to_numpy().tolist()
    names = bars["instrument"].to_numpy().tolist() if "instrument" in bars.coords else symbols
    padded = np.pad(mask.to_numpy().astype(np.int8), ((1, 1), (0, 0)))
    changes = np.diff(padded, axis=0)
    rows: list[dict[str, Any]] = []
    for column in np.argsort(symbols, kind="stable"):
        starts, stops = (np.flatnonzero(changes[:, column] == sign) for sign in (1, -1))
        end = departures.of.get(symbols[column])
        for start, stop in zip(starts, stops, strict=True):
            who = {"instrument": names[column], "symbol": symbols[column]}
            rows.append({**who, "time": _day(times[start]), **_left(stop, times, end)})
    return pa.Table.from_pylist(rows, SCHEMA)


def _left(stop: int, times: npt.NDArray[np.datetime64], end: Departure | None) -> dict[str, Any]:
    """When and why a run ends; nothing while it lasts."""
    if stop == len(times):
        return {}
    if end is not None and end.row == stop:
        how = {"leaves_by": end.leaves_by, "delisting_return": end.delisting_return}
    else:
        how = {"leaves_by": "rule"}
    return {"until": _day(times[stop]), **how}


def _ends(actions: pa.Table | None, symbols: list[str]) -> Iterator[pa.Table]:
    """Delistings and mergers of these symbols one by one, the earliest first."""
    if actions is None:
        return
    is_end = pc.is_in(actions["kind"], value_set=pa.array(ENDS))
    is_ours = pc.is_in(actions["symbol"], value_set=pa.array(symbols, pa.string()))
    ends = actions.filter(pc.and_(is_end, is_ours)).sort_by([("time", "ascending")])
    yield from (ends.slice(at, 1) for at in range(ends.num_rows))


def _received(action: pa.Table, bars: xr.Dataset, row: int) -> float | None:
    """The return over the last close before a row; None where it is unknown."""
    if row == 0:
        return None
    before = bars[["close"]].isel(time=slice(0, row))
    received = float(delisting_returns(before, action)["delisting_return"].iloc[0])
    return received if np.isfinite(received) else None


def _day(stamp: np.datetime64) -> Any:
    return pd.Timestamp(stamp).to_pydatetime()
