"""Alpha Vantage as a source of bars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.adapters.alpha_vantage.series import bar_table, no_bars, within
from workbench.domain import CURRENCIES, Adjust
from workbench.errors import InvalidInput, NotEntitled, UnknownName
from workbench.ports import SourceFacts
from workbench.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from workbench.adapters.alpha_vantage.client import Client
    from workbench.domain import Timeframe

__all__ = ["AlphaVantage"]

FACTS = SourceFacts(
    name="alpha_vantage",
    title="Alpha Vantage: shares of the world, currencies and crypto",
    timeframes=("1m", "5m", "15m", "30m", "60m", "1h", "1d", "1w", "1M"),
    licence="By its terms of service: your own use, nothing passed on",
    survivorship="Unknown: Alpha Vantage does not state which delisted shares it keeps",
    adjust=Adjust.NONE,
    delay_seconds=6 * 3_600,  # "at the end of each trading day" is all that it states
)
INTERVALS = {"1m": "1min", "5m": "5min", "15m": "15min", "30m": "30min", "60m": "60min",
             "1h": "60min"}  # fmt: skip
SPANS = {"1d": "DAILY", "1w": "WEEKLY", "1M": "MONTHLY"}
EXCHANGE = ZoneInfo("America/New_York")
"""Intraday bars are asked for by months of this zone."""

COMPACT = 100
"""How many of the last bars anybody may have; the free key gets no more daily ones."""


class AlphaVantage:
    """Shares (``IBM``, ``TSCO.LON``), currencies (``EUR/USD``) and crypto (``BTC/USD``).

    Prices are as traded. A bar of a day carries its date, one of a week its Monday, one of a month
    its first; the running one is among them. Minutes outside the regular session are among the
    intraday bars, which only shares have.
    """

    facts = FACTS

    def __init__(self) -> None:
        self._found: set[str] = set()
        self._refused: set[str] = set()

    def bars(
        self, symbols: Sequence[str], timeframe: Timeframe, start: datetime, end: datetime
    ) -> Iterator[pa.Table]:
        """Bars that begin in ``[start, end)`` (naive UTC), page by page in `BAR_COLUMNS`.

        A page is a symbol, or its bars of a month where they are shorter than a day.

        Parameters
        ----------
        symbols : sequence of str
            Shares, or pairs with a slash.
        timeframe : Timeframe
            As `facts` lists them.
        start, end : datetime
            Naive UTC.

        Yields
        ------
        pyarrow.Table
            The oldest bar first.

        Raises
        ------
        InvalidInput
            If Alpha Vantage has no bars of this length.
        NotEntitled
            If the plan does not reach back to the start, or does not include such bars.
        UnknownName
            If there is no such symbol.
        """
        series = _intraday if timeframe.is_intraday else _long
        requests = {symbol: series(symbol, timeframe, start, end) for symbol in symbols}
        if start >= end:
            return
        for symbol, asked in requests.items():
            for parameters in asked:
                yield within(self._bars(symbol, timeframe, parameters, start), start, end)

    def _bars(
        self, symbol: str, timeframe: Timeframe, parameters: dict[str, str], start: datetime
    ) -> pa.Table:
        """All bars that one request brings; what is not entitled is tried with fewer."""
        if parameters["function"] in self._refused:
            return self._latest(symbol, timeframe, parameters, start)
        try:
            answer = self._client.ask(symbol, parameters)
        except UnknownName:
            if "month" in parameters and self._exists(symbol):
                return no_bars()
            raise
        except NotEntitled as refusal:
            if "outputsize" not in str(refusal.seen):
                raise
            self._refused.add(parameters["function"])
            return self._latest(symbol, timeframe, parameters, start)
        return bar_table(answer, symbol, timeframe)

    def _latest(
        self, symbol: str, timeframe: Timeframe, parameters: dict[str, str], start: datetime
    ) -> pa.Table:
        """The bars that anybody may have, if they reach back to the start."""
        answer = self._client.ask(symbol, {**parameters, "outputsize": "compact"})
        bars = bar_table(answer, symbol, timeframe)
        first = bars["time"][0].as_py() if bars.num_rows else start
        if bars.num_rows >= COMPACT and first > start:
            raise NotEntitled(
                f"The key's plan at Alpha Vantage includes the last {COMPACT} bars only",
                seen=f"start {start:%Y-%m-%d}",
                cure=f"Start after {first:%Y-%m-%d}, or subscribe to more",
            )
        return bars

    def _exists(self, symbol: str) -> bool:
        """Whether a symbol is listed; one request tells, and it is asked once."""
        if symbol not in self._found:
            asked = {"function": "SYMBOL_SEARCH", "keywords": symbol}
            matches = self._client.ask(symbol, asked).get("bestMatches", [])
            self._found |= {match.get("1. symbol") for match in matches} & {symbol}
        return symbol in self._found

    @cached_property
    def _client(self) -> Client:
        from workbench.adapters.alpha_vantage.client import Client  # noqa: PLC0415  heavy: httpx

        settings = load_settings()
        return Client(
            settings.alpha_vantage_url,
            settings.alpha_vantage_api_key,
            settings.alpha_vantage_requests_per_minute,
        )


def _long(
    symbol: str, timeframe: Timeframe, _start: datetime, _end: datetime
) -> list[dict[str, str]]:
    """The one request for all bars of a day, a week or a month."""
    span = SPANS.get(str(timeframe))
    if span is None:
        raise _no_such_length(timeframe)
    base, _, quote = symbol.partition("/")
    whole = {"outputsize": "full"} if span == "DAILY" else {}
    if not quote:
        return [{"function": f"TIME_SERIES_{span}", "symbol": symbol, **whole}]
    if {base, quote} <= CURRENCIES:
        return [{"function": f"FX_{span}", "from_symbol": base, "to_symbol": quote, **whole}]
    return [{"function": f"DIGITAL_CURRENCY_{span}", "symbol": base, "market": quote}]


def _intraday(
    symbol: str, timeframe: Timeframe, start: datetime, end: datetime
) -> list[dict[str, str]]:
    """One request for each month that the period touches."""
    interval = INTERVALS.get(str(timeframe))
    if interval is None or "/" in symbol:
        raise _no_such_length(timeframe)
    asked = {
        "function": "TIME_SERIES_INTRADAY",
        "symbol": symbol,
        "interval": interval,
        "adjusted": "false",
        "extended_hours": "true",
        "outputsize": "full",
    }
    return [{**asked, "month": month} for month in _months(start, end)]


def _months(start: datetime, end: datetime) -> Iterator[str]:
    day, last = (
        moment.replace(tzinfo=UTC).astimezone(EXCHANGE).date()
        for moment in (start, end - timedelta(microseconds=1))
    )
    while (day.year, day.month) <= (last.year, last.month):
        yield f"{day:%Y-%m}"
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _no_such_length(timeframe: Timeframe) -> InvalidInput:
    return InvalidInput(
        "Alpha Vantage has no bars of this length",
        seen=str(timeframe),
        cure="Ask for 1m, 5m, 15m, 30m or 1h of shares, or for 1d, 1w or 1M",
    )
