"""Yahoo's chart service on loopback, as its wire format is publicly known.

Yahoo publishes no specification. What is served here is what its answers are known to look like:
a cookie, a crumb for it, and ``/v8/finance/chart/SYMBOL`` with ``meta``, ``timestamp``, ``events``
and ``indicators``; prices and dividends divided by later splits; a daily bar stamped at the opening
of its session, the running one at its last trade; refusals in words and with a status of their own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import exchange_calendars
import pyarrow as pa

from vendors.serving import Answer, Asked, VendorServer
from vendors.tables import schema_of
from workbench.domain import ACTION_COLUMNS, BAR_COLUMNS, INSTRUMENT_COLUMNS
from workbench.ports import BarSource, ReferenceSource

if TYPE_CHECKING:
    from workbench.domain import Timeframe

NAME = "yahoo"
ROLES = (BarSource, ReferenceSource)
KEYS: tuple[str, ...] = ()
SECRETS: tuple[str, ...] = ()
NO_ACCOUNT = "Yahoo asks for no account"
LACKS = {
    "bad_key": NO_ACCOUNT,
    "not_entitled": NO_ACCOUNT,
    "quota": NO_ACCOUNT,
    "fundamentals": "Yahoo's facts carry no date of filing",
}
SYMBOLS = ("AAPL", "MSFT")
QUIET = "NEWCO"
UNKNOWN = "NOSUCH"
TIMEFRAMES = ("1d", "1h", "1w", "1M")
"""And minutes of the last weeks, which the suites do not ask for."""

UTC = dt.UTC
NOW = dt.datetime(2024, 12, 5, 15, 10, tzinfo=UTC)
"""Thursday, in the middle of a session of New York."""
LATE = dt.timedelta(minutes=20)
"""Prices of the slowest exchange come so late."""

CHART = "/v8/finance/chart/"
COOKIE, CRUMB = "A3=d=AQABBNvc&S=AQAAAt4", "pX7.qz/Ru1s"
MINUTES = {"1m": 1, "2m": 2, "5m": 5, "15m": 15, "30m": 30, "60m": 60, "90m": 90, "1h": 60}
LONG = ("1d", "5d", "1wk", "1mo", "3mo")
LAST_DAYS = {"1m": 30, "60m": 730, "1h": 730}
INTERVAL = {"1h": "60m", "1d": "1d", "1w": "1wk", "1M": "1mo"}


@dataclass(frozen=True)
class Listing:
    """What Yahoo knows about a symbol."""

    kind: str
    exchange: str
    full_exchange: str
    currency: str
    zone: str
    calendar: str
    name: str
    first: dt.date = dt.date(2010, 1, 4)
    splits: dict[dt.date, tuple[int, int]] = field(default_factory=dict)
    dividends: dict[dt.date, float] = field(default_factory=dict)
    """Ex-date and cash as it was paid."""
    gains: dict[dt.date, float] = field(default_factory=dict)
    thin: bool = False
    """Every fifth bar is null."""


APPLE_SPLITS = {dt.date(2014, 6, 9): (7, 1), dt.date(2020, 8, 31): (4, 1)}
APPLE_DIVIDENDS = {
    dt.date(2012, 8, 9): 2.65,
    dt.date(2014, 5, 8): 3.29,
    dt.date(2014, 8, 7): 0.47,
    dt.date(2020, 8, 7): 0.82,
    dt.date(2020, 11, 6): 0.205,
    dt.date(2024, 2, 9): 0.24,
}
"""As the company's investor relations state them."""

NEW_YORK = ("America/New_York", "XNYS")
LISTINGS = {
    "AAPL": Listing(
        "EQUITY", "NMS", "NasdaqGS", "USD", *NEW_YORK, "Apple Inc.",
        splits=APPLE_SPLITS, dividends=APPLE_DIVIDENDS,
    ),
    "MSFT": Listing("EQUITY", "NMS", "NasdaqGS", "USD", *NEW_YORK, "Microsoft Corporation"),
    "THIN": Listing("EQUITY", "NGM", "NasdaqGM", "USD", *NEW_YORK, "Thin Inc.", thin=True),
    "NEWCO": Listing(
        "EQUITY", "NYQ", "NYSE", "USD", *NEW_YORK, "Newly listed", first=dt.date(2024, 12, 2)
    ),
    "VFUND": Listing(
        "MUTUALFUND", "NAS", "Nasdaq", "USD", *NEW_YORK, "A fund",
        dividends={dt.date(2023, 12, 18): 1.5},
        gains={dt.date(2023, 12, 18): 1.1, dt.date(2023, 6, 20): 0.4},
    ),
    "VOD.L": Listing("EQUITY", "LSE", "LSE", "GBp", "Europe/London", "XLON", "Vodafone Group"),
    "7203.T": Listing("EQUITY", "JPX", "Tokyo", "JPY", "Asia/Tokyo", "XTKS", "Toyota Motor"),
    "EURUSD=X": Listing("CURRENCY", "CCY", "CCY", "USD", "Europe/London", "24/5", "EUR/USD"),
    "BTC-USD": Listing("CRYPTOCURRENCY", "CCC", "CCC", "USD", "UTC", "24/7", "Bitcoin USD"),
    "^GSPC": Listing("INDEX", "SNP", "SNP", "USD", *NEW_YORK, "S&P 500"),
}  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """A bar in the real world: from when to when, and its numbers before any split."""

    begin: dt.datetime
    end: dt.datetime
    numbers: tuple[float, float, float, float, int]


@cache
def sessions(symbol: str) -> list[tuple[dt.date, dt.datetime, dt.datetime]]:
    """Date, opening and close of every session of a symbol."""
    listing = LISTINGS[symbol]
    if listing.calendar in {"24/7", "24/5"}:
        week = 7 if listing.calendar == "24/7" else 5
        days = [
            listing.first + dt.timedelta(n) for n in range((NOW.date() - listing.first).days + 2)
        ]
        midnight = {day: dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(listing.zone))
                    for day in [*days, days[-1] + dt.timedelta(1)]}  # fmt: skip
        return [
            (day, midnight[day].astimezone(UTC), midnight[day + dt.timedelta(1)].astimezone(UTC))
            for day in days
            if day.weekday() < week
        ]
    calendar = exchange_calendars.get_calendar(
        listing.calendar, start=listing.first.isoformat(), end="2024-12-31"
    )
    return [
        (day.date(), opening.to_pydatetime(), close.to_pydatetime())
        for day, opening, close in zip(
            calendar.sessions, calendar.opens, calendar.closes, strict=True
        )
    ]


def numbers(symbol: str, begin: dt.datetime) -> tuple[float, float, float, float, int]:
    """Open, high, low, close and volume of a bar, drawn from the hash of what it is."""
    digest = hashlib.sha256(f"{symbol} {begin.isoformat()}".encode()).digest()
    part = [int.from_bytes(digest[at : at + 4]) / 2**32 for at in range(0, 20, 4)]
    opening, close = 100 + 20 * part[0], 100 + 20 * part[1]
    return (
        round(opening, 2),
        round(max(opening, close) + 3 * part[2] + 0.01, 2),
        round(min(opening, close) - 3 * part[3] - 0.01, 2),
        round(close, 2),
        int(1_000_000 * part[4]),
    )


def finest(symbol: str, interval: str, first: dt.datetime, last: dt.datetime) -> list[Bar]:
    """The bars that begin in ``[first, last)``, unfinished ones too."""
    made = []
    for _, opening, close in sessions(symbol):
        if close <= first or opening >= last:
            continue
        step = dt.timedelta(minutes=MINUTES[interval]) if interval in MINUTES else close - opening
        begin = opening
        while begin < close:
            if first <= begin < last:
                made.append(Bar(begin, min(begin + step, close), numbers(symbol, begin)))
            begin += step
    return made


def together(symbol: str, interval: str, first: dt.datetime, last: dt.datetime) -> list[Bar]:
    """Weeks from Monday, or months from the first, that begin in ``[first, last)``."""
    zone = ZoneInfo(LISTINGS[symbol].zone)
    groups: dict[dt.date, list[Bar]] = {}
    for day, opening, close in sessions(symbol):
        if opening < first - dt.timedelta(32) or opening >= last + dt.timedelta(32):
            continue
        begin = day - dt.timedelta(day.weekday()) if interval == "1wk" else day.replace(day=1)
        groups.setdefault(begin, []).append(Bar(opening, close, numbers(symbol, opening)))
    made = []
    for begin, days in sorted(groups.items()):
        days = [one for one in days if one.begin < NOW]  # noqa: PLW2901  what has begun
        stamp = dt.datetime(begin.year, begin.month, begin.day, tzinfo=zone).astimezone(UTC)
        following = begin + dt.timedelta(7 if interval == "1wk" else 32)
        following = following if interval == "1wk" else following.replace(day=1)
        end = dt.datetime(following.year, following.month, following.day, tzinfo=zone)
        if first <= stamp < last and days:
            opens, highs, lows, closes, volumes = zip(*(one.numbers for one in days), strict=True)
            all_of_it = (opens[0], max(highs), min(lows), closes[-1], sum(volumes))
            made.append(Bar(stamp, end.astimezone(UTC), all_of_it))
    return made


def bars(symbol: str, interval: str, first: dt.datetime, last: dt.datetime) -> list[Bar]:
    """Bars of any interval."""
    make = together if interval in {"1wk", "1mo"} else finest
    return make(symbol, interval, first, last)


def later_splits(symbol: str, day: dt.date) -> float:
    """New shares of today for one share of a day."""
    ratio = 1.0
    for split, (new, old) in LISTINGS[symbol].splits.items():
        ratio *= new / old if split > day else 1.0
    return ratio


def served(symbol: str, bar: Bar) -> tuple[float, float, float, float, int]:
    """Prices and volume as Yahoo shows them: in shares of today."""
    zone = ZoneInfo(LISTINGS[symbol].zone)
    ratio = later_splits(symbol, bar.begin.astimezone(zone).date())
    *prices, volume = bar.numbers
    volume = 0 if LISTINGS[symbol].kind == "CURRENCY" else round(volume * ratio)
    return (*(price / ratio for price in prices), volume)


def is_null(symbol: str, bar: Bar) -> bool:
    return LISTINGS[symbol].thin and bar.begin.toordinal() % 5 == 0


def truth(symbol: str, timeframe: Timeframe, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """The finished bars of ``[start, end)``: session dates, or start instants within a session."""
    interval = INTERVAL.get(str(timeframe), str(timeframe))
    zone = ZoneInfo(LISTINGS[symbol].zone)
    margin = dt.timedelta(days=2)
    rows = []
    for bar in bars(
        symbol, interval, start.replace(tzinfo=UTC) - margin, end.replace(tzinfo=UTC) + margin
    ):
        time = bar.begin.replace(tzinfo=None)
        if interval not in MINUTES:
            time = dt.datetime.combine(bar.begin.astimezone(zone).date(), dt.time())
        if start <= time < end and bar.end <= NOW - LATE and not is_null(symbol, bar):
            *prices, volume = served(symbol, bar)
            currency = LISTINGS[symbol].kind == "CURRENCY"
            rows.append((symbol, time, *prices, None if currency else float(volume)))
    columns = [dict(zip(BAR_COLUMNS, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(columns, schema_of(BAR_COLUMNS))


def true_instruments(symbols: list[str]) -> pa.Table:
    """What is listed; Yahoo has no identifier of its own."""
    rows = [
        {
            "symbol": symbol,
            "name": LISTINGS[symbol].name,
            "asset_class": {"CRYPTOCURRENCY": "crypto", "CURRENCY": "fx"}.get(
                LISTINGS[symbol].kind, LISTINGS[symbol].kind.lower()
            ),
            "venue": {"NMS": "XNAS", "LSE": "XLON", "JPX": "XTKS"}.get(LISTINGS[symbol].exchange),
            "currency": LISTINGS[symbol].currency,
            "listed": dt.datetime.combine(LISTINGS[symbol].first, dt.time()),
        }
        for symbol in symbols
    ]
    return pa.Table.from_pylist(rows, schema_of(INSTRUMENT_COLUMNS))


def true_actions(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """Splits and dividends with an ex-date in ``[start, end)``, dividends as they were paid."""
    listing = LISTINGS[symbol]
    found: list[dict[str, Any]] = [
        {"kind": "split", "time": day, "ratio": new / old}
        for day, (new, old) in listing.splits.items()
    ]
    found += [
        {"kind": "dividend", "time": day, "amount": cash, "currency": listing.currency}
        for day, cash in listing.dividends.items()
    ]
    rows = [
        {**row, "symbol": symbol, "time": dt.datetime.combine(row["time"], dt.time())}
        for row in found
    ]
    rows = [row for row in rows if start <= row["time"] < end]
    return pa.Table.from_pylist(rows, schema_of(ACTION_COLUMNS))


def settings(server: VendorServer) -> dict[str, str]:
    """The environment that leads the adapter here."""
    return {"WORKBENCH_YAHOO_URL": server.url}


class Server(VendorServer):
    """Yahoo."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_elsewhere: list[Asked] = []
        handler = self._http.RequestHandlerClass
        handler.date_time_string = lambda *_: format_datetime(NOW, usegmt=True)  # type: ignore[attr-defined]

    def handle(self, asked: Asked) -> Answer | None:
        """Faults hit the charts; cookie and crumb come from other hosts and are counted apart.

        The connection closes each time, or the client's library repeats on its own what was
        dropped on a connection that it had used before.
        """
        if asked.path.startswith(CHART):
            answer = super().handle(asked)
        else:
            self.asked_elsewhere.append(asked)
            answer = self.answer(asked)
        closing = {"Connection": "close"}
        return answer and replace(answer, headers={**answer.headers, **closing})

    def too_many(self) -> Answer:
        return Answer("Too Many Requests\r\n", 429, {"Retry-After": self.retry_after_seconds})

    def refusal(self, fault: str) -> Answer:
        """Without an account there is one refusal: a crumb that is not good any more."""
        if fault == "bad_crumb":
            return failure(401, "Unauthorized", "Invalid Crumb", "finance")
        raise NotImplementedError(fault)

    def answer(self, asked: Asked) -> Answer:
        if "Mozilla/5.0" not in asked.headers.get("user-agent", ""):
            return Answer("Edge: Too Many Requests", 429)
        if not asked.path.startswith(CHART):
            return elsewhere(asked)
        if asked.query.get("crumb", CRUMB) != CRUMB:
            return failure(401, "Unauthorized", "Invalid Crumb", "finance")
        return chart(unquote(asked.path.removeprefix(CHART)), asked.query)


def elsewhere(asked: Asked) -> Answer:
    """A cookie for whoever comes, a crumb for whoever has it."""
    if asked.path == "/":
        return Answer("", 404, {"Set-Cookie": f"{COOKIE}; Path=/; HttpOnly"})
    if asked.path != "/v1/test/getcrumb":
        return Answer("<html><body>Not found</body></html>", 404)
    if COOKIE not in asked.headers.get("cookie", ""):
        return failure(401, "Unauthorized", "Invalid Cookie", "finance")
    return Answer(CRUMB)


def failure(status: int, code: str, description: str, of: str = "chart") -> Answer:
    error = {"code": code, "description": description}
    return Answer({of: {"result": None, "error": error}}, status)


def chart(symbol: str, query: dict[str, str]) -> Answer:
    """A chart, or Yahoo's word for why there is none."""
    interval = query.get("interval", "1d")
    if interval not in (*MINUTES, *LONG):
        valid = ", ".join((*MINUTES, *LONG))
        words = f"Invalid input - interval={interval} is not supported. Valid intervals: [{valid}]"
        return failure(400, "Bad Request", words)
    if symbol not in LISTINGS:
        return failure(404, "Not Found", "No data found, symbol may be delisted")
    try:
        first, last = period(query)
    except ValueError as error:
        return failure(400, "Bad Request", str(error))
    if words := too_far(interval, first, last):
        return failure(422, "Unprocessable Entity", words)
    listing = LISTINGS[symbol]
    if last.date() <= listing.first:
        words = (
            f"Data doesn't exist for startDate = {query['period1']}, endDate = {query['period2']}"
        )
        return failure(400, "Bad Request", words)
    return Answer(
        {"chart": {"result": [drawn(symbol, interval, first, last, query)], "error": None}}
    )


def period(query: dict[str, str]) -> tuple[dt.datetime, dt.datetime]:
    if "range" in query:
        if query["range"] not in {"1d", "5d"}:
            raise ValueError(f"Invalid input - range={query['range']}")
        return NOW - dt.timedelta(days=int(query["range"][0])), NOW + dt.timedelta(seconds=1)
    if not {"period1", "period2"} <= query.keys():
        raise ValueError("Invalid input - range or period1 and period2 are required")
    first, last = int(query["period1"]), min(int(query["period2"]), int(NOW.timestamp()) + 1)
    if int(query["period1"]) >= int(query["period2"]):
        raise ValueError(
            f"Invalid input - start date cannot be after end date. "
            f"startDate = {query['period1']}, endDate = {query['period2']}"
        )
    since = dt.datetime(1970, 1, 1, tzinfo=UTC)
    return since + dt.timedelta(seconds=first), since + dt.timedelta(seconds=last)


def too_far(interval: str, first: dt.datetime, last: dt.datetime) -> str:
    if interval not in MINUTES:
        return ""
    asked = (
        f"{interval} data not available for startTime={int(first.timestamp())} "
        f"and endTime={int(last.timestamp())}. "
    )
    if interval == "1m" and last - first > dt.timedelta(days=8):
        return (
            asked
            + "Only 8 days worth of 1m granularity data are allowed to be fetched per request."
        )
    days = LAST_DAYS.get(interval, 60)
    if first < NOW - dt.timedelta(days=days):
        return asked + f"The requested range must be within the last {days} days."
    return ""


def drawn(
    symbol: str, interval: str, first: dt.datetime, last: dt.datetime, query: dict[str, str]
) -> dict[str, Any]:
    begun = [bar for bar in bars(symbol, interval, first, last) if bar.begin < NOW]
    stamps = [int(stamped(bar, interval).timestamp()) for bar in begun]
    rows: list[tuple[Any, ...]] = [
        (None,) * 5 if is_null(symbol, bar) else served(symbol, bar) for bar in begun
    ]
    if begun and interval in {"1wk", "1mo"} and begun[-1].end > NOW:  # and the day so far
        stamps.append(int(NOW.timestamp()))
        rows.append(served(symbol, begun[-1]))
    made: dict[str, Any] = {"meta": meta(symbol, interval, query)}
    quote: dict[str, Any] = {}
    if stamps:
        made["timestamp"] = stamps
        columns = [list(column) for column in zip(*rows, strict=True)]
        quote = dict(zip(("open", "high", "low", "close", "volume"), columns, strict=True))
    if found := events(symbol, first, last, query.get("events", "")):
        made["events"] = found
    made["indicators"] = {"quote": [quote]}
    if interval in LONG:
        adjusted = {"adjclose": quote["close"]} if quote else {}
        made["indicators"]["adjclose"] = [adjusted]
    return made


def stamped(bar: Bar, interval: str) -> dt.datetime:
    """A running daily bar carries its last trade."""
    return NOW if interval == "1d" and bar.end > NOW else bar.begin


def meta(symbol: str, interval: str, query: dict[str, str]) -> dict[str, Any]:
    listing = LISTINGS[symbol]
    _, opening, close = next(one for one in reversed(sessions(symbol)) if one[1] <= NOW)
    here = NOW.astimezone(ZoneInfo(listing.zone))
    offset = int(here.utcoffset().total_seconds())  # type: ignore[union-attr]
    regular = {
        "timezone": here.tzname(), "start": int(opening.timestamp()),
        "end": int(close.timestamp()), "gmtoffset": offset,
    }  # fmt: skip
    first = dt.datetime.combine(listing.first, dt.time(14, 30), UTC)
    made = {
        "currency": listing.currency,
        "symbol": symbol,
        "exchangeName": listing.exchange,
        "fullExchangeName": listing.full_exchange,
        "instrumentType": listing.kind,
        "firstTradeDate": int(first.timestamp()),
        "regularMarketTime": int(min(NOW, close).timestamp()),
        "gmtoffset": offset,
        "timezone": here.tzname(),
        "exchangeTimezoneName": listing.zone,
        "regularMarketPrice": 101.5,
        "longName": listing.name,
        "shortName": listing.name,
        "priceHint": 2,
        "currentTradingPeriod": {"regular": regular},
        "dataGranularity": {"60m": "1h"}.get(interval, interval),
        "range": query.get("range", ""),
        "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
    }
    if interval in MINUTES:
        made["tradingPeriods"] = [
            [{**regular, "start": int(opening.timestamp()), "end": int(close.timestamp())}]
            for _, opening, close in sessions(symbol)
            if opening <= NOW
        ]
    return made


def events(
    symbol: str, first: dt.datetime, last: dt.datetime, asked: str
) -> dict[str, dict[str, dict[str, Any]]]:
    listing, kinds = LISTINGS[symbol], asked.replace("|", ",").split(",")
    opened = {day: opening for day, opening, _ in sessions(symbol) if first <= opening < last}
    found: dict[str, dict[str, dict[str, Any]]] = {}

    def add(kind: str, day: dt.date, **facts: Any) -> None:
        stamp = int(opened[day].timestamp())
        found.setdefault(kind, {})[str(stamp)] = {**facts, "date": stamp}

    for day, (new, old) in listing.splits.items():
        if day in opened and {"split", "splits"} & set(kinds):
            add("splits", day, numerator=new, denominator=old, splitRatio=f"{new}:{old}")
    for day, cash in listing.dividends.items():
        if day in opened and "div" in kinds:
            add("dividends", day, amount=round(cash / later_splits(symbol, day), 6))
    for day, cash in listing.gains.items():
        if day in opened and "capitalGains" in kinds:
            add("capitalGains", day, amount=cash)
    return found
