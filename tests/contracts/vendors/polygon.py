"""Polygon (now Massive) on loopback, written from its OpenAPI specification.

It knows its paths and parameters, refuses what it does not know, asks for the key, pages by
``next_url`` (which names the vendor's public host, whatever host was asked), and answers ticks
from the newest back, bars adjusted and ten dividends at a time unless it is told otherwise.
"""

from __future__ import annotations

import datetime as dt
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode

from vendors import polygon_bodies as bodies
from vendors import polygon_market as market
from vendors import polygon_reference as reference
from vendors.polygon_truth import (
    STATUS,
    TIMESPANS,
    true_actions,
    true_fundamentals,
    true_instruments,
    true_quotes,
    true_snapshots,
    true_trades,
    truth,
)
from vendors.serving import Answer, Asked, VendorServer
from workbench.ports import BarSource, MarketSource, ReferenceSource, TickSource

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "STATUS",
    "true_actions",
    "true_fundamentals",
    "true_instruments",
    "true_quotes",
    "true_snapshots",
    "true_trades",
    "truth",
]

NAME = "polygon"
ROLES = (BarSource, TickSource, ReferenceSource, MarketSource)
KEYS = ("POLYGON_API_KEY",)
KEY = "pLgK0123456789abcdefXYZ"
SECRETS = (KEY,)
LACKS: dict[str, str] = {}
SYMBOLS = ("AAPL", "NVDA")
QUIET = "LATER"
UNKNOWN = "NOSUCH"
TIMEFRAMES = ("1m", "5m", "1h", "1d", "1w", "1M")
OPERATORS = ("gte", "gt", "lte", "lt")
SORTING = {"order", "limit", "sort"}


def settings(server: VendorServer) -> dict[str, str]:
    return {"POLYGON_API_KEY": KEY, "WORKBENCH_POLYGON_URL": server.url}


class Server(VendorServer):
    """Polygon's REST service."""

    page_size, bars_per_page = 10, 60
    """The most rows of a page, whatever limit was asked for."""
    public_host = "https://api.massive.com"

    def answer(self, asked: Asked) -> Answer:
        refused = self._refused_key(asked)
        if refused:
            return refused
        for pattern, parameters, handler in ROUTES:
            match = pattern.fullmatch(asked.path)
            if match:
                parts = [unquote(part) for part in match.groups()]
                return self._answered(asked, parts, parameters, handler)
        return not_found()

    def refusal(self, fault: str) -> Answer:
        if fault == "bad_key":
            return Answer({**failed(), "error": f"Unknown API Key {KEY}"}, 401)
        if fault == "not_entitled":
            words = "You are not entitled to this data. Please upgrade your plan."
            return Answer({**failed("NOT_AUTHORIZED"), "message": words}, 403)
        return Answer({**failed(), "error": "You've exceeded the maximum requests per day."}, 429)

    def too_many(self) -> Answer:
        words = "You've exceeded the maximum requests per minute, please wait."
        headers = {"Retry-After": self.retry_after_seconds} if self.retry_after_seconds else {}
        return Answer({**failed(), "error": words}, 429, headers)

    def _refused_key(self, asked: Asked) -> Answer | None:
        given = asked.headers.get("authorization") or f"Bearer {asked.query.get('apiKey', '')}"
        return None if given == f"Bearer {KEY}" else self.refusal("bad_key")

    def _answered(
        self, asked: Asked, parts: list[str], parameters: set[str], handler: Callable[..., Answer]
    ) -> Answer:
        query = {name: value for name, value in asked.query.items() if name != "apiKey"}
        if "cursor" in query:
            cursor = urlsafe_b64decode(query["cursor"]).decode()
            query = dict(parse_qsl(cursor))
        strange = set(query) - parameters - {"at", *OF_THE_CLIENT.get(handler, ())}
        if strange:
            return refused(f"unknown parameter {strange.pop()}")
        return handler(self, asked.path, parts, query)

    def next_url(self, path: str, query: dict[str, Any]) -> str:
        cursor = urlsafe_b64encode(urlencode(query).encode()).decode()
        return f"{self.public_host}{path}?cursor={cursor}"

    def page(self, path: str, rows: list[Any], query: dict[str, str], *bounds: int) -> Answer:
        """The rows from ``at`` on, as many as the limit, and where the next ones are."""
        default, most = bounds
        limit = int(query.get("limit", default))
        if not 1 <= limit <= most:
            return refused(f"limit must be from 1 to {most}")
        at, count = int(query.get("at", 0)), min(limit, self.page_size)
        body = {"results": rows[at : at + count], "status": "OK", "request_id": "r1"}
        if at + count < len(rows):
            body["next_url"] = self.next_url(path, {**query, "at": at + count})
        return Answer(body)


def failed(status: str = "ERROR") -> dict[str, str]:
    return {"status": status, "request_id": "r0"}


def refused(words: str) -> Answer:
    return Answer({**failed(), "error": words}, 400)


def not_found() -> Answer:
    return Answer({**failed("NOT_FOUND"), "message": "Not found."}, 404)


def single(results: Any) -> Answer:
    return Answer({"results": results, "status": "OK", "request_id": "r2"})


def wrong_range(parts: list[str], query: dict[str, str]) -> str:
    """What is wrong with a request for aggregates; empty when nothing is."""
    symbol, multiplier, timespan = parts[:3]
    if timespan not in TIMESPANS.values() or not multiplier.isdigit():
        return "Could not parse the timespan"
    if int(query.get("limit", 5000)) > 50_000:
        return "limit is 50000 at most"
    return "unknown parameter adjusted" if symbol[:2] == "I:" and "adjusted" in query else ""


def aggregates(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    symbol, multiplier, timespan, begin, end = parts
    unusable = wrong_range(parts, query)
    if unusable:
        return refused(unusable)
    first, last = moment(begin, symbol), moment(end, symbol, whole_day=True)
    bars = market.bars(symbol, int(multiplier), timespan, first, last)
    if query.get("adjusted", "true") == "true":
        bars = [bodies.adjusted(symbol, bar) for bar in bars]
    if query.get("sort", "asc") == "desc":
        bars.reverse()
    shown, rest = bars[: server.bars_per_page], bars[server.bars_per_page :]
    body = {
        "ticker": symbol,
        "queryCount": sum(bar.count for bar in shown),
        "resultsCount": len(shown),
        "status": "OK",
        "request_id": "r3",
    }
    if not symbol.startswith("I:"):
        body["adjusted"] = query.get("adjusted", "true") == "true"
    if shown:
        body["results"] = [bodies.window(symbol, bar) for bar in shown]
    if rest:
        range_ = f"{rest[0].t}/{end}" if query.get("sort") != "desc" else f"{begin}/{rest[0].t}"
        body["next_url"] = server.next_url(path.rsplit("/", 2)[0] + f"/{range_}", query)
    return Answer(body)


def moment(text: str, symbol: str, *, whole_day: bool = False) -> int:
    """Milliseconds, or a date of the symbol's market: its beginning or its end."""
    if text.isdigit():
        return int(text)
    day = dt.date.fromisoformat(text) + dt.timedelta(days=whole_day)
    return market.midnight(symbol, day) - whole_day


def ticks(row_of: Callable[[str, market.Tick], dict[str, Any]]) -> Callable[..., Answer]:
    """A handler of trades or quotes; pairs of currencies are written with a dash."""

    def handler(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
        symbol = parts[0]
        if market.is_currency(symbol) and "-" not in symbol:
            return not_found()
        rows = [row_of(symbol, tick) for tick in asked_ticks(symbol, query)]
        return server.page(path, rows, query, 1000, 50_000)

    return handler


def asked_ticks(symbol: str, query: dict[str, str]) -> list[market.Tick]:
    symbol = symbol.replace("-", "")
    if symbol not in market.LEVELS:
        return []
    bounds = {
        name.partition(".")[2]: int(value) if value.isdigit() else moment(value, symbol) * 1_000_000
        for name, value in query.items()
        if name.startswith("timestamp")
    }
    first, last = (market.midnight(symbol, day) * 1_000_000 for day in (market.FIRST, market.LAST))
    first = max(first, bounds.get("gte", first), bounds.get("gt", first - 1) + 1)
    last = min(last, bounds.get("lt", last), bounds.get("lte", last - 1) + 1)
    found = market.ticks(symbol, first, last)
    return found if query.get("order", "desc") == "asc" else found[::-1]


def tickers(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    active = query.get("active", "true") == "true"
    rows = [one for one in reference.TICKERS if one["active"] == active]
    for name in ("ticker", "market", "type"):
        rows = [one for one in rows if query.get(name, one.get(name)) == one.get(name)]
    rows = arranged(rows, query, "ticker")
    answer = server.page(path, rows, query, 100, 1000)
    if answer.status == 200:
        answer.body["count"] = len(answer.body["results"])
    return answer


def ticker(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    day = query.get("date", "9999")
    for one in reference.TICKERS:
        if one["ticker"] == parts[0] and (one["active"] or day <= one["delisted_utc"][:10]):
            more = {"list_date": reference.LISTED[parts[0]]} if parts[0] in reference.LISTED else {}
            lot = {"round_lot": 100} if one["market"] == "stocks" else {}
            listed = {name: value for name, value in one.items() if name != "last_updated_utc"}
            return single({**listed, **more, **lot})
    return not_found()


def events(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    if parts[0] not in reference.EVENTS:
        return not_found()
    changes = [
        {"type": "ticker_change", "event_type": "ticker_change", "date": day,
         "ticker_change": {"ticker": name}} for day, name in reference.EVENTS[parts[0]]
    ]  # fmt: skip
    return single({"name": parts[0], "events": changes})


def listed(key: str, rows: list[dict[str, Any]], most: int = 1000) -> Callable[..., Answer]:
    """A handler that filters rows by their fields and sorts them by one, the newest first."""

    def handler(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
        found = [row for row in rows if matches(row, query)]
        answer = server.page(path, arranged(found, query, key), query, 10, most)
        if most == 100 and answer.status == 200:
            answer.body["count"] = len(answer.body["results"])
        return answer

    return handler


def contracts(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    expired = query.get("expired", "false") == "true"
    today = query.get("as_of", str(reference.TODAY))
    rows = [one for one in reference.CONTRACTS if (one["expiration_date"] < today) == expired]
    rows = [one for one in rows if matches(one, query)]
    return server.page(path, arranged(rows, query, "ticker"), query, 10, 1000)


def contract(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    day = query.get("as_of", str(reference.TODAY))
    for one in reference.CONTRACTS:
        if one["ticker"] == parts[0] and day <= one["expiration_date"]:
            return single(one)
    return not_found()


def matches(row: dict[str, Any], query: dict[str, str]) -> bool:
    """Whether a row has what the query asks of its fields."""
    compare: dict[str, Callable[[str, str], bool]] = {
        "": str.__eq__, "gte": str.__ge__, "gt": str.__gt__, "lte": str.__le__, "lt": str.__lt__,
    }  # fmt: skip
    for name, value in query.items():
        field, _, operator = name.partition(".")
        held = row["tickers"][0] if field == "ticker" and "tickers" in row else row.get(field)
        if held is not None and not compare[operator](str(held), value):
            return False
    return True


def arranged(rows: list[Any], query: dict[str, str], key: str) -> list[Any]:
    """Sorted as asked: tickers ascending, dates from the newest back unless told otherwise."""
    key = query.get("sort", key)
    if key == "period_of_report_date":
        key = "end_date"
    default = "asc" if "ticker" in key else "desc"
    rows = sorted(rows, key=lambda row: str(row.get(key, "")))
    return rows if query.get("order", default) == "asc" else rows[::-1]


def status(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    return Answer({
        "market": "extended-hours", "earlyHours": False, "afterHours": True,
        "serverTime": "2024-12-05T16:48:08-05:00",
        "exchanges": {"nyse": "extended-hours", "nasdaq": "extended-hours", "otc": "closed"},
        "currencies": {"fx": "open", "crypto": "open"}, "indicesGroups": {"nasdaq": "closed"},
    })  # fmt: skip


def snapshots(server: Server, path: str, parts: list[str], query: dict[str, str]) -> Answer:
    asked = query.get("ticker.any_of", "").split(",")
    if len(asked) > 250:
        return refused("ticker.any_of takes 250 tickers")
    known = sorted(set(asked) & set(market.LEVELS))
    rows = [bodies.snapshot(symbol) for symbol in known]
    unknown = sorted(set(asked) - set(market.LEVELS))
    words = {"error": "NOT_FOUND", "message": "Ticker not found."}
    return server.page(
        path, [*rows, *({"ticker": one, **words} for one in unknown)], query, 10, 250
    )


def ranged(*fields: str) -> set[str]:
    """The parameters of fields that can also be compared."""
    return {*fields, *(f"{field}.{name}" for field in fields for name in OPERATORS)}


TICKS = ranged("timestamp") | SORTING
DATES = ranged("ex_dividend_date", "record_date", "declaration_date", "pay_date", "cash_amount")
TEMPLATES: dict[str, tuple[set[str], Callable[..., Answer]]] = {
    "/v2/aggs/ticker/{stocksTicker}/range/{multiplier}/{timespan}/{from}/{to}": (
        {"adjusted", "sort", "limit"},
        aggregates,
    ),
    "/v3/trades/{stockTicker}": (TICKS, ticks(bodies.trade)),
    "/v3/quotes/{stockTicker}": (TICKS, ticks(bodies.quote)),
    "/v3/reference/tickers": (
        ranged("ticker")
        | SORTING
        | {"type", "market", "exchange", "cusip", "cik", "date", "search", "active"},
        tickers,
    ),
    "/v3/reference/tickers/{ticker}": ({"date"}, ticker),
    "/vX/reference/tickers/{id}/events": ({"types"}, events),
    "/v3/reference/splits": (
        ranged("ticker", "execution_date") | SORTING | {"reverse_split"},
        listed("execution_date", reference.SPLITS),
    ),
    "/v3/reference/dividends": (
        ranged("ticker") | DATES | SORTING | {"frequency", "dividend_type"},
        listed("ex_dividend_date", reference.DIVIDENDS),
    ),
    "/vX/reference/financials": (
        ranged("filing_date", "period_of_report_date")
        | SORTING
        | {"ticker", "cik", "company_name", "company_name.search", "sic", "timeframe"}
        | {"include_sources"},
        listed("period_of_report_date", reference.REPORTS, 100),
    ),
    "/v3/reference/options/contracts": (
        ranged("underlying_ticker", "expiration_date", "strike_price")
        | SORTING
        | {"ticker", "contract_type", "as_of", "expired"},
        contracts,
    ),
    "/v3/reference/options/contracts/{options_ticker}": ({"as_of"}, contract),
    "/v1/marketstatus/now": (set(), status),
    "/v3/snapshot": (ranged("ticker") | SORTING | {"type", "ticker.any_of"}, snapshots),
}
"""Path as the specification writes it → its query parameters and who answers."""

OF_THE_CLIENT = {ticker: {"ticker"}}
"""What Polygon's own client sends beside them."""

ROUTES = [
    (re.compile(re.sub(r"\{\w+\}", "([^/]+)", template)), *how)
    for template, how in TEMPLATES.items()
]
