"""The rows of Polygon's answers, worded as its specification says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from vendors import polygon_market as market
from vendors import polygon_reference as reference


def window(symbol: str, bar: market.Bar) -> dict[str, Any]:
    prices = {"o": bar.o, "h": bar.h, "l": bar.l, "c": bar.c, "t": bar.t}
    if symbol.startswith("I:"):
        return prices
    return {**prices, "v": bar.v, "vw": round((bar.o + bar.c) / 2, 4), "n": bar.count}


def adjusted(symbol: str, bar: market.Bar) -> market.Bar:
    """The bar as if every later split had been made."""
    for one in reference.SPLITS:
        day = dt.date.fromisoformat(one["execution_date"])
        if one["ticker"] == symbol and bar.t < market.midnight(symbol, day):
            ratio = one["split_to"] / one["split_from"]
            o, h, l, c = (round(p / ratio, 4) for p in (bar.o, bar.h, bar.l, bar.c))  # noqa: E741
            bar = market.Bar(bar.t, o, h, l, c, bar.v * ratio, bar.count)
    return bar


def trade(symbol: str, tick: market.Tick) -> dict[str, Any]:
    row: dict[str, Any] = {
        "exchange": tick.venue, "price": tick.price, "size": tick.size,
        "participant_timestamp": tick.stamp,
    }  # fmt: skip
    if tick.size % 3:
        row["conditions"] = [12, 37]
    if market.is_currency(symbol):
        return {**row, "id": f"T{tick.sequence}"}
    row |= {"sip_timestamp": tick.stamp, "participant_timestamp": tick.stamp - 350_123}
    if symbol.startswith("O:"):
        return row
    return {**row, "id": f"T{tick.sequence}", "sequence_number": tick.sequence, "tape": 3}


def quote(symbol: str, tick: market.Tick) -> dict[str, Any]:
    """Of every seventh venue one side is empty, which is a zero."""
    ask = 0 if tick.venue % 7 == 0 else round(tick.price + 0.01, 2)
    row: dict[str, Any] = {
        "bid_exchange": tick.venue, "bid_price": tick.price, "ask_exchange": 12 if ask else 0,
        "ask_price": ask,
    }  # fmt: skip
    if market.is_currency(symbol):
        return {**row, "participant_timestamp": tick.stamp}
    row |= {
        "bid_size": tick.size % 9 + 1, "ask_size": 3 if ask else 0, "sip_timestamp": tick.stamp,
        "sequence_number": tick.sequence,
    }  # fmt: skip
    if symbol.startswith("O:"):
        return row
    more = {"participant_timestamp": tick.stamp - 350_123, "tape": 3, "conditions": [1]}
    return {**row, **more}


def snapshot(symbol: str) -> dict[str, Any]:
    before, day = [bar for bar in market.day_bars(symbol) if bar.t < market.NOW_MS][-2:]
    session = {
        "change": round(day.c - before.c, 4), "change_percent": 0.1, "open": day.o, "high": day.h,
        "low": day.l, "close": day.c, "previous_close": before.c,
    }  # fmt: skip
    if symbol.startswith("I:"):
        return {"ticker": symbol, "type": "indices", "name": symbol, "value": day.c,
                "session": session, "last_updated": market.NOW_NS}  # fmt: skip
    price = day.c + 0.01
    row: dict[str, Any] = {
        "ticker": symbol, "name": symbol, "market_status": "late_trading", "type": "stocks",
        "session": {**session, "price": price, "volume": day.v},
        "last_quote": {"bid": day.c, "bid_size": 2, "ask": day.c + 0.02, "ask_size": 3,
                       "last_updated": market.NOW_NS - 7, "timeframe": "REAL-TIME"},
        "last_trade": {"price": price, "size": 5, "exchange": 4, "timeframe": "REAL-TIME",
                       "conditions": [12]},
    }  # fmt: skip
    row["last_trade"]["last_updated" if symbol == "NVDA" else "sip_timestamp"] = market.NOW_NS
    return row
