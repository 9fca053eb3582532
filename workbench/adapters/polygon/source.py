"""Polygon in four roles: bars, ticks, reference data, and the market as it is now."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from workbench.adapters.polygon.actions import actions_of
from workbench.adapters.polygon.aggregates import bars_of
from workbench.adapters.polygon.fundamentals import facts_of
from workbench.adapters.polygon.listings import instruments_of
from workbench.adapters.polygon.market import market_status, snapshots_of
from workbench.adapters.polygon.ticks import quotes_of, trades_of
from workbench.domain import Adjust
from workbench.ports import MarketStatus, SourceFacts
from workbench.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pyarrow as pa

    from workbench.adapters.polygon.client import Client
    from workbench.domain import Timeframe

__all__ = ["Polygon"]

FACTS = SourceFacts(
    name="polygon",
    title="Polygon, now Massive: US shares, options, indices, FX and crypto",
    timeframes=("s", "m", "h", "d", "w", "M"),
    licence="By your plan at Polygon, for your own use",
    survivorship="Delisted shares are included",
    adjust=Adjust.NONE,
    delay_seconds=900,
)


class Polygon:
    """What Polygon delivers; nothing is asked, and no key needed, before the first rows are.

    Symbols are Polygon's: ``AAPL``, ``O:AAPL261218C00200000`` (option), ``I:SPX`` (index),
    ``C:EURUSD`` (FX), ``X:BTCUSD`` (crypto). Stamps are Polygon's, in UTC: a bar begins where its
    window does, and a day, a week (from Sunday) and a month begin at midnight of New York.
    """

    @property
    def facts(self) -> SourceFacts:
        """What Polygon states about its bars."""
        return FACTS

    def bars(
        self, symbols: Sequence[str], timeframe: Timeframe, start: datetime, end: datetime
    ) -> Iterator[pa.Table]:
        """Bars that begin in ``[start, end)`` (naive UTC), as traded, in `BAR_COLUMNS`.

        Parameters
        ----------
        symbols : sequence of str
            One is asked for after the other.
        timeframe : Timeframe
            Any count of any unit.
        start, end : datetime
            Naive UTC.

        Yields
        ------
        pyarrow.Table
            A page; at most 50,000 rows.

        Raises
        ------
        UnknownName
            If a symbol has never been listed.
        WireError
            If Polygon refuses or fails, in one of its kinds.
        """
        for symbol in symbols:
            yield from bars_of(self._client, symbol, timeframe, start, end)

    def trades(self, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Trades of ``[start, end)`` in order of time, page by page in `TRADE_COLUMNS`."""
        return trades_of(self._client, symbol, start, end)

    def quotes(self, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Best bids and offers of ``[start, end)``, page by page in `QUOTE_COLUMNS`."""
        return quotes_of(self._client, symbol, start, end)

    def instruments(
        self, symbols: Sequence[str] | None = None, *, asset_class: str | None = None
    ) -> Iterator[pa.Table]:
        """Instruments in `INSTRUMENT_COLUMNS`, delisted ones too.

        Without symbols, all there are; options only if the class ``option`` is asked for. With it,
        symbols are contracts or what contracts are written on. When a share was listed is told
        for named symbols only.
        """
        return instruments_of(self._client, symbols, asset_class)

    def actions(self, symbols: Sequence[str], start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Corporate actions with an ex-date in ``[start, end)``, in `ACTION_COLUMNS`.

        A change of symbol is under the old symbol; it is found by either.
        """
        for symbol in symbols:
            yield from actions_of(self._client, symbol, start, end)

    def fundamentals(
        self, symbols: Sequence[str], start: datetime, end: datetime
    ) -> Iterator[pa.Table]:
        """Facts of reports filed in ``[start, end)``, in `FUNDAMENTAL_COLUMNS`."""
        for symbol in symbols:
            yield from facts_of(self._client, symbol, start, end)

    def status(self) -> MarketStatus:
        """Whether New York is open, and the other venues."""
        return market_status(self._client)

    def snapshots(self, symbols: Sequence[str]) -> pa.Table:
        """The last trade, the quote and the session of each symbol, in `SNAPSHOT_COLUMNS`."""
        return snapshots_of(self._client, symbols)

    @cached_property
    def _client(self) -> Client:
        from workbench.adapters.polygon.client import Client  # noqa: PLC0415  heavy: polygon

        return Client(load_settings())
