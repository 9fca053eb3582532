"""What Polygon's server serves, in the columns of the ports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vendors import polygon_market as market
from vendors import polygon_reference as reference
from vendors.tables import schema_of
from workbench.domain import (
    ACTION_COLUMNS,
    BAR_COLUMNS,
    FUNDAMENTAL_COLUMNS,
    INSTRUMENT_COLUMNS,
    QUOTE_COLUMNS,
    SNAPSHOT_COLUMNS,
    TRADE_COLUMNS,
)
from workbench.ports import MarketStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.domain import Timeframe

TIMESPANS = {
    "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month",
}  # fmt: skip
STATUS = MarketStatus(
    status="after_hours",
    at=dt.datetime.fromisoformat("2024-12-05T21:48:08"),
    venues={
        "nyse": "extended-hours", "nasdaq": "extended-hours", "otc": "closed", "fx": "open",
        "crypto": "open",
    },
)  # fmt: skip


def table(columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> pa.Table:
    schema = schema_of(columns)
    whole = [{name: row.get(name) for name in columns} for row in rows]
    return pa.Table.from_pylist(whole, schema)


def utc(moment: dt.datetime) -> int:
    """A naive moment in UTC as milliseconds."""
    return market.milliseconds(moment.replace(tzinfo=dt.UTC))


def day_of(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text[:10])


def truth(symbol: str, timeframe: Timeframe, start: dt.datetime, end: dt.datetime) -> pa.Table:
    """The bars that begin in ``[start, end)``, as traded."""
    first, last = utc(start), utc(end) - 1
    bars = market.bars(symbol, timeframe.count, TIMESPANS[timeframe.unit], first, last)
    rows = [bar for bar in bars if first <= bar.t]
    return table(
        BAR_COLUMNS,
        (
            {
                "symbol": symbol,
                "time": from_milliseconds(bar.t),
                "open": bar.o,
                "high": bar.h,
                "low": bar.l,
                "close": bar.c,
                "volume": None if symbol.startswith("I:") else bar.v,
            }
            for bar in rows
        ),
    )


def from_milliseconds(t: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(t / 1000, dt.UTC).replace(tzinfo=None)


def true_ticks(symbol: str, start: dt.datetime, end: dt.datetime) -> list[market.Tick]:
    return market.ticks(symbol, utc(start) * 1_000_000, utc(end) * 1_000_000)


def stamp(tick: market.Tick) -> dict[str, Any]:
    seconds, rest = divmod(tick.stamp, market.NANO)
    time = from_milliseconds(seconds * 1000) + dt.timedelta(microseconds=rest // 1000)
    return {"time": time, "nanosecond": rest % 1000}


def true_trades(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    return table(
        TRADE_COLUMNS,
        (
            {
                "symbol": symbol,
                **stamp(one),
                "price": one.price,
                "size": one.size,
                "venue": str(one.venue),
                "conditions": "12,37" if one.size % 3 else None,
                "trade_id": None if symbol.startswith("O:") else f"T{one.sequence}",
                "sequence": None if ":" in symbol else one.sequence,
            }
            for one in true_ticks(symbol, start, end)
        ),
    )


def true_quotes(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    return table(QUOTE_COLUMNS, (true_quote(symbol, one) for one in true_ticks(symbol, start, end)))


def true_quote(symbol: str, one: market.Tick) -> dict[str, Any]:
    row = {"symbol": symbol, **stamp(one), "bid": one.price, "bid_venue": str(one.venue)}
    has_ask = one.venue % 7 != 0
    if has_ask:
        row |= {"ask": round(one.price + 0.01, 2), "ask_venue": "12"}
    if market.is_currency(symbol):
        return row
    lot = 1 if symbol.startswith("O:") else 100
    sizes = {"bid_size": lot * (one.size % 9 + 1), "ask_size": lot * 3 if has_ask else None}
    conditions = None if symbol.startswith("O:") else "1"
    return {**row, **sizes, "conditions": conditions, "sequence": one.sequence}


CLASSES = {
    "CS": "equity", "ETF": "etf", "indices": "index", "fx": "fx", "crypto": "crypto",
}  # fmt: skip


def true_instruments(symbols: Iterable[str]) -> pa.Table:
    return table(
        INSTRUMENT_COLUMNS,
        (
            {
                "instrument": one.get("composite_figi"),
                "symbol": one["ticker"],
                "name": one["name"],
                "asset_class": CLASSES[one.get("type", one["market"])],
                "venue": one.get("primary_exchange"),
                "currency": None if one["market"] == "indices" else "USD",
                "lot": 100 if one["market"] == "stocks" else None,
                "listed": day_of(reference.LISTED.get(one["ticker"])),
                "delisted": day_of(one.get("delisted_utc")),
                "figi": one.get("composite_figi"),
                "cik": one.get("cik"),
            }
            for one in reference.TICKERS
            if one["ticker"] in symbols
        ),
    )


def true_actions(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    kinds = {"CD": "dividend", "SC": "special_dividend"}
    rows = [
        {"symbol": symbol, "time": day_of(one["execution_date"]), "kind": "split",
         "ratio": one["split_to"] / one["split_from"], "source_id": one["id"]}
        for one in reference.SPLITS if one["ticker"] == symbol
    ] + [
        {"symbol": symbol, "time": day_of(one["ex_dividend_date"]),
         "kind": kinds[one["dividend_type"]], "amount": one["cash_amount"], "currency": "USD",
         "declared_at": day_of(one["declaration_date"]), "record_at": day_of(one["record_date"]),
         "paid_at": day_of(one["pay_date"]), "source_id": one["id"]}
        for one in reference.DIVIDENDS if one["ticker"] == symbol
    ]  # fmt: skip
    return table(ACTION_COLUMNS, (row for row in rows if start <= row["time"] < end))


def true_fundamentals(symbol: str, start: dt.datetime, end: dt.datetime) -> pa.Table:
    rows = [row for one in reference.REPORTS if symbol in one["tickers"] for row in facts_of(one)]
    return table(FUNDAMENTAL_COLUMNS, (row for row in rows if start <= row["filed_at"] < end))


def facts_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    """What a report says; nobody reported the last twelve months."""
    if report["timeframe"] == "ttm":
        return []
    same = {
        "symbol": report["tickers"][0], "time": day_of(report["end_date"]),
        "fiscal_year": int(report["fiscal_year"]), "fiscal_period": report["fiscal_period"],
        "form": "10-K" if report["timeframe"] == "annual" else "10-Q",
        "filed_at": dt.datetime.fromisoformat(reference.FILED[report["filing_date"]]),
        "source_id": report["source_filing_url"].rsplit("/", 1)[1],
    }  # fmt: skip
    return [
        {**same, "item": item, "value": point["value"], "unit": point["unit"],
         "period_start": None if part == "balance_sheet" else day_of(report["start_date"])}
        for part, points in report["financials"].items() for item, point in points.items()
    ]  # fmt: skip


def true_snapshots(symbols: Iterable[str]) -> pa.Table:
    return table(SNAPSHOT_COLUMNS, (true_snapshot(symbol) for symbol in symbols))


def true_snapshot(symbol: str) -> dict[str, Any]:
    before, day = [bar for bar in market.day_bars(symbol) if bar.t < market.NOW_MS][-2:]
    now = dt.datetime.fromisoformat("2024-12-05T21:48:08.123456")
    row = {"symbol": symbol, "time": now, "open": day.o, "high": day.h, "low": day.l,
           "previous_close": before.c}  # fmt: skip
    if symbol.startswith("I:"):
        return {**row, "last": day.c}
    lot = 1 if ":" in symbol else 100
    return {**row, "last": day.c + 0.01, "bid": day.c, "bid_size": lot * 2, "ask": day.c + 0.02,
            "ask_size": lot * 3, "volume": day.v}  # fmt: skip
