"""What the market shows now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.adapters.polygon.listings import unknown
from workbench.adapters.polygon.tables import as_documented, from_nanoseconds, table_of
from workbench.adapters.polygon.ticks import shares_per_lot
from workbench.domain import SNAPSHOT_COLUMNS
from workbench.errors import NotEntitled
from workbench.ports import MarketStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from workbench.adapters.polygon.client import Client

    Row = dict[str, Any]

__all__ = ["market_status", "snapshot_table", "snapshots_of"]

MOST_PER_REQUEST = 250
STATUSES = {"open": "open", "closed": "closed"}


def market_status(client: Client) -> MarketStatus:
    """Whether New York is open, each of its exchanges, and currencies."""
    return read_status(client.one(client.rest.get_market_status))


def read_status(body: Row) -> MarketStatus:
    """The answer to the question for the status."""
    with as_documented():
        extended = "pre_market" if body.get("earlyHours") else "after_hours"
        status = {**STATUSES, "extended-hours": extended}[body["market"]]
        at = datetime.fromisoformat(body["serverTime"]).astimezone(UTC).replace(tzinfo=None)
        venues = {**(body.get("currencies") or {}), **(body.get("exchanges") or {})}
        return MarketStatus(status, at, venues)


def snapshots_of(client: Client, symbols: Sequence[str]) -> pa.Table:
    """The last trade, the quote and the session of each symbol, in their order."""
    found: dict[str, Row] = {}
    for first in range(0, len(symbols), MOST_PER_REQUEST):
        for rows in client.pages(
            client.rest.list_universal_snapshots,
            ticker_any_of=list(symbols[first : first + MOST_PER_REQUEST]),
            limit=MOST_PER_REQUEST,
        ):
            found |= {row.get("ticker", ""): row for row in rows}
    missing = {"error": "NOT_FOUND"}
    return snapshot_table([found.get(one, {"ticker": one, **missing}) for one in symbols])


def snapshot_table(rows: list[Row]) -> pa.Table:
    """The columns of snapshots.

    Parameters
    ----------
    rows : list of dict
        As they arrived, one for each symbol.

    Returns
    -------
    pyarrow.Table
        In `SNAPSHOT_COLUMNS`; the time is that of the last trade.

    Raises
    ------
    UnknownName
        If Polygon does not know one of the symbols.
    NotEntitled
        If the plan does not include one of them.
    """
    with as_documented():
        for row in rows:
            _refuse(row)
        return table_of(SNAPSHOT_COLUMNS, [_snapshot(row) for row in rows])


def _refuse(row: Row) -> None:
    said = row.get("error")
    if said == "NOT_FOUND":
        raise unknown(row["ticker"])
    if said:
        raise NotEntitled(
            f"Polygon does not show {row['ticker']} to this plan",
            seen=row.get("message", said),
            cure="Leave the symbol out, or change the plan",
        )


def _snapshot(row: Row) -> Row:
    trade, quote, session = (
        row.get(part) or {} for part in ("last_trade", "last_quote", "session")
    )
    stamp = trade.get("sip_timestamp") or trade.get("last_updated") or row.get("last_updated")
    quoted = quote.get("last_updated")
    lot = shares_per_lot(row["ticker"], quoted) if quoted else 1
    last = trade.get("price", session.get("price", row.get("value")))
    return {
        "symbol": row["ticker"],
        "time": from_nanoseconds([stamp])[0][0].as_py() if stamp else None,
        "last": last,
        **{side: quote.get(side) or None for side in ("bid", "ask")},
        **{f"{side}_size": _sized(quote, side, lot) for side in ("bid", "ask")},
        **{name: session.get(name) for name in ("open", "high", "low", "volume")},
        "previous_close": session.get("previous_close"),
    }


def _sized(quote: Row, side: str, lot: int) -> float | None:
    size = quote.get(f"{side}_size")
    return size * lot if size is not None and quote.get(side) else None
