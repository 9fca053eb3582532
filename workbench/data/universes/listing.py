"""Members that somebody else has listed: a table of symbols with entry and exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.data.fundamentals.reading import columns_named, days_of
from workbench.data.universes.members import SCHEMA
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["constituents"]

HEADINGS = {
    "symbol": "symbol, ticker, code, constituent",
    "time": "time, entry, enters, added, date added, from, start, start date, valid from",
    "until": "until, exit, exits, leaves, removed, date removed, to, end, end date, valid until",
    "instrument": "instrument, instrument id, figi, permno, isin",
    "leaves_by": "leaves by, reason",
    "delisting_return": "delisting return, dlret",
}
"""Meaning → the headings in use, in lower case with one space between words."""


def constituents(frame: pd.DataFrame) -> pa.Table:
    """Read a table of constituents as spells of membership.

    Parameters
    ----------
    frame : pandas.DataFrame
        A row for each spell: a symbol, its entry (the first session as a member) and its exit
        (the first session no longer a member; empty while it lasts). An instrument, the reason
        of leaving (``rule``, ``delisting`` or ``merger``) and the return on delisting (a simple
        fraction) are read where they are given.

    Returns
    -------
    pyarrow.Table
        In `MEMBERSHIP_COLUMNS`, sorted by symbol and time.

    Raises
    ------
    UnusableFrame
        If there is no symbol or no entry, an exit is not after its entry, or two spells of a
        symbol overlap.
    """
    read = _columns(frame)
    spells = pd.DataFrame(
        {name: frame[read[name]] if name in read else None for name in SCHEMA.names}
    )
    spells["symbol"] = spells["symbol"].astype(str).str.strip()
    spells["instrument"] = spells["instrument"].fillna(spells["symbol"]).astype(str)
    spells["time"] = days_of(spells["time"])
    spells["until"] = days_of(spells["until"])
    spells["leaves_by"] = spells["leaves_by"].where(spells["leaves_by"].notna(), None)
    untold = spells["leaves_by"].isna() & spells["until"].notna()
    spells["leaves_by"] = spells["leaves_by"].mask(untold, "rule")
    spells["delisting_return"] = pd.to_numeric(spells["delisting_return"])
    spells = spells.sort_values(["symbol", "time"], kind="stable", ignore_index=True)
    _refuse_impossible(spells)
    return pa.Table.from_pandas(spells, SCHEMA, preserve_index=False)


def _columns(frame: pd.DataFrame) -> dict[str, Hashable]:
    """Meaning → column; symbol and entry are there."""
    found = columns_named(frame, HEADINGS)
    for meaning, heading in (("symbol", "symbol"), ("time", "entry")):
        if meaning not in found:
            raise UnusableFrame(
                f"The table of constituents has no {heading}",
                seen=[str(name) for name in frame.columns[:8]],
                cure="Give it the headings symbol, entry and exit",
            )
    return found


def _refuse_impossible(spells: pd.DataFrame) -> None:
    empty = spells["time"].isna() | (spells["until"] <= spells["time"])
    again = spells["symbol"].eq(spells["symbol"].shift())
    before = spells["until"].shift()
    overlaps = again & (before.isna() | (before > spells["time"]))
    for bad, what, cure in (
        (empty, "has no entry before its exit", "An exit is the first session without the symbol"),
        (overlaps, "begins before the last one of its symbol has ended", "Join the two rows"),
    ):
        if bad.any():
            first = spells[bad].iloc[0]
            raise UnusableFrame(
                f"A spell {what}; there are {int(np.sum(bad))}",
                seen=f"{first['symbol']}: {first['time']!s:.10} to {first['until']!s:.10}",
                cure=cure,
            )
