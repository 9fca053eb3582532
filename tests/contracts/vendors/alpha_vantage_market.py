"""The market that Alpha Vantage's server serves: rows drawn from a hash, in the vendor's text.

A day carries its date, a week and a month the date of their last session, and an intraday bar its
start on the clock of New York, from 4:00 to 20:00.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import exchange_calendars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NEW_YORK = ZoneInfo("America/New_York")
LAST = dt.date(2025, 6, 30)
"""The last session of all, a Monday: its week has only begun."""

LISTED = {
    "KO": dt.date(2023, 10, 2),
    "IBM": dt.date(2023, 10, 2),
    "NEWCO": dt.date(2025, 6, 2),
    "EUR/USD": dt.date(2023, 10, 2),
    "BTC/EUR": dt.date(2023, 10, 2),
}
"""What is asked for → its first day."""

Row = dict[str, str]


def drawn(*key: object) -> float:
    """A number from 0 to 1 that belongs to a key."""
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=7).digest()) / 256**7


@cache
def days(symbol: str) -> tuple[dt.date, ...]:
    """The days on which a symbol is traded: sessions, weekdays or all."""
    first = LISTED[symbol]
    if "/" not in symbol:
        calendar = exchange_calendars.get_calendar("XNYS", start=f"{first}", end=f"{LAST}")
        return tuple(session.date() for session in calendar.sessions)
    every = (first + dt.timedelta(days=number) for number in range((LAST - first).days + 1))
    return tuple(day for day in every if symbol.startswith("BTC") or day.weekday() < 5)


def daily(symbol: str) -> dict[str, Row]:
    return {f"{day}": row(symbol, f"{day}") for day in days(symbol)}


def weekly(symbol: str) -> dict[str, Row]:
    return last_of_each(symbol, lambda day: day.isocalendar()[:2])


def monthly(symbol: str) -> dict[str, Row]:
    return last_of_each(symbol, lambda day: (day.year, day.month))


def last_of_each(symbol: str, group: Callable[[dt.date], tuple[int, int]]) -> dict[str, Row]:
    last = {group(day): day for day in days(symbol)}
    return {f"{day}": row(symbol, f"{day}", group(day)) for day in last.values()}


def intraday(symbol: str, minutes: int, month: str) -> dict[str, Row]:
    """The bars of a month, empty where the symbol was not traded in it."""
    return {
        f"{stamp:%Y-%m-%d %H:%M:%S}": row(symbol, stamp)
        for stamp in clock_times((day for day in days(symbol) if f"{day:%Y-%m}" == month), minutes)
    }


def clock_times(some: Iterable[dt.date], minutes: int) -> Iterable[dt.datetime]:
    """When the bars of some days begin, in New York."""
    for day in some:
        for minute in range(4 * 60, 20 * 60, minutes):
            yield dt.datetime.combine(day, dt.time(minute // 60, minute % 60), NEW_YORK)


def row(symbol: str, *key: object) -> Row:
    """A bar in text: four decimals of shares, five of currencies, which have no volume."""
    begin, end = (100 + 20 * drawn(symbol, *key, name) for name in ("open", "close"))
    prices = {
        "1. open": begin,
        "2. high": max(begin, end) + drawn(symbol, *key, "high"),
        "3. low": min(begin, end) - drawn(symbol, *key, "low"),
        "4. close": end,
    }
    decimals = 8 if symbol.startswith("BTC") else 5 if "/" in symbol else 4
    shown = {name: f"{price:.{decimals}f}" for name, price in prices.items()}
    if symbol == "EUR/USD":
        return shown
    volume = 10_000 * drawn(symbol, *key, "volume")
    return {**shown, "5. volume": f"{volume:.8f}" if "/" in symbol else f"{volume:.0f}"}
