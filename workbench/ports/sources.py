"""Where market data comes from.

An adapter takes and returns the vendor's own symbols and the vendor's own stamps (as UTC);
`workbench.data` translates the symbols and maps stamps to sessions. What arrives in pages is
yielded page by page, so that a caller can keep, show and stop a long download. A source raises
`WireError` and its kinds, and `UnknownName` for a symbol that does not exist; it never returns
nothing for a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workbench.domain.enums import Adjust

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pyarrow as pa

    from workbench.domain import Timeframe

__all__ = [
    "BarSource",
    "MarketSource",
    "MarketStatus",
    "ReferenceSource",
    "SourceFacts",
    "TickSource",
]


@dataclass(frozen=True)
class SourceFacts:
    """What a vendor states about its bars.

    Parameters
    ----------
    name, title : str
        How it is called, and what it is in a line.
    timeframes : tuple of str
        The lengths of bar that it serves, such as ``1m`` and ``1d``; a unit alone (``m``)
        means any count of it.
    licence, survivorship : str
        What may be done with the data; which names are missing.
    adjust : Adjust
        How its prices arrive.
    delay_seconds : int
        How long after its end a bar is served.
    calendar, currency : str
        Of its shares; of other assets `workbench.data` knows better.
    symbols_per_request : int
        How many symbols one request takes.
    """

    name: str
    title: str
    timeframes: tuple[str, ...]
    licence: str
    survivorship: str
    adjust: Adjust = Adjust.NONE
    delay_seconds: int = 0
    calendar: str = "XNYS"
    currency: str = "USD"
    symbols_per_request: int = 1


@dataclass(frozen=True)
class MarketStatus:
    """What a vendor says about the market now.

    Parameters
    ----------
    status : str
        ``open``, ``closed``, ``pre_market`` or ``after_hours``.
    at : datetime
        When, in UTC.
    venues : dict
        Exchange → its own status.
    """

    status: str
    at: datetime
    venues: dict[str, str]


class BarSource(Protocol):
    """Delivers bars."""

    @property
    def facts(self) -> SourceFacts:
        """What the vendor states about its bars."""

    def bars(
        self, symbols: Sequence[str], timeframe: Timeframe, start: datetime, end: datetime
    ) -> Iterator[pa.Table]:
        """Bars that begin in ``[start, end)`` (naive UTC), page by page in `BAR_COLUMNS`.

        A symbol that exists and has no bar in the period yields no row.
        """


class TickSource(Protocol):
    """Delivers trades and quotes."""

    def trades(self, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Trades of ``[start, end)`` in order of time, page by page in `TRADE_COLUMNS`."""

    def quotes(self, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Best bids and offers of ``[start, end)``, page by page in `QUOTE_COLUMNS`."""


class ReferenceSource(Protocol):
    """Delivers what is known about instruments."""

    def instruments(
        self, symbols: Sequence[str] | None = None, *, asset_class: str | None = None
    ) -> Iterator[pa.Table]:
        """Instruments in `INSTRUMENT_COLUMNS`, delisted ones too; all there are by default."""

    def actions(self, symbols: Sequence[str], start: datetime, end: datetime) -> Iterator[pa.Table]:
        """Corporate actions with an ex-date in ``[start, end)``, in `ACTION_COLUMNS`."""

    def fundamentals(
        self, symbols: Sequence[str], start: datetime, end: datetime
    ) -> Iterator[pa.Table]:
        """Facts of reports filed in ``[start, end)``, in `FUNDAMENTAL_COLUMNS`."""


class MarketSource(Protocol):
    """Tells what a market shows now."""

    def status(self) -> MarketStatus:
        """Whether the market is open."""

    def snapshots(self, symbols: Sequence[str]) -> pa.Table:
        """The last trade, the quote and the session of each symbol, in `SNAPSHOT_COLUMNS`."""
