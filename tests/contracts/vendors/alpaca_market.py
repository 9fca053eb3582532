"""The market that Alpaca's server serves: rows drawn from a hash, keyed by the vendor's letters.

Instants are nanoseconds since 1970. A day, a week (from Monday) and a month of a share begin at
midnight of New York, those of crypto at midnight UTC.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, uuid5
from zoneinfo import ZoneInfo

import exchange_calendars

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTED = {
    "AAPL": dt.date(2016, 1, 4),
    "BRK.B": dt.date(2016, 1, 4),
    "MSFT": dt.date(2016, 1, 4),
    "NEWCO": dt.date(2025, 6, 2),
    "BTC/USD": dt.date(2021, 1, 1),
    "ETH/USD": dt.date(2021, 1, 1),
}
"""Symbol → its first day."""

EXCHANGES = {"BRK.B": "NYSE", "BTC/USD": "OTC", "ETH/USD": "OTC"}
"""The specification has no word for the exchange of crypto."""

NEW_YORK = ZoneInfo("America/New_York")
NOW = dt.datetime(2025, 12, 1, 20, 0, tzinfo=dt.UTC)
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
DAY = 1440 * MINUTE
MARKS = {3: {"u": "canceled"}, 4: {"u": "incorrect"}, 5: {"u": "corrected"}}
"""Number of a trade in its minute → what became of it."""


ACTIONS: dict[str, list[dict[str, Any]]] = {
    "forward_splits": [
        {"symbol": "AAPL", "ex_date": "2020-08-31", "process_date": "2020-08-31",
         "record_date": "2020-08-24", "old_rate": 1, "new_rate": 4},
    ],
    "reverse_splits": [
        {"symbol": "MSFT", "ex_date": "2019-05-06", "process_date": "2019-05-06",
         "old_rate": 8, "new_rate": 1},
    ],
    "cash_dividends": [
        {"symbol": "AAPL", "ex_date": "2023-11-10", "process_date": "2023-11-16",
         "record_date": "2023-11-13", "payable_date": "2023-11-16", "rate": 0.24},
        {"symbol": "AAPL", "ex_date": "2024-02-09", "process_date": "2024-02-15",
         "record_date": "2024-02-12", "payable_date": "2024-02-15", "rate": 0.24},
        {"symbol": "AAPL", "ex_date": "2024-05-10", "process_date": "2024-05-16",
         "record_date": "2024-05-13", "payable_date": "2024-05-16", "rate": 0.25},
        {"symbol": "MSFT", "ex_date": "2024-11-21", "process_date": "2025-03-13",
         "payable_date": "2025-03-13", "rate": 0.83, "currency": "USD"},
        {"symbol": "MSFT", "ex_date": "2024-12-20", "process_date": "2025-01-03",
         "payable_date": "2025-01-03", "rate": 3.08, "special": True},
    ],
    "name_changes": [
        {"old_symbol": "OLDCO", "new_symbol": "NEWCO", "process_date": "2025-06-02"},
    ],
}  # fmt: skip
"""Kind → what it says of each; what all of a kind say is added by `actions`."""


def is_crypto(symbol: str) -> bool:
    return "/" in symbol


def drawn(*key: Any) -> float:
    """A number from 0 to 1 that belongs to a key."""
    digest = hashlib.sha256("|".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def written(at: int) -> str:
    """RFC 3339 without trailing zeros, as Alpaca writes an instant."""
    seconds, rest = divmod(at, SECOND)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def midnight(day: dt.date, symbol: str) -> int:
    zone = dt.UTC if is_crypto(symbol) else NEW_YORK
    return round(dt.datetime.combine(day, dt.time(), zone).timestamp()) * SECOND


@cache
def sessions() -> list[tuple[dt.date, int, int]]:
    """Date, opening and close of each session of New York."""
    calendar = exchange_calendars.get_calendar("XNYS", start="2016-01-04", end="2025-12-31")
    return [
        (row.Index.date(), row.open.value, row.close.value)
        for row in calendar.schedule[["open", "close"]].itertuples()
    ]


def open_days(symbol: str, first: int, last: int) -> Iterator[tuple[dt.date, int, int]]:
    """Date, opening and close of a symbol's days that touch a period."""
    start, end = (dt.datetime.fromtimestamp(at // SECOND, dt.UTC).date() for at in (first, last))
    low, high = max(LISTED[symbol], start - dt.timedelta(days=1)), min(end, NOW.date())
    if not is_crypto(symbol):
        yield from (one for one in sessions() if low <= one[0] <= high)
        return
    for number in range((high - low).days + 1):
        day = low + dt.timedelta(days=number)
        yield day, midnight(day, symbol), midnight(day, symbol) + DAY


def bars(symbol: str, count: int, unit: str, first: int, last: int) -> list[dict[str, Any]]:
    """Bars of `count` of a unit of the specification that begin in a period, its end included."""
    around = 400 * DAY if unit in ("Week", "Month") else 0
    days = list(open_days(symbol, first - around, last + around))
    if unit in ("Min", "Hour"):
        length = count * MINUTE * (60 if unit == "Hour" else 1)
        minutes = (at for _, opens, closes in days for at in range(opens, closes, MINUTE))
        begins = {at - at % length for at in minutes}
    else:
        begins = {midnight(label(day, count, unit), symbol) for day, _, _ in days}
    return [bar(symbol, at) for at in sorted(begins) if first <= at <= last]


def label(day: dt.date, count: int, unit: str) -> dt.date:
    """The first day of the day, week or months that a day belongs to."""
    if unit == "Week":
        return day - dt.timedelta(days=day.weekday())
    if unit == "Month":
        return day.replace(month=(day.month - 1) // count * count + 1, day=1)
    return day


def bar(symbol: str, at: int) -> dict[str, Any]:
    level = 100 + 50 * drawn(symbol, at)
    begin, end = (round(level * (1 + 0.01 * drawn(symbol, at, name)), 2) for name in "oc")
    volume = 1_000 * drawn(symbol, at, "v")
    return {
        "t": written(at),
        "o": begin,
        "h": round(max(begin, end) + 0.5, 2),
        "l": round(min(begin, end) - 0.5, 2),
        "c": end,
        "v": volume if is_crypto(symbol) else round(volume),
        "n": 1 + round(99 * drawn(symbol, at, "n")),
        "vw": round((begin + end) / 2, 6),
    }


@dataclass(frozen=True)
class Tick:
    """A moment at which a symbol was traded and quoted; ``number`` counts in its minute."""

    symbol: str
    at: int
    number: int

    def drawn(self, name: str) -> float:
        return drawn(self.symbol, self.at, name)


def ticks(symbol: str, first: int, last: int) -> Iterator[Tick]:
    """Eight in a minute, the first of them at the full minute; the end of the period belongs."""
    for _, opens, closes in open_days(symbol, first, last):
        for minute in range(max(opens, first - first % MINUTE), min(closes, last + 1), MINUTE):
            for number in range(8):
                late = round(6 * SECOND * drawn(symbol, minute, number)) if number else 0
                at = minute + number * 7 * SECOND + late
                if first <= at <= last:
                    yield Tick(symbol, at, number)


def trade(tick: Tick) -> dict[str, Any]:
    """A trade; two in a minute were taken back and one is a correction."""
    price = round(100 + tick.drawn("p"), 2)
    number = tick.at // SECOND * 10 + tick.number
    if is_crypto(tick.symbol):
        side = "B" if tick.number % 2 else "S"
        return {"t": written(tick.at), "p": price, "s": tick.drawn("s"), "i": number, "tks": side}
    return {
        "t": written(tick.at),
        "x": "PQV"[tick.number % 3],
        "p": price,
        "s": 1 + round(99 * tick.drawn("s")),
        "c": ["@", "T"] if tick.number % 2 else [],
        "i": number,
        "z": "C",
        **MARKS.get(tick.number, {}),
    }


def quote(tick: Tick) -> dict[str, Any]:
    """A bid and an offer; once in a minute nobody offers."""
    bid_size, ask_size = (1 + round(9 * tick.drawn(name)) for name in ("bs", "as"))
    bid = round(100 + tick.drawn("p"), 2)
    is_offered = tick.number != 6
    sides = {
        "t": written(tick.at),
        "bp": bid,
        "bs": bid_size,
        "ap": round(bid + 0.03, 2) if is_offered else 0,
        "as": ask_size if is_offered else 0,
    }
    if is_crypto(tick.symbol):
        return sides
    venues = {"bx": "Q", "ax": "P" if is_offered else ""}
    return {**sides, **venues, "c": ["R"] if tick.number % 2 else ["R", "O"], "z": "C"}


def snapshot(symbol: str) -> dict[str, Any]:
    """The parts of a snapshot; the specification requires none, and Microsoft's lacks two."""
    day, before = dt.date(2024, 3, 11), dt.date(2024, 3, 8)
    now = midnight(day, symbol) + (14 * 60 + 15) * MINUTE
    parts = {
        "latestTrade": trade(Tick(symbol, now + 123_456_789, 1)),
        "latestQuote": quote(Tick(symbol, now + 234_567_891, 1)),
        "minuteBar": bar(symbol, now - MINUTE),
        "dailyBar": bar(symbol, midnight(day, symbol)),
        "prevDailyBar": bar(symbol, midnight(before, symbol)),
    }
    if symbol == "MSFT":
        del parts["latestQuote"], parts["prevDailyBar"]
    return parts


def asset(symbol: str) -> dict[str, Any]:
    """What the trading host knows about a symbol."""
    about = {
        "id": str(uuid5(NAMESPACE_DNS, symbol)),
        "class": "crypto" if is_crypto(symbol) else "us_equity",
        "exchange": EXCHANGES.get(symbol, "NASDAQ"),
        "symbol": symbol,
        "name": f"{symbol} Inc. Common Stock",
        "status": "inactive" if symbol == "BRK.B" else "active",
        "tradable": symbol != "BRK.B",
        "marginable": True,
        "shortable": True,
        "easy_to_borrow": True,
        "fractionable": True,
    }
    steps = {"min_order_size": "0.0001", "min_trade_increment": "0.0001", "price_increment": "0.05"}
    return {**about, **steps} if is_crypto(symbol) else about


def actions(kind: str) -> list[dict[str, Any]]:
    """The rows of a kind in the order in which they are processed, with all that is required."""
    common: dict[str, Any] = {"cusip": "037833100"}
    if kind == "cash_dividends":
        common |= {"special": False, "foreign": False}
    if kind in ("reverse_splits", "name_changes"):
        common = {"old_cusip": "594918104", "new_cusip": "594918203"}
    rows = [
        {"id": str(uuid5(NAMESPACE_DNS, f"{kind}-{number}")), **common, **row}
        for number, row in enumerate(ACTIONS[kind])
    ]
    return sorted(rows, key=lambda row: row["process_date"])
