"""Corporate actions: splits, dividends, changes of symbol and the end of trading."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from workbench.adapters.polygon.listings import require_known
from workbench.adapters.polygon.notation import escaped
from workbench.adapters.polygon.refusals import NotFound
from workbench.adapters.polygon.tables import as_documented, midnight, table_of, within
from workbench.domain import ACTION_COLUMNS, CorporateAction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from workbench.adapters.polygon.client import Client

    Row = dict[str, Any]

__all__ = ["action_table", "actions_of"]

MOST_PER_PAGE = 1000
DAY = timedelta(days=1)
ORDINARY = "CD"
"""Consistent dividends; the other types are special ones and gains of funds."""


def actions_of(client: Client, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
    """Actions of a symbol with an ex-date in ``[start, end)``, one kind after the other."""
    if start >= end:
        return
    days = start.date(), (end - timedelta(microseconds=1)).date()
    renames = _renames(client, symbol)
    is_known = renames is not None
    for read, rows in chain([(rename, renames or [])], _asked(client, symbol, *days)):
        is_known = is_known or bool(rows)
        kept = within(action_table(read, rows), start, end)
        if kept.num_rows:
            yield kept
    if not is_known:
        require_known(client, symbol)


def action_table(read: Callable[[Row], Row], rows: list[Row]) -> pa.Table:
    """Rows of one kind in `ACTION_COLUMNS`."""
    with as_documented():
        return table_of(ACTION_COLUMNS, [read(row) for row in rows])


def split(row: Row) -> Row:
    """A split: ``split_to`` new shares for ``split_from`` old ones."""
    return {
        "symbol": row["ticker"],
        "time": midnight(row["execution_date"]),
        "kind": str(CorporateAction.SPLIT),
        "ratio": row["split_to"] / row["split_from"],
        "source_id": row.get("id"),
    }


def dividend(row: Row) -> Row:
    """Cash as it was paid; gains that a fund distributes count as special."""
    is_ordinary = row["dividend_type"] == ORDINARY
    kind = CorporateAction.DIVIDEND if is_ordinary else CorporateAction.SPECIAL_DIVIDEND
    return {
        "symbol": row["ticker"],
        "time": midnight(row["ex_dividend_date"]),
        "kind": str(kind),
        "amount": row["cash_amount"],
        "currency": row.get("currency"),
        "declared_at": midnight(row.get("declaration_date")),
        "record_at": midnight(row.get("record_date")),
        "paid_at": midnight(row.get("pay_date")),
        "source_id": row.get("id"),
    }


def rename(row: Row) -> Row:
    """The old symbol becomes the new one."""
    return {
        "symbol": row["old"],
        "time": midnight(row["date"]),
        "kind": str(CorporateAction.RENAME),
        "into": row["new"],
    }


def delisting(row: Row) -> Row:
    """The first day without trading; what a holder received is not known here."""
    last = midnight(row["delisted_utc"])
    return {
        "symbol": row["ticker"],
        "time": last + DAY if last else None,
        "kind": str(CorporateAction.DELISTING),
    }


def _asked(
    client: Client, symbol: str, first: date, last: date
) -> Iterator[tuple[Callable[[Row], Row], list[Row]]]:
    rest = client.rest
    splits = client.pages(
        rest.list_splits,
        ticker=symbol,
        execution_date_gte=str(first),
        execution_date_lte=str(last),
        sort="execution_date",
        order="asc",
        limit=MOST_PER_PAGE,
    )
    for rows in splits:
        yield split, rows
    dividends = client.pages(
        rest.list_dividends,
        ticker=symbol,
        ex_dividend_date_gte=str(first),
        ex_dividend_date_lte=str(last),
        sort="ex_dividend_date",
        order="asc",
        limit=MOST_PER_PAGE,
    )
    for rows in dividends:
        yield dividend, rows
    ended = client.pages(rest.list_tickers, ticker=symbol, active=False, limit=MOST_PER_PAGE)
    for rows in ended:
        yield delisting, [row for row in rows if row.get("delisted_utc")]


def _renames(client: Client, symbol: str) -> list[Row] | None:
    """Each symbol that the instrument had with the next; None when nothing is told of it.

    The first event is the listing.
    """
    try:
        told = client.result(client.rest.get_ticker_events, escaped(symbol), types="ticker_change")
    except NotFound:
        return None
    with as_documented():
        events = sorted(told.get("events") or [], key=lambda event: str(event["date"]))
        names = [(event["date"], event["ticker_change"]["ticker"]) for event in events]
    return [{"old": old, "date": day, "new": new} for (_, old), (day, new) in pairwise(names)]
