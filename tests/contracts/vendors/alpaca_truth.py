"""What Alpaca's server means, in the columns of the ports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vendors import alpaca_market as market
from vendors.tables import schema_of
from workbench.domain import (
    ACTION_COLUMNS,
    BAR_COLUMNS,
    INSTRUMENT_COLUMNS,
    QUOTE_COLUMNS,
    SNAPSHOT_COLUMNS,
    TRADE_COLUMNS,
)
from workbench.ports import MarketStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.domain import Timeframe

UNITS = {"m": "Min", "h": "Hour", "d": "Day", "w": "Week", "M": "Month"}
EPOCH = dt.datetime.fromisoformat("1970-01-01")
STATUS = MarketStatus(
    "open", dt.datetime.fromisoformat("2024-03-11T18:15:22"), {"NYSE": "open", "NASDAQ": "open"}
)
IN_SHARES_SINCE = dt.datetime.fromisoformat("2025-11-03")
"""Until then the sizes in quotes of shares are round lots, by the specification."""


def truth(symbol: str, timeframe: Timeframe, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """The bars that begin in ``[start, end)``."""
    rows = market.bars(symbol, timeframe.count, UNITS[timeframe.unit], *span(start, end))
    letters = {"open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"}
    return table(
        BAR_COLUMNS,
        [
            {"symbol": symbol, "time": when(row), **{name: row[o] for name, o in letters.items()}}
            for row in rows
        ],
    )


def true_trades(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """What was traded in ``[start, end)`` and not taken back."""
    rows = []
    for tick in market.ticks(symbol, *span(start, end)):
        trade = market.trade(tick)
        if trade.get("u") in {"canceled", "incorrect"}:
            continue
        codes = [trade["tks"]] if "tks" in trade else trade["c"]
        rows.append(
            {
                "symbol": symbol,
                **stamp(tick),
                "price": trade["p"],
                "size": trade["s"],
                "venue": trade.get("x"),
                "conditions": ",".join(codes) if codes else None,
                "trade_id": str(trade["i"]),
                "sequence": None,
            }
        )
    return table(TRADE_COLUMNS, rows)


def true_quotes(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """Bids and offers of ``[start, end)``."""
    rows = []
    for tick in market.ticks(symbol, *span(start, end)):
        quote = market.quote(tick)
        codes = ",".join(quote["c"]) if "c" in quote else None
        rows.append({"symbol": symbol, **stamp(tick), **sides(quote), "conditions": codes})
    return table(QUOTE_COLUMNS, rows)


def true_snapshots(symbols: Sequence[str]) -> pa.Table:
    """One row for each symbol, in their order."""
    rows = []
    for symbol in symbols:
        parts = market.snapshot(symbol)
        day = parts["dailyBar"]
        rows.append(
            {
                "symbol": symbol,
                "time": when(parts["latestTrade"]),
                "last": parts["latestTrade"]["p"],
                **(sides(parts["latestQuote"]) if "latestQuote" in parts else {}),
                "open": day["o"],
                "high": day["h"],
                "low": day["l"],
                "volume": day["v"],
                "previous_close": parts.get("prevDailyBar", {}).get("c"),
            }
        )
    return table(SNAPSHOT_COLUMNS, rows)


def true_instruments(symbols: Sequence[str]) -> pa.Table:
    """One row for each symbol."""
    rows = []
    for symbol in symbols:
        asset = market.asset(symbol)
        coin = market.is_crypto(symbol)
        rows.append(
            {
                "instrument": asset["id"],
                "symbol": symbol,
                "name": asset["name"],
                "asset_class": "crypto" if coin else "equity",
                "venue": None if coin else {"NASDAQ": "XNAS", "NYSE": "XNYS"}[asset["exchange"]],
                "currency": symbol.split("/")[1] if coin else "USD",
                "tick": 0.05 if coin else None,
                "lot": 0.0001 if coin else None,
            }
        )
    return table(INSTRUMENT_COLUMNS, rows)


def true_actions(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """What happened to a symbol with an ex-date in ``[start, end)``."""
    names = {"forward_splits": "split", "reverse_splits": "split", "name_changes": "rename"}
    rows = []
    for kind in market.ACTIONS:
        for row in market.actions(kind):
            special = "special_dividend" if row.get("special") else "dividend"
            rows.append(
                {
                    "symbol": row.get("symbol", row.get("old_symbol")),
                    "time": day(row.get("ex_date", row["process_date"])),
                    "kind": names.get(kind, special),
                    "ratio": row["new_rate"] / row["old_rate"] if "new_rate" in row else None,
                    "amount": row.get("rate"),
                    "currency": "USD" if "rate" in row else None,
                    "into": row.get("new_symbol"),
                    "record_at": day(row.get("record_date")),
                    "paid_at": day(row.get("payable_date")),
                    "source_id": row["id"],
                }
            )
    kept = [row for row in rows if row["symbol"] == symbol and start <= row["time"] < end]
    return table(ACTION_COLUMNS, kept)


def day(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def sides(quote: dict[str, Any]) -> dict[str, Any]:
    """Bid and offer; the size of a share's is a number of shares."""
    lot = 100 if "z" in quote and when(quote) < IN_SHARES_SINCE else 1
    found: dict[str, Any] = {}
    for name, letter in (("bid", "b"), ("ask", "a")):
        if quote[f"{letter}p"]:
            found[name] = quote[f"{letter}p"]
            found[f"{name}_size"] = quote[f"{letter}s"] * lot
            found[f"{name}_venue"] = quote.get(f"{letter}x")
    return found


def span(start: dt.datetime, end: dt.datetime) -> tuple[int, int]:
    """The first and the last nanosecond of ``[start, end)``."""
    first, after = (since // dt.timedelta(microseconds=1) for since in (start - EPOCH, end - EPOCH))
    return first * 1000, after * 1000 - 1


def stamp(tick: market.Tick) -> dict[str, Any]:
    whole, nanosecond = divmod(tick.at, 1000)
    return {"time": EPOCH + dt.timedelta(microseconds=whole), "nanosecond": nanosecond}


def when(row: dict[str, Any]) -> dt.datetime:
    """The instant of a row without what a microsecond cannot hold."""
    return dt.datetime.fromisoformat(row["t"]).replace(tzinfo=None)


def table(columns: dict[str, str], rows: list[dict[str, Any]]) -> pa.Table:
    """The rows in the schema of a port; what they lack is null."""
    return pa.Table.from_pylist(rows, schema=schema_of(columns))
