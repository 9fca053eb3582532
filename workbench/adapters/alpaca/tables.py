"""From Alpaca's rows, keyed by letters, to the columns of the ports."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.domain import BAR_COLUMNS, QUOTE_COLUMNS, SNAPSHOT_COLUMNS, TRADE_COLUMNS
from workbench.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = dict[str, Any]
    Found = dict[str, list[Row]]

__all__ = [
    "as_documented",
    "bar_table",
    "quote_table",
    "schema_of",
    "snapshot_table",
    "trade_table",
]

WITHDRAWN = ("canceled", "incorrect")
"""Marks of trades that the exchange has taken back."""

SHARES_PER_ROUND_LOT = 100
IN_SHARES_SINCE = "2025-11-03"
"""Until then the sizes in quotes of shares were round lots."""


def bar_table(found: Found) -> pa.Table:
    """Bars in `BAR_COLUMNS`, from symbol → rows."""
    letters = {"open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"}
    with as_documented():
        rows = _flat(found)
        values = {name: [row[letter] for row in rows] for name, letter in letters.items()}
        return _table(BAR_COLUMNS, rows, values)


def trade_table(found: Found) -> pa.Table:
    """Trades in `TRADE_COLUMNS`, from symbol → rows.

    Those that were canceled or replaced by a correction are left out. The condition of a trade of
    crypto is the side of its taker, ``B`` or ``S``.
    """
    with as_documented():
        rows = [row for row in _flat(found) if row.get("u") not in WITHDRAWN]
        values = {
            "price": [row["p"] for row in rows],
            "size": [row["s"] for row in rows],
            "venue": [row.get("x") for row in rows],
            "conditions": [_conditions(row) for row in rows],
            "trade_id": [str(row["i"]) for row in rows],
        }
        return _table(TRADE_COLUMNS, rows, values)


def quote_table(found: Found) -> pa.Table:
    """Quotes in `QUOTE_COLUMNS`, from symbol → rows.

    A price of 0 says that the side is empty. Sizes are shares: before November 2025 Alpaca states
    them in round lots, which are taken as 100 shares (some very expensive shares have smaller
    ones).
    """
    with as_documented():
        rows = _flat(found)
        values = {name: [side[name] for side in map(_sides, rows)] for name in _SIDES}
        return _table(
            QUOTE_COLUMNS, rows, {**values, "conditions": [_conditions(row) for row in rows]}
        )


def snapshot_table(found: dict[str, Row]) -> pa.Table:
    """Snapshots in `SNAPSHOT_COLUMNS`, from symbol → its parts, in this order.

    The time is that of the last trade.
    """
    with as_documented():
        rows = [_snapshot(symbol, parts) for symbol, parts in found.items()]
        values = {name: [row.get(name) for row in rows] for name in SNAPSHOT_COLUMNS}
        return _table(SNAPSHOT_COLUMNS, rows, values)


def _snapshot(symbol: str, parts: Row) -> Row:
    trade, day = parts.get("latestTrade") or {}, parts.get("dailyBar") or {}
    quote = parts.get("latestQuote")
    return {
        "symbol": symbol,
        "t": trade.get("t"),
        "last": trade.get("p"),
        **(_sides(quote) if quote else {}),
        **{name: day.get(name[0]) for name in ("open", "high", "low", "volume")},
        "previous_close": (parts.get("prevDailyBar") or {}).get("c"),
    }


_SIDES = ("bid", "bid_size", "bid_venue", "ask", "ask_size", "ask_venue")


def _sides(quote: Row) -> Row:
    in_lots = "z" in quote and quote["t"] < IN_SHARES_SINCE  # crypto has no tape and no lots
    lot = SHARES_PER_ROUND_LOT if in_lots else 1
    sides: Row = {}
    for name, letter in (("bid", "b"), ("ask", "a")):
        is_there = quote[f"{letter}p"] != 0
        sides[name] = quote[f"{letter}p"] if is_there else None
        sides[f"{name}_size"] = quote[f"{letter}s"] * lot if is_there else None
        sides[f"{name}_venue"] = (quote.get(f"{letter}x") or None) if is_there else None
    return sides


def _conditions(row: Row) -> str | None:
    codes = row.get("c") or ([row["tks"]] if row.get("tks") else [])
    return ",".join(codes) or None


def _flat(found: Found) -> list[Row]:
    return [{"symbol": symbol, **row} for symbol, rows in found.items() for row in rows]


def _table(kinds: dict[str, str], rows: list[Row], values: dict[str, list[Any]]) -> pa.Table:
    """The columns in their order; those that no row has a value for are null."""
    stamps = pa.array([row["t"] for row in rows], pa.string()).cast(pa.timestamp("ns", "UTC"))
    nanoseconds = stamps.cast(pa.int64())
    microseconds = pc.divide(nanoseconds, 1_000)
    columns = {
        **{name: values.get(name, [None] * len(rows)) for name in kinds},
        "symbol": [row["symbol"] for row in rows],
        "time": microseconds.cast(pa.timestamp("us")),
        "nanosecond": pc.subtract(nanoseconds, pc.multiply(microseconds, 1_000)).cast(pa.int16()),
    }
    return pa.table({name: columns[name] for name in kinds}, schema=schema_of(kinds))


def schema_of(kinds: dict[str, str]) -> pa.Schema:
    """The columns of a port as an Arrow schema."""
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in kinds.items()])


@contextmanager
def as_documented() -> Iterator[None]:
    """Within the block, what cannot be read is `BadAnswer`."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError) as error:  # pyarrow's own among them
        raise BadAnswer(
            "Alpaca answered rows of another form than it documents", seen=str(error)
        ) from None
