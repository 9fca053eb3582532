"""Alpha Vantage on loopback, from its documentation and from recorded bodies.

Everything is ``/query``, everything is answered with status 200, refusals too, and every number is
text. A wrong parameter and an unknown symbol are refused in the same words.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vendors import alpha_vantage_market as market
from vendors.serving import Answer, Asked, VendorServer
from vendors.tables import schema_of
from workbench.domain import BAR_COLUMNS
from workbench.ports import BarSource

if TYPE_CHECKING:
    from workbench.domain import Timeframe

NAME = "alpha_vantage"
ROLES = (BarSource,)
KEYS = ("ALPHA_VANTAGE_API_KEY",)
KEY = "AVTESTKEY0123456"
SECRETS = (KEY,)
LACKS: dict[str, str] = {}
SYMBOLS = ("IBM", "KO")
QUIET = "NEWCO"
UNKNOWN = "NOSUCH"
TIMEFRAMES = ("1d", "60m", "15m", "1w", "1M")

PREMIUM = "https://www.alphavantage.co/premium/"
BAD_KEY = (
    "the parameter apikey is invalid or missing. Please claim your free API key on"
    " (https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds."
)
BAD_CALL = (
    "Invalid API call. Please retry or visit the documentation"
    " (https://www.alphavantage.co/documentation/) for {function}."
)
TOO_FAST = (
    "Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute and"
    f" 500 calls per day. Please visit {PREMIUM} if you would like to target a higher API call"
    " frequency."
)
BURST = (
    "Thank you for using Alpha Vantage! Please consider spreading out your free API requests more"
    f" sparingly (1 request per second). You may subscribe to any of the premium plans at {PREMIUM}"
    " to lift the free key rate limit (25 requests per day), raise the per-second burst limit, and"
    " instantly unlock all premium endpoints"
)
QUOTA = (
    f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests per"
    f" day. Please subscribe to any of the premium plans at {PREMIUM} to instantly remove all daily"
    " rate limits."
)
PREMIUM_ENDPOINT = (
    "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of the"
    f" premium plans at {PREMIUM} to instantly unlock all premium endpoints"
)
PREMIUM_SIZE = (
    "Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium feature"
    " for the TIME_SERIES_DAILY endpoint. You may subscribe to any of the premium plans at"
    f" {PREMIUM}"
)

SHARE, PAIR = {"symbol"}, {"from_symbol", "to_symbol"}
COIN = {"symbol", "market"}
FUNCTIONS: dict[str, tuple[set[str], set[str]]] = {
    "TIME_SERIES_INTRADAY": (
        {"symbol", "interval"},
        {"adjusted", "extended_hours", "month", "outputsize", "datatype"},
    ),
    "TIME_SERIES_DAILY": (SHARE, {"outputsize", "datatype"}),
    "TIME_SERIES_WEEKLY": (SHARE, {"datatype"}),
    "TIME_SERIES_MONTHLY": (SHARE, {"datatype"}),
    "FX_DAILY": (PAIR, {"outputsize", "datatype"}),
    "FX_WEEKLY": (PAIR, {"datatype"}),
    "FX_MONTHLY": (PAIR, {"datatype"}),
    "DIGITAL_CURRENCY_DAILY": (COIN, set()),
    "DIGITAL_CURRENCY_WEEKLY": (COIN, set()),
    "DIGITAL_CURRENCY_MONTHLY": (COIN, set()),
    "SYMBOL_SEARCH": ({"keywords"}, {"datatype"}),
}
"""Function → the parameters that it requires, and those that it allows."""

INTERVALS = {"1min": 1, "5min": 5, "15min": 15, "30min": 30, "60min": 60}
SERIES = {
    ("TIME_SERIES", "DAILY"): "Time Series (Daily)",
    ("TIME_SERIES", "WEEKLY"): "Weekly Time Series",
    ("TIME_SERIES", "MONTHLY"): "Monthly Time Series",
    ("FX", "DAILY"): "Time Series FX (Daily)",
    ("FX", "WEEKLY"): "Time Series FX (Weekly)",
    ("FX", "MONTHLY"): "Time Series FX (Monthly)",
    ("DIGITAL_CURRENCY", "DAILY"): "Time Series (Digital Currency Daily)",
    ("DIGITAL_CURRENCY", "WEEKLY"): "Time Series (Digital Currency Weekly)",
    ("DIGITAL_CURRENCY", "MONTHLY"): "Time Series (Digital Currency Monthly)",
}
ROWS = {"DAILY": market.daily, "WEEKLY": market.weekly, "MONTHLY": market.monthly}


class Server(VendorServer):
    """Alpha Vantage; ``free`` is what a key that costs nothing may not have."""

    def __init__(self, *, free: bool = False) -> None:
        super().__init__()
        self.free = free

    def answer(self, asked: Asked) -> Answer:
        if asked.path != "/query":
            return Answer("Not Found", 404)
        query = dict(asked.query)
        if query.pop("apikey", "") != KEY:
            return Answer({"Error Message": BAD_KEY})
        function = query.pop("function", "")
        needed, allowed = FUNCTIONS.get(function, (set(), set()))
        if function not in FUNCTIONS or not needed <= set(query) <= needed | allowed:
            return Answer({"Error Message": BAD_CALL.format(function=function)})
        if self.free and function == "TIME_SERIES_DAILY" and query.get("outputsize") == "full":
            return Answer({"Information": PREMIUM_SIZE})
        body = self._body(function, query)
        return Answer(body or {"Error Message": BAD_CALL.format(function=function)})

    def refusal(self, fault: str) -> Answer:
        words = {"not_entitled": PREMIUM_ENDPOINT, "quota": QUOTA}
        return Answer({"Error Message": BAD_KEY} if fault == "bad_key" else
                      {"Information": words[fault]})  # fmt: skip

    def too_many(self) -> Answer:
        return Answer({"Note": TOO_FAST})

    def _body(self, function: str, query: dict[str, str]) -> dict[str, Any] | None:
        """The answer; none for what is refused like a wrong parameter."""
        if function == "SYMBOL_SEARCH":
            return {
                "bestMatches": [match(one) for one in market.LISTED if query["keywords"] in one]
            }
        symbol = symbol_of(query)
        if symbol not in market.LISTED:
            return None
        if function == "TIME_SERIES_INTRADAY":
            return intraday(symbol, query)
        kind, _, span = function.rpartition("_")
        newest_first = dict(reversed(ROWS[span](symbol).items()))
        if (
            span == "DAILY"
            and "outputsize" in FUNCTIONS[function][1]
            and query.get("outputsize") != "full"
        ):
            newest_first = dict(list(newest_first.items())[:100])
        return {
            "Meta Data": meta_data(kind, span, symbol, newest_first),
            SERIES[kind, span]: newest_first,
        }


def settings(server: VendorServer) -> dict[str, str]:
    """The environment that leads the adapter to the server."""
    return {
        KEYS[0]: KEY,
        "WORKBENCH_ALPHA_VANTAGE_URL": server.url,
        "WORKBENCH_ALPHA_VANTAGE_REQUESTS_PER_MINUTE": "6000000",
    }


def symbol_of(query: dict[str, str]) -> str:
    if "from_symbol" in query:
        return f"{query['from_symbol']}/{query['to_symbol']}"
    return f"{query['symbol']}/{query['market']}" if "market" in query else query["symbol"]


def intraday(symbol: str, query: dict[str, str]) -> dict[str, Any] | None:
    """A month, or the last one; compact is its last hundred bars."""
    if query["interval"] not in INTERVALS:
        return None
    month = query.get("month", f"{market.LAST:%Y-%m}")
    rows = market.intraday(symbol, INTERVALS[query["interval"]], month)
    newest_first = dict(reversed(rows.items()))
    if query.get("outputsize", "compact") == "compact":
        newest_first = dict(list(newest_first.items())[:100])
    meta = {
        "1. Information": f"Intraday ({query['interval']}) prices and volumes",
        "2. Symbol": symbol,
        "3. Last Refreshed": next(iter(newest_first), ""),
        "4. Interval": query["interval"],
        "5. Output Size": "Full size" if query.get("outputsize") == "full" else "Compact",
        "6. Time Zone": "US/Eastern",
    }
    series = {"Meta Data": meta, f"Time Series ({query['interval']})": newest_first}
    return series if newest_first else None


def meta_data(kind: str, span: str, symbol: str, rows: dict[str, Any]) -> dict[str, str]:
    """The meta data, whose numbers differ from function to function."""
    base, _, quote = symbol.partition("/")
    refreshed, zone = next(iter(rows)), "UTC" if quote else "US/Eastern"
    about, symbols = {
        "TIME_SERIES": ("Prices (open, high, low, close) and Volumes", {"Symbol": symbol}),
        "FX": ("Prices (open, high, low, close)", {"From Symbol": base, "To Symbol": quote}),
        "DIGITAL_CURRENCY": (
            "Prices and Volumes for Digital Currency",
            {"Digital Currency Code": base, "Market Code": quote},
        ),
    }[kind]
    parts = {"Information": f"{span.title()} {about}", **symbols}
    parts |= {"Last Refreshed": refreshed, "Time Zone": zone}
    return {f"{number}. {name}": parts[name] for number, name in enumerate(parts, start=1)}


def match(symbol: str) -> dict[str, str]:
    return {
        "1. symbol": symbol,
        "2. name": f"{symbol} Inc.",
        "3. type": "Equity",
        "4. region": "United States",
        "5. marketOpen": "09:30",
        "6. marketClose": "16:00",
        "7. timezone": "UTC-04",
        "8. currency": "USD",
        "9. matchScore": "1.0000",
    }


def truth(symbol: str, timeframe: Timeframe, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """The bars that begin in ``[start, end)``."""
    if timeframe.is_intraday:
        minutes = timeframe.seconds // 60
        some = [day for day in market.days(symbol) if start.date() <= day + dt.timedelta(days=1)]
        stamps = market.clock_times((day for day in some if day <= end.date()), minutes)
        rows = {
            stamp.astimezone(dt.UTC).replace(tzinfo=None): market.row(symbol, stamp)
            for stamp in stamps
        }
    else:
        spans = {"d": market.daily, "w": market.weekly, "M": market.monthly}
        made = spans[timeframe.unit](symbol)
        rows = {begin(date, timeframe.unit): row for date, row in made.items()}
    return pa.Table.from_pylist(
        [
            {"symbol": symbol, "time": time, **{key[3:]: float(text) for key, text in row.items()}}
            for time, row in rows.items()
            if start <= time < end
        ],
        schema=schema_of(BAR_COLUMNS),
    )


def begin(date: str, unit: str) -> dt.datetime:
    """The day, the Monday of its week or the first of its month."""
    day = dt.datetime.fromisoformat(date)
    if unit == "M":
        return day.replace(day=1)
    return day - dt.timedelta(days=day.weekday()) if unit == "w" else day
