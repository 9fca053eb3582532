"""The manifest of a downloaded dataset, kept in step with what lies in the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.catalogue import dataset_names, manifest
from workbench.data.instruments import asset_class_of
from workbench.data.manifest import Manifest, Series, write_manifest
from workbench.domain import Adjust
from workbench.errors import InvalidInput
from workbench.settings import home

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from workbench.ports import Lake, SourceFacts

__all__ = ["check_dataset", "dataset_name", "write_facts"]

UNIT = {"volume": "units traded"}


def dataset_name(source: str, timeframe: str) -> str:
    """What a download is called if nobody says otherwise: ``polygon-1d``."""
    return f"{source}-{timeframe.replace('M', 'mo')}".replace("_", "-").lower()


def check_dataset(name: str, source: str, timeframe: str) -> Manifest | None:
    """The manifest of a dataset that can be filled from this source; None when it is new.

    Parameters
    ----------
    name : str
        The dataset.
    source, timeframe : str
        What would fill it.

    Returns
    -------
    Manifest or None
        As it stands.

    Raises
    ------
    InvalidInput
        If it comes from elsewhere or has bars of another length.
    """
    if name not in dataset_names():
        return None
    held = manifest(name)
    if (held.carrier, held.vendor, held.timeframe) != ("download", source, timeframe):
        raise InvalidInput(
            f"The dataset {name!r} is not filled with {timeframe} bars from {source}",
            seen=f"{held.vendor or held.carrier}, {held.timeframe}",
            cure="Give another name: dataset=… (--dataset)",
        )
    return held


def write_facts(
    name: str,
    vendor: SourceFacts,
    *,
    timeframe: str,
    calendar: str,
    currency: str,
    actions: bool,
    touched: Iterable[str],
    lake: Lake,
) -> Path:
    """Write the manifest with what the lake now holds of the touched symbols.

    Parameters
    ----------
    name : str
        The dataset.
    vendor : SourceFacts
        Where it comes from.
    timeframe, calendar, currency : str
        Of all its bars.
    actions : bool
        Whether its corporate actions lie in the lake.
    touched : iterable of str
        The symbols of this download; what is known of others stays.
    lake : Lake
        Where the bars lie.

    Returns
    -------
    pathlib.Path
        The manifest.
    """
    held = check_dataset(name, vendor.name, timeframe)
    universe = dict(held.universe) if held else {}
    universe.update(_series(name, f"bars_{timeframe}", sorted(touched), lake))
    price = f"{currency} per unit" if currency else "price, currency by symbol"
    fields = ("open", "high", "low", "close", "volume")
    facts = Manifest(
        name=name,
        title=f"{vendor.title}: {len(universe)} symbols",
        carrier="download",
        vendor=vendor.name,
        timeframe=timeframe,
        calendar=calendar,
        currency=currency,
        fields={field: UNIT.get(field, price) for field in fields},
        adjust=Adjust.ALL if actions else vendor_adjust(vendor, actions=actions),
        stored=vendor_adjust(vendor, actions=actions),
        delay_seconds=vendor.delay_seconds,
        survivorship=vendor.survivorship,
        source=vendor.title,
        licence=vendor.licence,
        universe=dict(sorted(universe.items())),
        actions=actions,
    )
    return write_manifest(facts, home() / "datasets")


def vendor_adjust(vendor: SourceFacts, *, actions: bool) -> Adjust:
    """How the bars lie in the lake: as traded wherever the splits are known."""
    if vendor.adjust is Adjust.SPLITS and actions:
        return Adjust.NONE
    return Adjust.VENDOR if vendor.adjust is Adjust.ALL else vendor.adjust


def _series(name: str, table: str, symbols: list[str], lake: Lake) -> dict[str, Series]:
    """What the lake holds of some symbols, counted part by part."""
    if not symbols:
        return {}
    filters: list[tuple[str, str, Any]] = [("dataset", "==", name), ("symbol", "in", symbols)]
    counted = []
    for part in lake.scan(table, filters=filters, columns=["symbol", "time"]):
        plain = part.set_column(0, "symbol", part["symbol"].cast(pa.string()))
        ways = [("time", "min"), ("time", "max"), ("time", "count_distinct")]
        counted.append(plain.group_by("symbol").aggregate(ways))
    whole = pa.concat_tables(counted).group_by("symbol")
    summed = whole.aggregate(
        [("time_min", "min"), ("time_max", "max"), ("time_count_distinct", "sum")]
    )
    days = {
        column: pc.cast(summed[f"time_{column}_{column}"], pa.date32()) for column in ("min", "max")
    }
    rows = zip(
        summed["symbol"].to_pylist(),
        days["min"].to_pylist(),
        days["max"].to_pylist(),
        summed["time_count_distinct_sum"].to_pylist(),
        strict=True,
    )
    return {
        symbol: Series(start=first, end=last, rows=count, asset_class=asset_class_of(symbol))
        for symbol, first, last, count in rows
    }
