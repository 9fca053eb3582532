"""From Alpaca's assets and corporate actions to the columns of the ports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.adapters.alpaca.tables import as_documented, schema_of
from workbench.domain import ACTION_COLUMNS, INSTRUMENT_COLUMNS, AssetClass, CorporateAction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    Row = dict[str, Any]

__all__ = ["ACTION_TYPES", "action_table", "instrument_table", "symbols_of"]

VENUES = {
    "NYSE": "XNYS",
    "NASDAQ": "XNAS",
    "AMEX": "XASE",
    "ARCA": "ARCX",
    "NYSEARCA": "ARCX",
    "BATS": "BATS",
    "OTC": "OTCM",
}
"""Alpaca's name of an exchange → its code by ISO 10383."""

CLASSES = {
    "us_equity": AssetClass.EQUITY,
    "us_option": AssetClass.OPTION,
    "crypto": AssetClass.CRYPTO,
}


def instrument_table(assets: list[Row]) -> pa.Table:
    """Assets in `INSTRUMENT_COLUMNS`; Alpaca does not tell funds from other shares."""
    with as_documented():
        rows = [_instrument(asset) for asset in assets]
        return pa.Table.from_pylist(rows, schema=schema_of(INSTRUMENT_COLUMNS))


def action_table(page: Row, symbols: Collection[str], start: datetime, end: datetime) -> pa.Table:
    """Corporate actions of some symbols with an ex-date in ``[start, end)``.

    Parameters
    ----------
    page : dict
        An answer, with ``corporate_actions``: kind → rows.
    symbols : collection of str
        Whose; what happened to others beside them is left out.
    start, end : datetime
        Naive UTC.

    Returns
    -------
    pyarrow.Table
        In `ACTION_COLUMNS`.
    """
    with as_documented():
        found = page["corporate_actions"] or {}
        rows = [_read(kind, row) for kind, some in found.items() for row in some if kind in READ]
        kept = [row for row in rows if row["symbol"] in symbols and start <= row["time"] < end]
        return pa.Table.from_pylist(kept, schema=schema_of(ACTION_COLUMNS))


def symbols_of(page: Row) -> set[str]:
    """All symbols that are named in a page of corporate actions."""
    found = page.get("corporate_actions") or {}
    names = {"symbol", "source_symbol", "acquiree_symbol", "acquirer_symbol", "old_symbol",
             "new_symbol"}  # fmt: skip
    return {row[name] for some in found.values() for row in some for name in names & set(row)}


def _instrument(asset: Row) -> Row:
    quote = asset["symbol"].partition("/")[2]  # of crypto, which has no exchange
    return {
        "instrument": asset["id"],
        "symbol": asset["symbol"],
        "name": asset["name"],
        "asset_class": str(CLASSES.get(asset["class"], AssetClass.UNKNOWN)),
        "venue": None if quote else VENUES.get(asset["exchange"]),
        "currency": quote or "USD",
        "tick": _number(asset.get("price_increment")),
        "lot": _number(asset.get("min_trade_increment")),
    }


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _read(kind: str, row: Row) -> Row:
    day = row.get("ex_date") or row.get("effective_date") or row["process_date"]
    common = {
        "time": _day(day),
        "record_at": _day(row.get("record_date")),
        "paid_at": _day(row.get("payable_date")),
        "source_id": row["id"],
    }
    return {**common, **READ[kind](row)}


def _day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _split(row: Row) -> Row:
    ratio = row["new_rate"] / row["old_rate"]
    return {"symbol": row["symbol"], "kind": str(CorporateAction.SPLIT), "ratio": ratio}


def _stock_dividend(row: Row) -> Row:
    return {"symbol": row["symbol"], "kind": str(CorporateAction.SPLIT), "ratio": 1 + row["rate"]}


def _dividend(row: Row) -> Row:
    special = CorporateAction.SPECIAL_DIVIDEND if row["special"] else CorporateAction.DIVIDEND
    return {
        "symbol": row["symbol"],
        "kind": str(special),
        "amount": row["rate"],
        "currency": _currency(row),
    }


def _spin_off(row: Row) -> Row:
    return {
        "symbol": row["source_symbol"],
        "kind": str(CorporateAction.SPIN_OFF),
        "ratio": row["new_rate"] / row["source_rate"],
        "into": row["new_symbol"],
    }


def _merger(row: Row) -> Row:
    """For cash (``rate``), for shares of the acquirer, or for both (``cash_rate``)."""
    each = row.get("acquiree_rate", 1)
    cash = row.get("rate", row.get("cash_rate"))
    return {
        "symbol": row["acquiree_symbol"],
        "kind": str(CorporateAction.MERGER),
        "ratio": row["acquirer_rate"] / each if "acquirer_rate" in row else None,
        "amount": None if cash is None else cash / each,
        "currency": None if cash is None else _currency(row),
        "into": row.get("acquirer_symbol"),
    }


def _rename(row: Row) -> Row:
    return {
        "symbol": row["old_symbol"],
        "kind": str(CorporateAction.RENAME),
        "into": row["new_symbol"],
    }


def _removal(row: Row) -> Row:
    """The share became worthless."""
    return {
        "symbol": row["symbol"],
        "kind": str(CorporateAction.DELISTING),
        "amount": 0.0,
        "currency": _currency(row),
    }


def _currency(row: Row) -> str | None:
    """Empty is dollars by Alpaca's word, except of foreign shares, where it is unknown."""
    return row.get("currency") or (None if row.get("foreign") else "USD")


READ: dict[str, Callable[[Row], Row]] = {
    "cash_dividends": _dividend,
    "cash_mergers": _merger,
    "forward_splits": _split,
    "name_changes": _rename,
    "reverse_splits": _split,
    "spin_offs": _spin_off,
    "stock_and_cash_mergers": _merger,
    "stock_dividends": _stock_dividend,
    "stock_mergers": _merger,
    "worthless_removals": _removal,
}
"""Alpaca's kind of action → what it is here. Units that come apart, redemptions, rights, calls of a
part and other reorganizations are not asked for: there is no word for them here."""

ACTION_TYPES = ",".join(kind.removesuffix("s") for kind in READ)
