"""Bring the embedded datasets into the lake on their first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pyarrow as pa

from workbench.data.canonical import SCHEMA, content_hash
from workbench.errors import StoreError

if TYPE_CHECKING:
    from workbench.data.manifest import Manifest
    from workbench.ports import Lake

__all__ = ["ensure", "is_ingested", "store"]

CARRIERS = {
    "skfolio": "workbench.data.skfolio",
    "arch": "workbench.data.arch",
    "bokeh_sampledata": "workbench.data.bokeh_sampledata",
}
"""Carrier → module; its ``load()`` returns the canonical table."""


def is_ingested(manifest: Manifest, lake: Lake) -> bool:
    """Whether the lake holds the content that the manifest names."""
    if lake.version(manifest.table) is None:
        return False
    if manifest.carrier == "download":  # it grows: whatever is there is its content
        return bool(lake.read(manifest.table, filters=_content(manifest)[:1], columns=["time"]))
    held = lake.read(manifest.table, filters=_content(manifest), columns=["dataset"])
    return bool(held.num_rows >= manifest.rows)  # more when a repair has added revisions


def ensure(manifest: Manifest, lake: Lake) -> None:
    """Bring a dataset into the lake unless it is there; safe with several processes at once.

    Parameters
    ----------
    manifest : Manifest
        Its facts.
    lake : Lake
        Where it belongs.

    Raises
    ------
    MissingExtra
        If the library that carries it is not installed.
    StoreError
        If the content is not what the manifest says, or was removed from the lake.
    """
    if is_ingested(manifest, lake):
        return
    if manifest.carrier == "download":
        raise StoreError(
            f"The rows of the dataset {manifest.name!r} are no longer in the lake",
            cure=f"Download them again: workbench data download {manifest.vendor} --refresh",
        )
    if manifest.carrier == "lake":
        raise StoreError(
            f"The rows of the dataset {manifest.name!r} are no longer in the lake",
            cure="Add it again: workbench data add NAME FILE --replace",
        )
    table: pa.Table = import_module(CARRIERS[manifest.carrier]).load()
    found = content_hash(table)
    if found != manifest.sha256:
        raise StoreError(
            f"The files of the dataset {manifest.name!r} are not those of its manifest",
            seen=found[:12],
            cure=f"Install the tested version of {manifest.carrier} (constraints.txt)",
        )
    store(manifest, table, lake)


def store(manifest: Manifest, table: pa.Table, lake: Lake) -> int:
    """Write the canonical rows of a dataset, replacing all that it had; the new version."""
    count = table.num_rows
    tagged = table.select(SCHEMA.names)
    tagged = tagged.add_column(0, "dataset", pa.array([manifest.name] * count, pa.string()))
    tagged = tagged.append_column("content", pa.array([manifest.content] * count, pa.string()))
    return lake.replace(manifest.table, tagged, where={"dataset": manifest.name})


def _content(manifest: Manifest) -> list[tuple[str, str, str]]:
    return [("dataset", "==", manifest.name), ("content", "==", manifest.content)]
