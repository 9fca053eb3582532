"""The columns in which bulk data crosses a port (as `pyarrow.Table`) and lies in the lake.

Column → Arrow type. Every ``time`` and ``…_at`` is UTC without a zone; a missing value is null
and never zero. In the lake a table has the columns of `LAKE_COLUMNS` beside its own.
"""

from __future__ import annotations

__all__ = [
    "ACTION_COLUMNS",
    "ALIAS_COLUMNS",
    "BAR_COLUMNS",
    "FUNDAMENTAL_COLUMNS",
    "INSTRUMENT_COLUMNS",
    "LAKE_COLUMNS",
    "MACRO_COLUMNS",
    "MEMBERSHIP_COLUMNS",
    "OHLCV",
    "QUOTE_COLUMNS",
    "SNAPSHOT_COLUMNS",
    "TRADE_COLUMNS",
]

OHLCV = ("open", "high", "low", "close", "volume")
"""The variables of a Dataset of bars. A source may lack all but ``close``."""

LAKE_COLUMNS: dict[str, str] = {
    "dataset": "string",
    "content": "string",
    "known_at": "timestamp[us]",
    "recorded_at": "timestamp[us]",
}
"""What the lake adds to every row: the dataset; the content hash or the download that brought the
row; when the value became known, null for "as soon as the thing itself was complete"; when it was
written."""

BAR_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "open": "double",
    "high": "double",
    "low": "double",
    "close": "double",
    "volume": "double",
}
"""Bars, one row for each symbol and time."""

TRADE_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "nanosecond": "int16",
    "price": "double",
    "size": "double",
    "venue": "string",
    "conditions": "string",
    "trade_id": "string",
    "sequence": "int64",
}
"""Trades. ``nanosecond`` is what `time` cannot hold, 0 to 999; ``venue`` and ``conditions`` are
the vendor's codes, conditions between commas."""

QUOTE_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "nanosecond": "int16",
    "bid": "double",
    "bid_size": "double",
    "ask": "double",
    "ask_size": "double",
    "bid_venue": "string",
    "ask_venue": "string",
    "conditions": "string",
    "sequence": "int64",
}
"""Best bid and offer; a side that is empty is null."""

SNAPSHOT_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "last": "double",
    "bid": "double",
    "ask": "double",
    "bid_size": "double",
    "ask_size": "double",
    "open": "double",
    "high": "double",
    "low": "double",
    "volume": "double",
    "previous_close": "double",
}
"""What a market shows now: the last trade, the best quote and the session so far."""

ACTION_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "kind": "string",
    "ratio": "double",
    "amount": "double",
    "currency": "string",
    "into": "string",
    "declared_at": "timestamp[us]",
    "record_at": "timestamp[us]",
    "paid_at": "timestamp[us]",
    "source_id": "string",
}
"""Corporate actions. ``time`` is the ex-date at 00:00, ``kind`` a `CorporateAction`. ``ratio`` is
new shares for one old one (4.0 for a 4-for-1 split, 0.1 for a 1-for-10 reverse split; shares of
``into`` for a merger or spin-off). ``amount`` is cash for one share in ``currency``, as paid; for
a delisting it is what a holder received, null where unknown."""

INSTRUMENT_COLUMNS: dict[str, str] = {
    "instrument": "string",
    "symbol": "string",
    "name": "string",
    "asset_class": "string",
    "venue": "string",
    "currency": "string",
    "tick": "double",
    "lot": "double",
    "multiplier": "double",
    "listed": "timestamp[us]",
    "delisted": "timestamp[us]",
    "underlying": "string",
    "expires": "timestamp[us]",
    "figi": "string",
    "cik": "string",
}
"""Instruments. ``instrument`` is the identifier that survives a change of symbol; what a source
does not know is null and shown as ``unknown``."""

ALIAS_COLUMNS: dict[str, str] = {
    "instrument": "string",
    "vendor": "string",
    "alias": "string",
    "valid_from": "timestamp[us]",
    "valid_until": "timestamp[us]",
}
"""What a vendor calls an instrument in ``[valid_from, valid_until)``; null is open. The vendor
``symbol`` holds the workbench's own symbols."""

FUNDAMENTAL_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "item": "string",
    "period_start": "timestamp[us]",
    "fiscal_year": "int32",
    "fiscal_period": "string",
    "value": "double",
    "unit": "string",
    "form": "string",
    "filed_at": "timestamp[us]",
    "source_id": "string",
}
"""Reported facts. ``time`` is the end of the period (null ``period_start`` for a balance), and a
restatement is another row with a later ``filed_at``."""

MACRO_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "value": "double",
    "unit": "string",
}
"""Macroeconomic series: ``symbol`` names the series, ``time`` the period; a revised value is
another row with a later ``known_at``."""

MEMBERSHIP_COLUMNS: dict[str, str] = {
    "instrument": "string",
    "symbol": "string",
    "time": "timestamp[us]",
    "until": "timestamp[us]",
    "leaves_by": "string",
    "delisting_return": "double",
}
"""Membership of a universe from the session ``time`` to before ``until`` (null: still a member).
``leaves_by`` is ``rule``, ``delisting`` or ``merger``."""
