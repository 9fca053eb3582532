"""The prices that Polygon's server serves: drawn from a hash, the same on every machine.

Stamps are the vendor's: the start of the window in milliseconds, where a day, a week (from Sunday)
and a month begin at midnight of New York, and of UTC for currencies.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import exchange_calendars

if TYPE_CHECKING:
    from collections.abc import Iterable

NEW_YORK = ZoneInfo("America/New_York")
FIRST, LAST = dt.date(2023, 12, 1), dt.date(2025, 1, 31)
LEVELS = {
    "AAPL": 180.0, "NVDA": 900.0, "SPY": 500.0, "I:SPX": 5000.0, "C:EURUSD": 1.08,
    "X:BTCUSD": 60_000.0, "O:AAPL240621C00190000": 6.0, "O:SPY261218P00500000": 31.0,
}  # fmt: skip
"""Symbol → what it costs, more or less. What is not here has no bar."""

WIDTHS = {"second": 1000, "minute": 60_000, "hour": 3_600_000}
"""In milliseconds."""
NANO = 1_000_000_000

NOW_MS = 1_733_435_288_000
"""Thursday, 5 December 2024, 21:48:08 UTC."""
NOW_NS = NOW_MS * 1_000_000 + 123_456_789


class Bar(NamedTuple):
    """A window as it is served; ``count`` is of the windows that it was made of."""

    t: int
    o: float
    h: float
    l: float  # noqa: E741  the vendor's name
    c: float
    v: float
    count: int = 1


class Tick(NamedTuple):
    """A moment at which something was traded and quoted."""

    stamp: int
    price: float
    size: int
    venue: int
    sequence: int


def draw(*key: object) -> float:
    """A number from 0 to 1 that belongs to a key."""
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=7).digest()) / 256**7


def bars(symbol: str, multiplier: int, timespan: str, first: int, last: int) -> list[Bar]:
    """The windows from the one that holds `first` to the one that holds `last` (milliseconds)."""
    if symbol not in LEVELS:
        return []
    if timespan in WIDTHS:
        width = multiplier * WIDTHS[timespan]
        step = 30 * WIDTHS["second"] if timespan == "second" else WIDTHS["minute"]
        made_of = [bar for day in days(first, last) for bar in short_bars(symbol, day, step)]
        starts = [bar.t // width * width for bar in made_of]
        first = first // width * width
    else:
        made_of = list(day_bars(symbol))
        starts = [window_start(symbol, timespan, bar.t) for bar in made_of]
        first = window_start(symbol, timespan, first)
    windows = joined(zip(starts, made_of, strict=True))
    return [bar for bar in windows if first <= bar.t <= last]


def joined(parts: Iterable[tuple[int, Bar]]) -> list[Bar]:
    """One bar for each start."""
    windows: dict[int, list[Bar]] = {}
    for start, bar in parts:
        windows.setdefault(start, []).append(bar)
    return [
        Bar(
            start,
            several[0].o,
            max(bar.h for bar in several),
            min(bar.l for bar in several),
            several[-1].c,
            sum(bar.v for bar in several),
            len(several),
        )
        for start, several in windows.items()
    ]


@cache
def day_bars(symbol: str) -> tuple[Bar, ...]:
    """All days on which the symbol's market is open."""
    return tuple(bar_at(symbol, "day", midnight(symbol, day)) for day in open_days(symbol))


@cache
def short_bars(symbol: str, day: dt.date, step: int) -> tuple[Bar, ...]:
    """The windows of a day in which there was a trade (not all)."""
    bars = (bar_at(symbol, "short", t) for t in range(*trading_hours(symbol, day), step))
    return tuple(bar for bar in bars if draw("gap", symbol, bar.t) > 0.05)


def bar_at(symbol: str, kind: str, t: int) -> Bar:
    """A bar with plausible prices."""
    prices = [LEVELS[symbol] * (0.95 + 0.1 * draw(symbol, kind, t, n)) for n in range(4)]
    low, o, c, high = (round(price, 4) for price in sorted(prices))
    if draw("fall", symbol, t) < 0.5:
        o, c = c, o
    volume = float(round(1e3 + 1e6 * draw("volume", symbol, kind, t)))
    return Bar(t, o, high, low, c, volume)


def ticks(symbol: str, first: int, last: int) -> list[Tick]:
    """Eight moments in each minute from `first` to before `last` (nanoseconds), in order.

    The first is the full minute; the sixth has the stamp of the fifth.
    """
    found = []
    for day in days(first // 1_000_000, last // 1_000_000):
        opening, closing = trading_hours(symbol, day)
        for n, t in enumerate(range(opening, closing, WIDTHS["minute"])):
            if (t + WIDTHS["minute"]) * 1_000_000 > first and t * 1_000_000 < last:
                found += [one for one in minute_ticks(symbol, t, n) if first <= one.stamp < last]
    return found


@cache
def minute_ticks(symbol: str, t: int, n: int) -> tuple[Tick, ...]:
    offsets = sorted(int(60 * NANO * draw("tick", symbol, t, k)) for k in range(7))
    offsets = [0, *offsets]
    offsets[5] = offsets[4]
    return tuple(
        Tick(
            t * 1_000_000 + offset,
            round(LEVELS[symbol] * (0.99 + 0.02 * draw("price", symbol, t, k)), 2),
            1 + int(500 * draw("size", symbol, t, k)),
            1 + int(20 * draw("venue", symbol, t, k)),
            1000 + 10 * (8 * n + k),
        )
        for k, offset in enumerate(offsets)
    )


def is_currency(symbol: str) -> bool:
    return symbol.startswith(("C:", "X:"))


def zone_of(symbol: str) -> dt.tzinfo:
    return dt.UTC if is_currency(symbol) else NEW_YORK


def midnight(symbol: str, day: dt.date) -> int:
    """When a day begins, in milliseconds."""
    return milliseconds(dt.datetime.combine(day, dt.time(), zone_of(symbol)))


def window_start(symbol: str, timespan: str, t: int) -> int:
    """When the day, the week or the month of a moment begins."""
    day = dt.datetime.fromtimestamp(t / 1000, zone_of(symbol)).date()
    if timespan == "week":
        day -= dt.timedelta(days=(day.weekday() + 1) % 7)
    if timespan == "month":
        day = day.replace(day=1)
    return midnight(symbol, day)


def milliseconds(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


def days(first: int, last: int) -> list[dt.date]:
    """The days in UTC from one moment to another, and the one before."""
    begin, end = (dt.datetime.fromtimestamp(t / 1000, dt.UTC).date() for t in (first, last))
    count = (end - begin).days + 2
    return [begin + dt.timedelta(days=n - 1) for n in range(count)]


def open_days(symbol: str) -> list[dt.date]:
    if not is_currency(symbol):
        return sorted(sessions())
    every = [FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    return [day for day in every if symbol.startswith("X:") or day.weekday() < 5]


def trading_hours(symbol: str, day: dt.date) -> tuple[int, int]:
    """When trading begins and ends, in milliseconds; twice the same on a closed day."""
    if not is_currency(symbol):
        return sessions().get(day, (0, 0))
    noon = midnight(symbol, day) + 12 * WIDTHS["hour"]
    return noon, noon + 2 * WIDTHS["hour"]


@cache
def sessions() -> dict[dt.date, tuple[int, int]]:
    """The regular hours of New York by exchange_calendars, half days and DST included."""
    calendar = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST)
    hours = zip(calendar.opens, calendar.closes, strict=True)
    found = [(milliseconds(opens), milliseconds(closes)) for opens, closes in hours]
    return dict(zip(calendar.sessions.date, found, strict=True))
