"""Alpaca's data and trading hosts on loopback, written from their OpenAPI specifications.

Answered are the paths that a source of market data needs. A request without keys is 401 except for
crypto, a parameter that the specification does not have is 400, an unknown symbol is left out
without a word, and an interval includes its end. A page may hold less than was asked for, and the
page after the last row may be empty.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import time
from typing import Any
from urllib.parse import unquote

from vendors import alpaca_market as market
from vendors.alpaca_truth import (
    STATUS,
    true_actions,
    true_instruments,
    true_quotes,
    true_snapshots,
    true_trades,
    truth,
)
from vendors.serving import Answer, Asked, VendorServer
from workbench.ports import BarSource, MarketSource, ReferenceSource, TickSource

__all__ = [
    "STATUS",
    "true_actions",
    "true_instruments",
    "true_quotes",
    "true_snapshots",
    "true_trades",
    "truth",
]

NAME = "alpaca"
ROLES = (BarSource, TickSource, ReferenceSource, MarketSource)
KEYS = ("ALPACA_API_KEY", "ALPACA_SECRET_KEY")
SECRETS = ("PKTESTTESTTESTTEST", "sEcReTsEcReTsEcReTsEcReT")
LACKS = {
    "quota": "Alpaca counts requests by the minute and not by the day",
    "fundamentals": "Alpaca has no fundamentals",
}
SYMBOLS = ("AAPL", "MSFT")
QUIET = "NEWCO"
UNKNOWN = "NOSUCH"
TIMEFRAMES = ("1d", "1m", "15m", "1h", "1w", "1M")

PAGED = {"symbols", "start", "end", "limit", "page_token", "sort"}
OF_SHARES = {"asof", "feed", "currency"}
PARAMETERS = {
    "/v2/stocks/bars": PAGED | OF_SHARES | {"timeframe", "adjustment"},
    "/v2/stocks/trades": PAGED | OF_SHARES,
    "/v2/stocks/quotes": PAGED | OF_SHARES,
    "/v2/stocks/snapshots": {"symbols", "feed", "currency"},
    "/v1beta3/crypto/us/bars": PAGED | {"timeframe"},
    "/v1beta3/crypto/us/trades": PAGED,
    "/v1beta3/crypto/us/quotes": PAGED,
    "/v1beta3/crypto/us/snapshots": {"symbols"},
    "/v1/corporate-actions": {"cusips", "ids", "region", "types"} | PAGED,
    "/v2/assets": {"status", "asset_class", "exchange", "attributes"},
    "/v2/assets/SYMBOL": set(),
    "/v3/clock": {"markets", "time"},
}
NEEDED = {
    "/v2/stocks/bars": {"symbols", "timeframe"},
    "/v1beta3/crypto/us/bars": {"symbols", "timeframe"},
    "/v1/corporate-actions": set(),
    "/v2/assets": set(),
    "/v2/assets/SYMBOL": set(),
    "/v3/clock": set(),
}
"""The parameters that a path requires; ``symbols`` where it is not here."""
TIMEFRAME = re.compile(r"(\d+)(Min|T|Hour|H|Day|D|Week|W|Month|M)")
UNITS = {"T": "Min", "H": "Hour", "D": "Day", "W": "Week", "M": "Month"}
COUNTS = {
    "Min": range(1, 60),
    "Hour": range(1, 24),
    "Day": (1,),
    "Week": (1,),
    "Month": (1, 2, 3, 4, 6, 12),
}
RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d))?"
)  # or a date alone


class RefusedError(Exception):
    """A request that the specification answers with an error."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


class Server(VendorServer):
    """Both hosts of Alpaca at one address; ``free`` has no shares of the last 15 minutes."""

    phase = "core"

    def __init__(self, *, free: bool = False) -> None:
        super().__init__()
        self.free = free

    def answer(self, asked: Asked) -> Answer:
        try:
            return Answer(self._body(asked, check(asked)))
        except RefusedError as refused:
            return Answer({"message": refused.message}, refused.status)

    def refusal(self, fault: str) -> Answer:
        if fault == "bad_key":
            return Answer({"message": "unauthorized."}, 401)
        return Answer({"message": "subscription does not permit querying OTC data"}, 403)

    def too_many(self) -> Answer:
        now = time.time()  # noqa: TID251  a server has a clock
        reset = str(int(now) + 1 + int(self.retry_after_seconds))
        headers = {"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "0"}
        body = {"message": "too many requests."}
        return Answer(body, 429, {**headers, "X-RateLimit-Reset": reset})

    def _body(self, asked: Asked, path: str) -> Any:
        if path == "/v3/clock":
            return {"clocks": [self._clock(name) for name in asked.query["markets"].split(",")]}
        if path.startswith("/v2/assets"):
            return assets(asked)
        if path == "/v1/corporate-actions":
            return actions(asked.query)
        return self._market(asked, path.rpartition("/")[2])

    def _market(self, asked: Asked, kind: str) -> Any:
        coins = "/crypto/" in asked.path
        symbols = [
            symbol
            for symbol in sorted(asked.query["symbols"].split(","))
            if symbol in market.LISTED and market.is_crypto(symbol) == coins
        ]
        if kind == "snapshots":
            found = {symbol: market.snapshot(symbol) for symbol in symbols}
            return {"snapshots": found} if coins else found
        latest = (market.NOW - dt.timedelta(minutes=15 if self.free else 0)).isoformat()
        query = {"start": f"{market.NOW:%Y-%m-%d}", "end": latest, **asked.query}
        is_recent = instant("end", query["end"]) > instant("end", latest)
        if self.free and is_recent and not coins:
            raise RefusedError(403, "subscription does not permit querying recent SIP data")
        return page(kind, symbols, query)

    def _clock(self, name: str) -> dict[str, Any]:
        mic = {"NYSE": "XNYS", "NASDAQ": "XNAS"}[name]
        return {
            "market": {"acronym": name, "mic": mic, "name": name, "timezone": "America/New_York"},
            "timestamp": "2024-03-11T14:15:22-04:00",
            "is_market_day": True,
            "next_market_open": "2024-03-12T09:30:00-04:00",
            "next_market_close": "2024-03-11T16:00:00-04:00",
            "phase": self.phase,
            "phase_until": "2024-03-11T16:00:00-04:00",
        }


def settings(server: VendorServer) -> dict[str, str]:
    """The environment that leads the adapter to the server."""
    return {
        **dict(zip(KEYS, SECRETS, strict=True)),
        "WORKBENCH_ALPACA_DATA_URL": server.url,
        "WORKBENCH_ALPACA_TRADING_URL": server.url,
        "WORKBENCH_ALPACA_REQUESTS_PER_MINUTE": "6000000",
    }


def check(asked: Asked) -> str:
    """Refuse what the specification excludes; the path as it stands there."""
    path = re.sub(r"^/v2/assets/[^/]+$", "/v2/assets/SYMBOL", asked.path)
    if path not in PARAMETERS:
        raise RefusedError(404, "Not Found")
    given = tuple(asked.headers.get(name) for name in ("apca-api-key-id", "apca-api-secret-key"))
    if given != SECRETS and not ("/crypto/" in asked.path and given == (None, None)):
        raise RefusedError(401, "unauthorized.")
    unexpected = set(asked.query) - PARAMETERS[path]
    missing = NEEDED.get(path, {"symbols"}) - set(asked.query)
    if unexpected or missing:
        raise RefusedError(400, f"unexpected {sorted(unexpected)}, missing {sorted(missing)}")
    for symbol in filter(None, asked.query.get("symbols", "").split(",")):
        if not re.fullmatch(r"[A-Z][A-Z0-9.]*(/[A-Z]+)?", symbol):
            raise RefusedError(400, f"invalid symbol: {symbol}")
    return path


def assets(asked: Asked) -> Any:
    """All of a class, or one."""
    symbol = unquote(asked.path.removeprefix("/v2/assets").lstrip("/"))
    if not symbol:
        wanted = asked.query.get("asset_class", "us_equity")
        every = [market.asset(one) for one in market.LISTED]
        return [one for one in every if one["class"] == wanted]
    if symbol not in market.LISTED:
        raise RefusedError(404, f"asset not found for {symbol}")
    return market.asset(symbol)


def actions(query: dict[str, str]) -> dict[str, Any]:
    """Corporate actions by the day on which they are processed, three on a page."""
    kinds = (
        [f"{kind}s" for kind in query["types"].split(",")] if "types" in query else market.ACTIONS
    )
    symbols = set(query["symbols"].split(","))
    rows = [
        (kind, row)
        for kind in kinds
        if kind in market.ACTIONS
        for row in market.actions(kind)
        if query["start"] <= row["process_date"] <= query["end"]
        and symbols & {row.get(name) for name in ("symbol", "old_symbol", "new_symbol")}
    ]
    if not 1 <= int(query.get("limit", "100")) <= 1000:
        raise RefusedError(400, "limit is 1 to 1000")
    at = offset(query["page_token"]) if query.get("page_token") else 0
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, row in rows[at : at + 3]:
        found.setdefault(kind, []).append(row)
    token = base64.b64encode(f"{at + 3}".encode()).decode() if at + 3 < len(rows) else None
    return {"corporate_actions": found, "next_page_token": token}


def page(kind: str, symbols: list[str], query: dict[str, str]) -> dict[str, Any]:
    """A page of bars, trades or quotes, symbol after symbol."""
    first, last = instant("start", query["start"]), instant("end", query["end"])
    limit = int(query.get("limit", "1000"))
    if last < first or not 1 <= limit <= 10_000:
        raise RefusedError(400, "end should not be before start, limit is 1 to 10000")
    rows = rows_of(kind, symbols, first, last, query)
    size = min(limit, max(12, len(rows) // 5))
    at = offset(query["page_token"]) if query.get("page_token") else 0
    found: dict[str, list[dict[str, Any]]] = {}
    for symbol, row in rows[at : at + size]:
        found.setdefault(symbol, []).append(row)
    is_full = len(rows[at : at + size]) == size
    token = base64.b64encode(f"{symbol}|{row['t']}|{at + size}".encode()) if is_full else None
    return {kind: found, "next_page_token": token.decode() if token else None}


def rows_of(
    kind: str, symbols: list[str], first: int, last: int, query: dict[str, str]
) -> list[tuple[str, dict[str, Any]]]:
    """Symbol and row, all that the pages hold together."""
    if kind == "bars":
        length = timeframe(query["timeframe"])
        return [(one, row) for one in symbols for row in market.bars(one, *length, first, last)]
    made = {"trades": market.trade, "quotes": market.quote}[kind]
    return [(one, made(tick)) for one in symbols for tick in market.ticks(one, first, last)]


def timeframe(text: str) -> tuple[int, str]:
    """Count and unit, with its long name."""
    match = TIMEFRAME.fullmatch(text)
    unit = UNITS.get(match[2], match[2]) if match else ""
    if match is None or int(match[1]) not in COUNTS[unit]:
        raise RefusedError(400, f"invalid timeframe: {text}")
    return int(match[1]), unit


def offset(token: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True).decode().split("|")[-1])
    except ValueError:
        raise RefusedError(400, "invalid page token") from None


def instant(name: str, text: str) -> int:
    """RFC 3339 up to nanoseconds, or a date, as nanoseconds since 1970."""
    match = RFC_3339.fullmatch(text)
    if match is None:
        raise RefusedError(400, f"Invalid format for parameter {name}: '{text}' is no RFC3339")
    date, clock, fraction, zone = match.groups()
    moment = dt.datetime.fromisoformat(f"{date}T{clock or '00:00:00'}{zone or '+00:00'}")
    return round(moment.timestamp()) * market.SECOND + int((fraction or "").ljust(9, "0"))
