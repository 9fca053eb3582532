"""Trades and quotes, with stamps in nanoseconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.adapters.polygon.listings import require_known
from workbench.adapters.polygon.notation import dashed, escaped
from workbench.adapters.polygon.tables import as_documented, from_nanoseconds, since_1970, table
from workbench.domain import QUOTE_COLUMNS, TRADE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from workbench.adapters.polygon.client import Client

    Row = dict[str, Any]

__all__ = ["quote_table", "quotes_of", "shares_per_lot", "trade_table", "trades_of"]

MOST_PER_PAGE = 50_000
MICROSECOND = timedelta(microseconds=1)
SHARES_PER_ROUND_LOT = 100
IN_SHARES_SINCE = 1_762_128_000 * 10**9
"""3 November 2025 in nanoseconds: until then the tapes stated sizes of shares in round lots."""


def trades_of(client: Client, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
    """Trades of ``[start, end)`` in order of time."""
    return _ticks(client, client.rest.list_trades, trade_table, symbol, start, end)


def quotes_of(client: Client, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
    """Best bids and offers of ``[start, end)`` in order of time."""
    return _ticks(client, client.rest.list_quotes, quote_table, symbol, start, end)


def trade_table(symbol: str, rows: list[Row]) -> pa.Table:
    """Trades in `TRADE_COLUMNS`.

    The time is when the tape received it, which is when others could know of it; currencies have
    no tape, and their time is that of the exchange.
    """
    with as_documented():
        time, nanosecond = from_nanoseconds([_stamp(row) for row in rows])
        values = {
            "symbol": symbol,
            "time": time,
            "nanosecond": nanosecond,
            "price": [row["price"] for row in rows],
            "size": [_size(row) for row in rows],
            "venue": [_code(row["exchange"]) for row in rows],
            "conditions": [_codes(row) for row in rows],
            "trade_id": [row.get("id") for row in rows],
            "sequence": [row.get("sequence_number") for row in rows],
        }
        return table(TRADE_COLUMNS, values)


def quote_table(symbol: str, rows: list[Row]) -> pa.Table:
    """Quotes in `QUOTE_COLUMNS`; a price of 0 says that the side is empty.

    Sizes are shares: round lots are taken as 100 of them.
    """
    with as_documented():
        time, nanosecond = from_nanoseconds([_stamp(row) for row in rows])
        sides = [{**_side(symbol, row, "bid"), **_side(symbol, row, "ask")} for row in rows]
        values = {
            **{name: [one.get(name) for one in sides] for name in QUOTE_COLUMNS},
            "symbol": symbol,
            "time": time,
            "nanosecond": nanosecond,
            "conditions": [_codes(row) for row in rows],
            "sequence": [row.get("sequence_number") for row in rows],
        }
        return table(QUOTE_COLUMNS, values)


def shares_per_lot(symbol: str, stamp: int) -> int:
    """What a size of 1 in a quote of this time means; only shares have round lots."""
    return 1 if ":" in symbol or stamp >= IN_SHARES_SINCE else SHARES_PER_ROUND_LOT


def _ticks(
    client: Client,
    listing: Callable[..., Any],
    read: Callable[[str, list[Row]], pa.Table],
    symbol: str,
    start: datetime,
    end: datetime,
) -> Iterator[pa.Table]:
    if start >= end:
        return
    is_known = False
    for rows in client.pages(
        listing,
        escaped(dashed(symbol)),
        timestamp_gte=since_1970(start, MICROSECOND) * 1000,
        timestamp_lt=since_1970(end, MICROSECOND) * 1000,
        sort="timestamp",
        order="asc",
        limit=MOST_PER_PAGE,
    ):
        if rows:
            is_known = True
            yield read(symbol, rows)
    if not is_known:
        require_known(client, symbol)


def _stamp(row: Row) -> int:
    stamp: int = row["sip_timestamp"] if "sip_timestamp" in row else row["participant_timestamp"]
    return stamp


def _side(symbol: str, row: Row, side: str) -> Row:
    """The bid or the ask with its size and venue; nothing where the side is empty."""
    price, size, venue = (row.get(f"{side}_{part}") for part in ("price", "size", "exchange"))
    if not price:
        return {}
    shares = None if size is None else size * shares_per_lot(symbol, _stamp(row))
    return {side: price, f"{side}_size": shares, f"{side}_venue": _code(venue)}


def _size(row: Row) -> float:
    """With fractions of a share, which are stated as text beside the whole ones."""
    return float(row.get("decimal_size") or row["size"])


def _code(venue: int | None) -> str | None:
    return None if venue is None else str(venue)


def _codes(row: Row) -> str | None:
    return ",".join(map(str, row.get("conditions") or ())) or None
