"""Alpaca in four roles: bars, ticks, reference data, and the market as it is now."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workbench.adapters.alpaca.clock import VENUES, market_status
from workbench.adapters.alpaca.history import History
from workbench.adapters.alpaca.markets import (
    SHARES,
    SYMBOLS_PER_REQUEST,
    groups,
    length,
    market_of,
    period,
)
from workbench.adapters.alpaca.reference import (
    ACTION_TYPES,
    action_table,
    instrument_table,
    symbols_of,
)
from workbench.adapters.alpaca.refusals import NotFound, unknown_symbol
from workbench.adapters.alpaca.tables import snapshot_table
from workbench.domain import Adjust
from workbench.errors import NoData, UnknownName
from workbench.ports import SourceFacts
from workbench.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pyarrow as pa

    from workbench.adapters.alpaca.client import Client
    from workbench.domain import Timeframe
    from workbench.ports import MarketStatus
    from workbench.settings import Settings

__all__ = ["Alpaca"]

FACTS = SourceFacts(
    name="alpaca",
    title="Alpaca: US shares from all exchanges since 2016, and crypto",
    timeframes=("m", "h", "1d", "1w", "1M", "2M", "3M", "4M", "6M", "12M"),
    licence="By your agreement with Alpaca, for your own use",
    survivorship="Unknown: Alpaca does not state which delisted shares it keeps",
    adjust=Adjust.NONE,
    delay_seconds=900,
    symbols_per_request=SYMBOLS_PER_REQUEST,
)
CLASSES = {"equity": "us_equity", "crypto": "crypto"}
ACTIONS_PER_PAGE = 1_000
EARLY, LATE = timedelta(days=31), timedelta(days=366)
"""How long before and after its ex-date an action may be processed."""


class Alpaca:
    """US shares (``AAPL``) and crypto (``BTC/USD``) at Alpaca.

    Prices are as traded, and the running bar is among them. Bars of a day or longer are stamped at
    midnight in New York, in UTC, those of crypto at midnight UTC. Crypto needs no key.
    """

    facts = FACTS

    def bars(
        self, symbols: Sequence[str], timeframe: Timeframe, start: datetime, end: datetime
    ) -> Iterator[pa.Table]:
        """Bars that begin in ``[start, end)`` (naive UTC), page by page in `BAR_COLUMNS`.

        Symbol after symbol. Minutes outside the regular session are among them.

        Parameters
        ----------
        symbols : sequence of str
            Those with a slash are crypto.
        timeframe : Timeframe
            As `facts` lists them.
        start, end : datetime
            Naive UTC.

        Yields
        ------
        pyarrow.Table
            At most 10,000 rows.

        Raises
        ------
        InvalidInput
            If Alpaca has no bars of this length.
        UnknownName
            If a symbol never had a bar; after the bars of the others.
        """
        asked = {"timeframe": length(timeframe), **period(start, end)}
        if start >= end:
            return
        for market, some in groups(symbols):
            yield from self._history.rows(market, "bars", some, {**asked, **market.for_bars})

    def trades(self, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Trades of ``[start, end)`` in order of time, page by page in `TRADE_COLUMNS`."""
        return self._ticks("trades", symbol, start, end)

    def quotes(self, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Best bids and offers of ``[start, end)``, page by page in `QUOTE_COLUMNS`."""
        return self._ticks("quotes", symbol, start, end)

    def snapshots(self, symbols: Sequence[str]) -> pa.Table:
        """The last trade, the quote and the session of each symbol, in `SNAPSHOT_COLUMNS`.

        Parameters
        ----------
        symbols : sequence of str
            Those with a slash are crypto.

        Returns
        -------
        pyarrow.Table
            One row for each symbol, in their order.

        Raises
        ------
        UnknownName
            If Alpaca has no snapshot of one.
        """
        found: dict[str, Any] = {}
        for market, some in groups(symbols):
            parameters = {"symbols": ",".join(some)}
            answer = self._data.ask(f"{market.path}/snapshots", parameters, **market.how())
            found |= answer if market is SHARES else answer.get("snapshots", {})
        for symbol in symbols:
            if not found.get(symbol):
                raise unknown_symbol(symbol)
        return snapshot_table({symbol: found[symbol] for symbol in symbols})

    def instruments(
        self, symbols: Sequence[str] | None = None, *, asset_class: str | None = None
    ) -> Iterator[pa.Table]:
        """Instruments in `INSTRUMENT_COLUMNS`, those that are no longer traded too.

        Parameters
        ----------
        symbols : sequence of str, optional
            All there are by default.
        asset_class : str, optional
            ``equity`` or ``crypto``, of all; both by default.

        Yields
        ------
        pyarrow.Table
            A symbol, or a class. When trading ended is unknown.

        Raises
        ------
        UnknownName
            If there is no such symbol or class.
        """
        for symbol in symbols or ():
            yield instrument_table([self._asset(symbol)])
        if symbols is None:
            for name in _classes(asset_class):
                asked = {"asset_class": name}
                yield instrument_table(self._trading.ask("/assets", asked, kind=list))

    def actions(self, symbols: Sequence[str], start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Corporate actions with an ex-date in ``[start, end)``, in `ACTION_COLUMNS`.

        Alpaca finds them by the day on which it processes them, which for a dividend is that of
        its payment: a month before the period and a year after it are searched too. Crypto has
        none.

        Parameters
        ----------
        symbols : sequence of str
            Shares.
        start, end : datetime
            Naive UTC.

        Yields
        ------
        pyarrow.Table
            At most 1,000 rows.

        Raises
        ------
        UnknownName
            If a symbol never had a bar; after the actions of the others.
        """
        asked = {
            "types": ACTION_TYPES,
            "start": f"{start - EARLY:%Y-%m-%d}",
            "end": f"{end + LATE:%Y-%m-%d}",
            "limit": ACTIONS_PER_PAGE,
        }
        for market, some in groups(symbols) if start < end else ():
            if market is not SHARES:
                continue
            named: set[str] = set()
            whose = {"symbols": ",".join(some), **asked}
            for page in self._data.pages("/corporate-actions", whose, version="v1"):
                named |= symbols_of(page)
                yield action_table(page, some, start, end)
            self._history.require(market, some, named)

    def fundamentals(
        self,
        symbols: Sequence[str],  # noqa: ARG002  the port's signature
        start: datetime,  # noqa: ARG002
        end: datetime,  # noqa: ARG002
    ) -> Iterator[pa.Table]:
        """Refused: Alpaca has no fundamentals.

        Parameters
        ----------
        symbols : sequence of str
            Of any kind.
        start, end : datetime
            Naive UTC.

        Raises
        ------
        NoData
            Always.
        """
        raise NoData(
            "Alpaca has no fundamentals", cure="Take them from Polygon, or from a file of your own"
        )

    def status(self) -> MarketStatus:
        """Whether New York is open, and each of its two exchanges.

        Returns
        -------
        MarketStatus
            By the clock of Alpaca's trading host.
        """
        asked = {"markets": ",".join(VENUES)}
        return market_status(self._trading.ask("/clock", asked, version="v3"))

    def _asset(self, symbol: str) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._trading.ask(f"/assets/{quote(symbol, safe='')}", {})
        except NotFound:
            raise unknown_symbol(symbol) from None
        return answer

    def _ticks(self, kind: str, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        if start < end:
            yield from self._history.rows(market_of(symbol), kind, [symbol], period(start, end))

    @cached_property
    def _history(self) -> History:
        return History(self._data)

    @cached_property
    def _data(self) -> Client:
        settings = load_settings()
        return _client(settings.alpaca_data_url, settings)

    @cached_property
    def _trading(self) -> Client:
        settings = load_settings()
        return _client(settings.alpaca_trading_url, settings)


def _client(url: str, settings: Settings) -> Client:
    from workbench.adapters.alpaca.client import Client  # noqa: PLC0415  heavy: alpaca

    key, secret = settings.alpaca_api_key, settings.alpaca_secret_key
    return Client(url, key, secret, settings.alpaca_requests_per_minute)


def _classes(asset_class: str | None) -> list[str]:
    if asset_class is None:
        return list(CLASSES.values())
    if asset_class not in CLASSES:
        raise UnknownName("asset class at Alpaca", asset_class, CLASSES)
    return [CLASSES[asset_class]]
