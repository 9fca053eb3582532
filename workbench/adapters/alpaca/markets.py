"""The parts of Alpaca's service, and how they are asked for symbols, lengths and periods."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from workbench.domain import Timeframe

__all__ = [
    "CRYPTO",
    "SHARES",
    "SYMBOLS_PER_REQUEST",
    "Market",
    "groups",
    "length",
    "market_of",
    "period",
]

SYMBOLS_PER_REQUEST = 100
UNITS = {"m": "Min", "h": "Hour", "d": "Day", "w": "Week", "M": "Month"}
COUNTS = {"m": range(1, 60), "h": range(1, 24), "d": (1,), "w": (1,), "M": (1, 2, 3, 4, 6, 12)}


@dataclass(frozen=True)
class Market:
    """A part of the service that answers alike."""

    path: str
    version: str
    needs_key: bool
    for_bars: dict[str, str] = field(default_factory=dict)

    def how(self) -> dict[str, Any]:
        """As `Client.ask` takes it."""
        return {"version": self.version, "needs_key": self.needs_key}


SHARES = Market("/stocks", "v2", needs_key=True, for_bars={"adjustment": "raw"})
CRYPTO = Market("/crypto/us", "v1beta3", needs_key=False)


def market_of(symbol: str) -> Market:
    """Where a symbol is served: those with a slash are crypto."""
    return CRYPTO if "/" in symbol else SHARES


def groups(symbols: Iterable[str]) -> Iterator[tuple[Market, list[str]]]:
    """The symbols of each market, as many at a time as one request takes, each once."""
    given = list(dict.fromkeys(symbols))
    for market in (SHARES, CRYPTO):
        some = [symbol for symbol in given if market_of(symbol) is market]
        for at in range(0, len(some), SYMBOLS_PER_REQUEST):
            yield market, some[at : at + SYMBOLS_PER_REQUEST]


def length(timeframe: Timeframe) -> str:
    """A timeframe as Alpaca writes it, such as ``5Min``.

    Parameters
    ----------
    timeframe : Timeframe
        Up to 59 minutes or 23 hours, a day, a week, or months that divide a year.

    Returns
    -------
    str
        Count and unit.

    Raises
    ------
    InvalidInput
        If Alpaca has no such bars.
    """
    if timeframe.count not in COUNTS.get(timeframe.unit, ()):
        raise InvalidInput(
            "Alpaca has no bars of this length",
            seen=str(timeframe),
            cure="Ask for 1m to 59m, 1h to 23h, 1d, 1w, 1M, 2M, 3M, 4M, 6M or 12M",
        )
    return f"{timeframe.count}{UNITS[timeframe.unit]}"


def period(start: datetime, end: datetime) -> dict[str, str]:
    """``[start, end)`` as Alpaca wants it: the last nanosecond before the end belongs to it."""
    last = end - timedelta(microseconds=1)
    return {"start": f"{start.isoformat()}Z", "end": f"{last:%Y-%m-%dT%H:%M:%S.%f}999Z"}
