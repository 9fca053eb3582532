"""Drawn series: what is cut out of them is compared with the whole."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.sources import SyntheticSource
from workbench.ports import BarSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.domain import Timeframe

NAME = "synthetic"
ROLES = (BarSource,)
Server = None
KEYS: tuple[str, ...] = ()
SECRETS: tuple[str, ...] = ()
LACKS = {
    "bad_key": "a drawn series asks for no key",
    "quiet": "a drawn series has a bar in every session",
}
SYMBOLS: Sequence[str] = ("HESTON-1", "EDGE-PAIR-2B")
UNKNOWN = "GBM-0"
TIMEFRAMES = ("1d", "1h", "5m")


def settings(_server: None) -> dict[str, str]:
    """Nothing leads to a drawn series."""
    return {}


@cache
def whole(symbol: str, timeframe: Timeframe) -> pa.Table:
    """All bars of some years of one symbol."""
    period = (dt.datetime.fromisoformat(day) for day in ("2023-11-01", "2025-02-01"))
    return pa.concat_tables(SyntheticSource().bars([symbol], timeframe, *period))


def truth(symbol: str, timeframe: Timeframe, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """A cut out of the whole."""
    rows = whole(symbol, timeframe)
    since, until = (pa.scalar(one, pa.timestamp("us")) for one in (start, end))
    inside = pc.and_(pc.greater_equal(rows["time"], since), pc.less(rows["time"], until))
    return rows.filter(inside)
