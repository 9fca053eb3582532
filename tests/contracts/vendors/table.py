"""The source that every vendor is compared with: frames of the test's own, inside the process."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

import exchange_calendars
import numpy as np
import pandas as pd
import pyarrow as pa

from vendors.tables import schema_of
from workbench.data.sources import TableSource
from workbench.domain import BAR_COLUMNS
from workbench.ports import BarSource

if TYPE_CHECKING:
    import datetime as dt

    from workbench.domain import Timeframe

NAME = "table"
ROLES = (BarSource,)
Server = None
KEYS: tuple[str, ...] = ()
SECRETS: tuple[str, ...] = ()
LACKS = {"bad_key": "a frame asks for no key"}
SYMBOLS = ("AAPL", "MSFT")
QUIET = "OVER"
UNKNOWN = "NOSUCH"
TIMEFRAMES = ("1d",)


def settings(_server: None) -> dict[str, str]:
    """Nothing leads to a frame."""
    return {}


@cache
def frames() -> dict[str, pd.DataFrame]:
    """Every symbol's bars by session, drawn from the hash of its name."""
    calendar = exchange_calendars.get_calendar("XNYS", start="2023-01-03", end="2024-12-31")
    days = calendar.sessions
    spans = {"AAPL": days, "MSFT": days, "OVER": days[days < "2023-06-01"]}
    return {symbol: frame(symbol, span) for symbol, span in spans.items()}


def frame(symbol: str, days: pd.DatetimeIndex) -> pd.DataFrame:
    key = int.from_bytes(hashlib.sha256(symbol.encode()).digest()[:4])
    draw = np.random.default_rng(key)
    close = 100 * np.exp(np.cumsum(draw.normal(0, 0.01, len(days))))
    opening = close * np.exp(draw.normal(0, 0.004, len(days)))
    columns = {
        "open": opening,
        "high": np.maximum(opening, close) * 1.004,
        "low": np.minimum(opening, close) * 0.996,
        "close": close,
        "volume": draw.integers(1_000, 9_000, len(days)).astype(float),
    }
    return pd.DataFrame(columns, index=days.rename("date"))


def make() -> Any:
    """The source, over one frame for each symbol."""
    return TableSource(frames(), calendar="XNYS", currency="USD")


def truth(symbol: str, timeframe: Timeframe, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """The rows of a frame."""
    assert str(timeframe) == "1d"
    whole = frames()[symbol]
    part = whole[(whole.index >= start) & (whole.index < end)]
    columns = {"symbol": [symbol] * len(part), "time": part.index.to_numpy("datetime64[us]")}
    columns |= {name: part[name].to_numpy() for name in part}
    return pa.table(columns, schema=schema_of(BAR_COLUMNS))
