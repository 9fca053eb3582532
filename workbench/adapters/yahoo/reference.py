"""What a chart of Yahoo tells beside its bars: the instrument and its corporate actions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from workbench.domain import ACTION_COLUMNS, INSTRUMENT_COLUMNS, AssetClass, CorporateAction

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from workbench.adapters.yahoo.chart import Chart

__all__ = ["actions_table", "instruments_table"]

CLASSES = {
    "EQUITY": AssetClass.EQUITY,
    "ETF": AssetClass.ETF,
    "INDEX": AssetClass.INDEX,
    "CURRENCY": AssetClass.FX,
    "CRYPTOCURRENCY": AssetClass.CRYPTO,
    "FUTURE": AssetClass.FUTURE,
    "OPTION": AssetClass.OPTION,
}
VENUES = {
    "NMS": "XNAS", "NGM": "XNAS", "NCM": "XNAS", "NYQ": "XNYS", "ASE": "XASE", "PCX": "ARCX",
    "BTS": "BATS", "LSE": "XLON", "JPX": "XTKS", "GER": "XETR", "PAR": "XPAR", "AMS": "XAMS",
    "TOR": "XTSE", "HKG": "XHKG", "ASX": "XASX", "EBS": "XSWX", "MIL": "XMIL", "SAO": "BVMF",
    "NSI": "XNSE", "CME": "XCME", "CBT": "XCBT", "NYM": "XNYM", "CMX": "XCEC",
}  # fmt: skip
"""Yahoo's code of an exchange and the market identifier code of ISO 10383."""

DECIMALS = 6
"""How many Yahoo gives of a dividend."""


def instruments_table(chart: Chart) -> pa.Table:
    """What a symbol is.

    Parameters
    ----------
    chart : Chart
        Any of its charts.

    Returns
    -------
    pyarrow.Table
        One row in `INSTRUMENT_COLUMNS`. Yahoo has no identifier that survives a change of symbol.
    """
    meta = chart.meta
    first = meta.get("firstTradeDate")
    row = {
        "symbol": chart.symbol,
        "name": meta.get("longName") or meta.get("shortName"),
        "asset_class": str(CLASSES.get(meta.get("instrumentType", ""), AssetClass.UNKNOWN)),
        "venue": VENUES.get(meta.get("exchangeName", "")),
        "currency": meta.get("currency"),
        "listed": None if first is None else pd.Timestamp(chart.day_of(first)),
    }
    return _table([row], INSTRUMENT_COLUMNS)


def actions_table(chart: Chart) -> pa.Table:
    """The corporate actions of a chart, by ex-date.

    Parameters
    ----------
    chart : Chart
        That reaches up to now: dividends are multiplied by all splits after them.

    Returns
    -------
    pyarrow.Table
        In `ACTION_COLUMNS`.
    """
    rows = [*_splits(chart), *_cash(chart)]
    return _table(sorted(rows, key=lambda row: row["time"]), ACTION_COLUMNS)


def _splits(chart: Chart) -> Iterator[dict[str, Any]]:
    for event in chart.events.get("splits", []):
        ratio = event["numerator"] / event["denominator"]
        yield _row(chart, CorporateAction.SPLIT, event, ratio=ratio)


def _cash(chart: Chart) -> Iterator[dict[str, Any]]:
    """Dividends, and gains of days without one: else Yahoo counts them in the dividend."""
    paid = set()
    for event in chart.events.get("dividends", []):
        paid.add(chart.day_of(event["date"]))
        yield _row(chart, CorporateAction.DIVIDEND, event, amount=_as_paid(chart, event))
    for event in chart.events.get("capitalGains", []):
        if chart.day_of(event["date"]) not in paid:
            amount = _as_paid(chart, event)
            yield _row(chart, CorporateAction.SPECIAL_DIVIDEND, event, amount=amount)


def _as_paid(chart: Chart, event: dict[str, Any]) -> float:
    """Cash for one share of that day, to the digits that Yahoo's rounding leaves."""
    ratio = _later_splits(chart, chart.day_of(event["date"]))
    lost = math.ceil(math.log10(ratio)) if ratio > 1 else 0
    return round(float(event["amount"]) * ratio, max(2, DECIMALS - lost))


def _later_splits(chart: Chart, day: dt.date) -> float:
    ratio = 1.0
    for event in chart.events.get("splits", []):
        if chart.day_of(event["date"]) > day:
            ratio *= event["numerator"] / event["denominator"]
    return ratio


def _row(
    chart: Chart, kind: CorporateAction, event: dict[str, Any], **facts: float
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "symbol": chart.symbol,
        "time": pd.Timestamp(chart.day_of(event["date"])),
        "kind": str(kind),
        **facts,
    }
    if "amount" in facts:
        row["currency"] = event.get("currency") or chart.meta.get("currency")
    return row


def _table(rows: list[dict[str, Any]], columns: dict[str, str]) -> pa.Table:
    """Rows as a table; what a row does not have is null."""
    schema = pa.schema({name: pa.type_for_alias(kind) for name, kind in columns.items()})
    return pa.Table.from_pylist(rows, schema)
