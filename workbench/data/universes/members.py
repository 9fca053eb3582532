"""Who belongs to a universe and when: as a mask over time, as spells, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xarray as xr

from workbench.domain import MEMBERSHIP_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy.typing as npt

    Dates = npt.NDArray[np.datetime64]

__all__ = ["SCHEMA", "Membership", "mask_of"]

SCHEMA = pa.schema(list(MEMBERSHIP_COLUMNS.items()))
"""Columns of a table of spells, sorted by symbol and time."""


@dataclass(frozen=True, eq=False, repr=False)
class Membership:
    """The members of a universe through time.

    Parameters
    ----------
    mask : xarray.DataArray of bool
        Dims (time, symbol): whether a symbol belongs to the universe in a session. What decides
        it was known before that session.
    table : pyarrow.Table
        The same as spells in `MEMBERSHIP_COLUMNS`, sorted by symbol and time.
    survivorship : str
        Which names are missing and what that does, as a sentence for every report.
    """

    mask: xr.DataArray
    table: pa.Table
    survivorship: str

    @classmethod
    def of_spells(cls, table: pa.Table, times: Dates, survivorship: str) -> Self:
        """The membership that spells describe.

        Parameters
        ----------
        table : pyarrow.Table
            In `MEMBERSHIP_COLUMNS`.
        times : numpy.ndarray of datetime64[ns], shape (time,)
            The sessions of the mask, sorted.
        survivorship : str
            The sentence that it carries.

        Returns
        -------
        Membership
            Its mask has every symbol of the table, also one that is no member at these times.
        """
        symbols = pc.unique(table["symbol"]).to_pylist()
        mask = xr.DataArray(
            mask_of(table, times, symbols),
            {"time": times, "symbol": np.asarray(symbols, dtype=str)},
            ("time", "symbol"),
            name="member",
        )
        return cls(mask, table, survivorship)

    @property
    def symbols(self) -> list[str]:
        """The symbols that have ever been a member, sorted."""
        return sorted(pc.unique(self.table["symbol"]).to_pylist())

    def between(self, start: date | None = None, end: date | None = None) -> list[str]:
        """The symbols that are a member at some time of a period.

        Parameters
        ----------
        start, end : date, optional
            The period ``[start, end)``; open by default.

        Returns
        -------
        list of str
            Sorted.
        """
        held = self.table
        if end is not None:
            held = held.filter(pc.less(held["time"], _moment(end)))
        if start is not None:
            lasting = pc.greater(held["until"], _moment(start))
            held = held.filter(pc.coalesce(lasting, pa.scalar(value=True)))
        return sorted(pc.unique(held["symbol"]).to_pylist())

    def counts(self) -> pd.DataFrame:
        """How many members there are, and how many enter and leave, in each session.

        Returns
        -------
        pandas.DataFrame
            Index time; integer columns ``members``, ``entries`` and ``exits``.
        """
        held = self.mask.to_numpy()
        before = np.vstack([np.zeros(held.shape[1], dtype=bool), held[:-1]])
        return pd.DataFrame(
            {
                "members": held.sum(axis=1),
                "entries": (held & ~before).sum(axis=1),
                "exits": (~held & before).sum(axis=1),
            },
            index=pd.DatetimeIndex(self.mask["time"].to_numpy(), name="time"),
        )

    def __repr__(self) -> str:
        times = self.mask["time"].to_numpy()
        days = f"{times[0]:.10} to {times[-1]:.10}" if len(times) else "no session"
        return (
            f"Membership of {len(self.symbols)} symbols in {self.table.num_rows} spells,"
            f" {days}\n  {self.survivorship}"
        )


def mask_of(table: pa.Table, times: Dates, symbols: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Spread spells over sessions and symbols.

    Parameters
    ----------
    table : pyarrow.Table
        In `MEMBERSHIP_COLUMNS`; a spell holds from ``time`` to before ``until``.
    times : numpy.ndarray of datetime64[ns], shape (time,)
        Session dates, sorted.
    symbols : sequence of str
        The columns; spells of other symbols are left out.

    Returns
    -------
    numpy.ndarray of bool, shape (time, symbol)
    """
    column = {symbol: at for at, symbol in enumerate(symbols)}
    mask = np.zeros((len(times), len(symbols)), dtype=bool)
    first = np.searchsorted(times, _dates(table["time"]))
    ends = _dates(table["until"])
    last = np.where(np.isnat(ends), len(times), np.searchsorted(times, ends))
    for symbol, start, stop in zip(table["symbol"].to_pylist(), first, last, strict=True):
        if symbol in column:
            mask[start:stop, column[symbol]] = True
    return mask


def _moment(day: date) -> pa.Scalar:
    return pa.scalar(np.datetime64(day, "us"), pa.timestamp("us"))


def _dates(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    return np.asarray(column.to_numpy().astype("datetime64[ns]"))
