"""Instruments from a vendor: its symbols translated, one row for each, former symbols kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.data.instruments.identities import identified, latest_and_former
from workbench.data.instruments.results import InstrumentsAdded
from workbench.data.instruments.storing import (
    TYPES,
    open_master,
    store_aliases,
    store_instruments,
)
from workbench.data.instruments.symbology import canonical_symbol, vendor_symbols
from workbench.domain import ALIAS_COLUMNS, INSTRUMENT_COLUMNS, AssetClass
from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.ports import Lake, ReferenceSource

    Row = dict[str, Any]

__all__ = ["fetch_instruments"]

WRITTEN_AS = {AssetClass.ETF: AssetClass.EQUITY, AssetClass.UNKNOWN: None, AssetClass.RATE: None}
"""Asset classes that are not told by a notation of their own."""
DAY = dt.timedelta(days=1)


def fetch_instruments(
    source: ReferenceSource,
    vendor: str,
    lake: Lake,
    recorded_at: dt.datetime,
    *,
    symbols: Sequence[str] | None = None,
    asset_class: str | None = None,
    progress: Callable[[float, float | None, str], None] = lambda *_: None,
) -> InstrumentsAdded:
    """Ask a vendor for instruments and keep what it says.

    Parameters
    ----------
    source : ReferenceSource
        Who is asked.
    vendor : str
        Its name: how it writes symbols, and the dataset under which the rows are kept.
    lake : Lake
        Where they go.
    recorded_at : datetime
        Now, naive UTC.
    symbols : sequence of str, optional
        The workbench's symbols; all that the vendor has by default.
    asset_class : str, optional
        Only instruments of this kind.
    progress : callable, optional
        Takes ``(done, total, message)`` after each page.

    Returns
    -------
    InstrumentsAdded
        How many were new, changed and as they were; and what was left out, with the reason.

    Raises
    ------
    NoData
        If the vendor has none of this kind, or none that can be used.
    WireError
        If the vendor does not answer as it should.
    """
    asked = symbols and list(vendor_symbols(symbols, vendor, lake=lake).values())
    rows: list[Row] = []
    left_out: list[str] = []
    for page in source.instruments(asked, asset_class=asset_class):
        for row in page.to_pylist():
            try:
                rows.append({**row, **_translated(row, vendor)})
            except InvalidInput as error:
                left_out.append(f"{row['symbol']}: {error.what}")
        progress(len(rows), None, f"{len(rows)} instruments from {vendor}")
    if not rows:
        raise NoData(
            f"{vendor} has no instrument of this kind that can be used",
            seen=left_out[:3] or asset_class,
            cure="Name symbols, or another asset class",
        )
    latest, former = latest_and_former(identified(rows, open_master(lake)))
    written = store_instruments(lake, vendor, _table(latest, INSTRUMENT_COLUMNS), recorded_at)
    left_out += _store_former(former, vendor, lake, recorded_at)
    return InstrumentsAdded(
        kind="instruments",
        dataset=vendor,
        new=written.new,
        revised=written.revised,
        unchanged=written.unchanged,
        lake_version=written.version,
        left_out=left_out,
    )


def _translated(row: Row, vendor: str) -> Row:
    """The symbols of a row as the workbench writes them."""
    told = AssetClass(row["asset_class"] or "unknown")
    on = row["expires"] or (row["delisted"] - DAY if row["delisted"] else row["listed"])
    own = canonical_symbol(row["symbol"], vendor, on=on, asset_class=WRITTEN_AS.get(told, told))
    underlying = row["underlying"] and canonical_symbol(row["underlying"], vendor, on=on)
    return {"symbol": own, "underlying": underlying}


def _store_former(
    former: list[Row], vendor: str, lake: Lake, recorded_at: dt.datetime
) -> list[str]:
    """Keep former symbols, one by one if some of them contradict what is known; says which."""
    if not former:
        return []
    try:
        store_aliases(lake, vendor, _table(former, ALIAS_COLUMNS), recorded_at)
    except InvalidInput as error:
        if len(former) == 1:
            return [f"{former[0]['alias']}: {error.what} ({error.seen})"]
        return [said for row in former for said in _store_former([row], vendor, lake, recorded_at)]
    return []


def _table(rows: list[Row], columns: Mapping[str, str]) -> pa.Table:
    schema = pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])
    return pa.Table.from_pylist(rows, schema=schema)
