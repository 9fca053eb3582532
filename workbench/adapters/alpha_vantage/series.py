"""From Alpha Vantage's time series, where everything is text, to bars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.domain import BAR_COLUMNS, OHLCV
from workbench.errors import BadAnswer

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.domain import Timeframe

__all__ = ["bar_table", "no_bars", "within"]

NUMBERED = re.compile(r"\d+[a-z]?\. (?P<name>open|high|low|close|volume)\b")
"""``1. open``; or ``1a. open (CNY)`` and then ``1b. open (USD)``, of which the first counts."""

PERIODS = {"w": "week", "M": "month"}
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in BAR_COLUMNS.items()])


def bar_table(answer: dict[str, Any], symbol: str, timeframe: Timeframe) -> pa.Table:
    """The bars of an answer in `BAR_COLUMNS`, the oldest first.

    Parameters
    ----------
    answer : dict
        With ``Meta Data``, which names the zone, and one time series.
    symbol : str
        What the bars are of.
    timeframe : Timeframe
        Bars shorter than a day are stamped with their start, in the zone that is named; a day
        with its date; a week and a month with their last session.

    Returns
    -------
    pyarrow.Table
        Instants in UTC, dates, and for weeks and months their Monday and their first. Currencies
        have no volume.

    Raises
    ------
    BadAnswer
        If there is no time series, or it has another form than is documented.
    """
    try:
        rows = sorted(_part(answer, "Time Series").items())
        named = [_named(row) for _, row in rows]
        texts, zone = [text for text, _ in rows], _part(answer["Meta Data"], "Time Zone")
        columns = {
            "symbol": [symbol] * len(rows),
            "time": (
                _instants(texts, zone) if timeframe.is_intraday else _dates(texts, timeframe.unit)
            ),
            **{name: _numbers([row.get(name) for row in named]) for name in OHLCV},
        }
        return pa.table(columns, schema=SCHEMA)
    except (KeyError, TypeError, AttributeError, ValueError) as error:  # pyarrow's own among them
        raise BadAnswer(
            "Alpha Vantage answered no time series that can be read", seen=str(error)
        ) from None


def no_bars() -> pa.Table:
    """A table of bars without a row."""
    return SCHEMA.empty_table()


def within(bars: pa.Table, start: datetime, end: datetime) -> pa.Table:
    """The bars stamped in ``[start, end)``."""
    times = bars["time"]
    return bars.filter(pc.and_(pc.greater_equal(times, start), pc.less(times, end)))


def _part(parts: dict[str, Any], words: str) -> Any:
    """The part with these words in its name, whatever number is before them."""
    for name, part in parts.items():
        if words in name:
            return part
    raise KeyError(words)


def _named(row: dict[str, str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for key, value in row.items():
        match = NUMBERED.match(key)
        if match:
            named.setdefault(match["name"], value)
    return {"close": named["close"], **named}


def _numbers(texts: list[str | None]) -> pa.Array:
    return pa.array(texts, pa.string()).cast(pa.float64())


def _dates(texts: list[str], unit: str) -> pa.Array:
    """The first day of each; what runs may be stamped with the time of its last trade."""
    days = pa.array([text[:10] for text in texts], pa.string()).cast(pa.timestamp("us"))
    return days if unit == "d" else pc.floor_temporal(days, unit=PERIODS[unit])


def _instants(texts: list[str], zone: str) -> pa.Array:
    stamps = pa.array(texts, pa.string()).cast(pa.timestamp("us"))
    return pc.assume_timezone(stamps, zone).cast(pa.timestamp("us"))
