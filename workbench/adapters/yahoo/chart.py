"""Yahoo's chart as it lies in its JSON: what it is, its bars, its events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.domain import BAR_COLUMNS, OHLCV
from workbench.errors import BadAnswer, OutOfRange, ServiceUnavailable, UnknownName

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.adapters.yahoo.connection import Answer
    from workbench.domain import Timeframe

__all__ = ["DELAY_SECONDS", "Chart", "finished_bars", "read_chart"]

DELAY_SECONDS = 1_200
"""Prices of some exchanges come so late; in New York they are on time."""

NOTHING_THERE = ("data doesn't exist", "no data found for this date range")
"""How Yahoo says that a symbol has no bar in a period."""

SCHEMA = pa.schema({name: pa.type_for_alias(kind) for name, kind in BAR_COLUMNS.items()})


@dataclass(frozen=True)
class Chart:
    """A chart that Yahoo drew.

    Parameters
    ----------
    symbol : str
        As it was asked for.
    meta : dict
        What the symbol is.
    quotes : pandas.DataFrame
        Open, high, low, close and volume by stamp in the exchange's zone; NaN where null.
    events : dict
        Kind → list of events.
    at : datetime
        When it was drawn, naive UTC.
    """

    symbol: str
    meta: dict[str, Any]
    quotes: pd.DataFrame
    events: dict[str, list[dict[str, Any]]]
    at: dt.datetime

    def day_of(self, seconds: float) -> dt.date:
        """The date of an instant where the exchange is."""
        zone = ZoneInfo(self.meta["exchangeTimezoneName"])
        return dt.datetime.fromtimestamp(seconds, zone).date()


def read_chart(symbol: str, answer: Answer) -> Chart | None:
    """Read an answer.

    Parameters
    ----------
    symbol : str
        As it was asked for.
    answer : Answer
        Of the charts.

    Returns
    -------
    Chart or None
        None where the symbol exists and has no bar.

    Raises
    ------
    UnknownName
        If Yahoo knows no such symbol.
    OutOfRange
        If it does not serve bars of this length from so long ago.
    ServiceUnavailable
        If it does not accept its own crumb.
    BadAnswer
        If it says something else, or leaves out what a chart has.
    """
    try:
        inner = answer.body.get("chart") or answer.body["finance"]
        error = inner["error"]
        if error is None:
            return _drawn(symbol, inner["result"][0], answer.at)
        words = str(error["description"])
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as missing:
        raise BadAnswer(
            "Yahoo's answer is no chart", seen=str(missing), cure="Update yfinance, or report it"
        ) from None
    if any(nothing in words.lower() for nothing in NOTHING_THERE):
        return None
    raise _refusal(symbol, answer.status, words)


def finished_bars(chart: Chart, timeframe: Timeframe) -> pa.Table:
    """The bars of a chart that will not change any more.

    Parameters
    ----------
    chart : Chart
        Of bars of this length.
    timeframe : Timeframe
        Their length.

    Returns
    -------
    pyarrow.Table
        In `BAR_COLUMNS`: start instants, or the dates of the exchange for a day and longer.
    """
    quotes = chart.quotes[chart.quotes["close"].notna()]
    if timeframe.is_intraday:
        quotes = quotes[_on_the_grid(chart, quotes.index, timeframe)]
        begins = quotes.index.tz_convert(None)
        ends = begins + pd.Timedelta(seconds=timeframe.seconds)
        close = _current_close(chart)
        ends = ends.where((begins >= close) | (ends <= close), close)
    else:
        begins = _period_starts(quotes.index.tz_localize(None).normalize(), timeframe)
        ends = _period_ends(chart, begins, timeframe)
    done = ends + pd.Timedelta(seconds=DELAY_SECONDS) <= pd.Timestamp(chart.at)
    done &= ~begins.duplicated(keep="last")  # after the last trade of a day comes its bar
    return _table(chart, quotes[done], begins[done])


def _on_the_grid(
    chart: Chart, stamps: pd.DatetimeIndex, timeframe: Timeframe
) -> npt.NDArray[np.bool_]:
    """Where a bar begins; the last trade, which Yahoo appends, is somewhere else."""
    periods = chart.meta.get("tradingPeriods") or []
    periods = periods.get("regular", []) if isinstance(periods, dict) else periods
    hours = sorted((one["start"], one["end"]) for day in periods for one in day)
    if not hours:
        return np.ones(len(stamps), dtype=bool)
    opens, closes = np.array(hours).T
    seconds = stamps.as_unit("s").asi8
    at = np.searchsorted(opens, seconds, side="right") - 1
    since = seconds - opens[at]
    grid: npt.NDArray[np.bool_] = (
        (at >= 0) & (seconds < closes[at]) & (since % timeframe.seconds == 0)
    )
    return grid


def _period_starts(days: pd.DatetimeIndex, timeframe: Timeframe) -> pd.DatetimeIndex:
    """The day that names the session, the week (its Monday) or the month (its first)."""
    if timeframe.unit == "w":
        return days - pd.to_timedelta(days.dayofweek, unit="D")
    if timeframe.unit == "M":
        return days - pd.to_timedelta(days.day - 1, unit="D")
    return days


def _period_ends(chart: Chart, begins: pd.DatetimeIndex, timeframe: Timeframe) -> pd.DatetimeIndex:
    """When each is over, naive UTC: a session at its close, the others at local midnight."""
    steps = {"d": pd.DateOffset(days=1), "w": pd.DateOffset(weeks=1), "M": pd.DateOffset(months=1)}
    midnights = (begins + steps[timeframe.unit]).tz_localize(
        ZoneInfo(chart.meta["exchangeTimezoneName"]), ambiguous=True, nonexistent="shift_forward"
    )
    ends = midnights.tz_convert(None)
    if timeframe.unit != "d":
        return ends
    close = _current_close(chart)
    today = pd.Timestamp(chart.day_of(close.timestamp() - 1))
    return ends.where(begins != today, close)


def _current_close(chart: Chart) -> pd.Timestamp:
    """When the session ends that is running or was the last, naive UTC."""
    return pd.Timestamp(chart.meta["currentTradingPeriod"]["regular"]["end"], unit="s")


def _table(chart: Chart, quotes: pd.DataFrame, begins: pd.DatetimeIndex) -> pa.Table:
    if chart.meta.get("instrumentType") == "CURRENCY":
        quotes = quotes.assign(volume=np.nan)  # Yahoo writes 0 for what nobody counts
    columns: dict[str, Any] = {
        "symbol": [chart.symbol] * len(quotes),
        "time": begins.to_numpy("datetime64[us]"),
        **{name: quotes[name].to_numpy() for name in OHLCV},
    }
    arrays = [pa.array(columns[one.name], one.type, from_pandas=True) for one in SCHEMA]
    return pa.table(arrays, schema=SCHEMA)


def _drawn(symbol: str, result: dict[str, Any], at: dt.datetime | None) -> Chart:
    meta = result["meta"]
    stamps = result.get("timestamp") or []
    columns = result["indicators"]["quote"][0] if stamps else {}
    index = pd.DatetimeIndex(pd.to_datetime(stamps, unit="s", utc=True))
    quotes = pd.DataFrame(
        {name: np.asarray(columns.get(name, [None] * len(stamps)), float) for name in OHLCV},
        index=index.tz_convert(ZoneInfo(meta["exchangeTimezoneName"])),
    )
    events = {kind: list(found.values()) for kind, found in result.get("events", {}).items()}
    last_trade = dt.datetime.fromtimestamp(meta["regularMarketTime"], dt.UTC).replace(tzinfo=None)
    return Chart(symbol, meta, quotes, events, at or last_trade)


def _refusal(symbol: str, status: int, words: str) -> Exception:
    if status == 404:
        return UnknownName("symbol of Yahoo", symbol, cure=f"Yahoo says: {words}")
    if status == 422:
        return OutOfRange(
            "start", symbol, cure=f"Yahoo says: {words} Give a later start or longer bars"
        )
    if status in {401, 403}:
        return ServiceUnavailable("Yahoo", words)
    return BadAnswer(f"Yahoo refused the request for {symbol}", seen=words, cure="Report it")
