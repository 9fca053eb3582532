"""Alpaca in four roles: bars, ticks, reference data, and the market as it is now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workbench.adapters.alpaca import tables
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
from workbench.domain import Adjust
from workbench.errors import BadAnswer, InvalidInput, NoData, NotEntitled, UnknownName
from workbench.ports import MarketStatus, SourceFacts
from workbench.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow as pa

    from workbench.adapters.alpaca.client import Client
    from workbench.adapters.alpaca.markets import Market
    from workbench.domain import Timeframe
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
PHASES = {
    "core": "open",
    "pre": "pre_market",
    "post": "after_hours",
    "closed": "closed",
    "lunch": "closed",
}
VENUES = ("NYSE", "NASDAQ")
CLASSES = {"equity": "us_equity", "crypto": "crypto"}
ACTIONS_PER_PAGE = 1_000
EARLY, LATE = timedelta(days=31), timedelta(days=366)
"""How long before and after its ex-date an action may be processed."""

RECENT = "recent"
"""The free plan's word for the last 15 minutes, which it does not include."""

TABLES: dict[str, Callable[[dict[str, Any]], pa.Table]] = {
    "bars": tables.bar_table,
    "trades": tables.trade_table,
    "quotes": tables.quote_table,
}


class Alpaca:
    """US shares (``AAPL``) and crypto (``BTC/USD``) at Alpaca.

    Prices are as traded. Bars of a day or longer are stamped at midnight in New York, in UTC, those
    of crypto at midnight UTC. Crypto needs no key.
    """

    facts = FACTS

    def __init__(self) -> None:
        self._known: set[str] = set()

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
            yield from self._rows(market, "bars", some, {**asked, **market.for_bars})

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
        _refuse_missing(symbols, {symbol for symbol, parts in found.items() if parts})
        return tables.snapshot_table({symbol: found[symbol] for symbol in symbols})

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
            named = {"symbols": ",".join(some), **asked}
            for page in self._data.pages("/corporate-actions", named, version="v1"):
                found = page.get("corporate_actions") or {}
                self._known |= symbols_of(found)
                yield action_table(found, some, start, end)
            self._refuse_unknown(market, some)

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
        answer = self._trading.ask("/clock", {"markets": ",".join(VENUES)}, version="v3")
        try:
            clocks = {one["market"]["acronym"]: one for one in answer["clocks"]}
            venues = {name: PHASES[clock["phase"]] for name, clock in clocks.items()}
            at = datetime.fromisoformat(clocks[VENUES[0]]["timestamp"])
            return MarketStatus(venues[VENUES[0]], at.astimezone(UTC).replace(tzinfo=None), venues)
        except (KeyError, TypeError, ValueError) as error:
            raise BadAnswer(
                "Alpaca's clock has another form than it documents", seen=str(error)
            ) from None

    def _asset(self, symbol: str) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._trading.ask(f"/assets/{quote(symbol, safe='')}", {})
        except NotFound:
            raise unknown_symbol(symbol) from None
        return answer

    def _ticks(self, kind: str, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        if start < end:
            yield from self._rows(market_of(symbol), kind, [symbol], period(start, end))

    def _rows(
        self, market: Market, kind: str, symbols: Sequence[str], parameters: dict[str, str]
    ) -> Iterator[pa.Table]:
        """The pages of one kind of rows; after them what is unknown is refused."""
        for found in self._pages(market, kind, symbols, parameters):
            self._known |= set(found)
            yield TABLES[kind](found)
        self._refuse_unknown(market, symbols)

    def _refuse_unknown(self, market: Market, symbols: Sequence[str]) -> None:
        """A symbol of which nothing came exists if it ever had a bar."""
        silent = [symbol for symbol in symbols if symbol not in self._known]
        if silent:
            always = {"timeframe": "12Month", "start": "1970-01-01"}
            for found in self._pages(market, "bars", silent, always):
                self._known |= set(found)
            _refuse_missing(silent, self._known)

    def _pages(
        self, market: Market, kind: str, symbols: Sequence[str], parameters: dict[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Symbol → rows, page by page, up to what the subscription permits."""
        asked = {"symbols": ",".join(symbols), **parameters}
        try:
            yield from self._found(market, kind, asked)
        except NotEntitled as refusal:
            if RECENT not in str(refusal.seen) or "end" not in asked:
                raise
            del asked["end"]  # it is then as late as may be
            try:
                yield from self._found(market, kind, asked)
            except InvalidInput:  # all of the period is later
                raise refusal from None

    def _found(self, market: Market, kind: str, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        for page in self._data.pages(f"{market.path}/{kind}", asked, **market.how()):
            if kind not in page:
                raise BadAnswer(f"Alpaca answered no {kind}", seen=sorted(page))
            yield page[kind] or {}

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


def _refuse_missing(symbols: Iterable[str], known: set[str]) -> None:
    for symbol in symbols:
        if symbol not in known:
            raise unknown_symbol(symbol)
