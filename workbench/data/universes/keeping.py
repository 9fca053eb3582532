"""Universes in the lake: their spells in the table ``universes``, their facts in a manifest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from workbench.data.calendars import open_calendar
from workbench.data.manifest import UniverseManifest, write_manifest
from workbench.data.universes.manifests import universe_manifest
from workbench.data.universes.members import SCHEMA, Membership
from workbench.domain import LAKE_COLUMNS
from workbench.errors import NoData, StoreError
from workbench.settings import home

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.data.manifest import Manifest
    from workbench.ports import Lake

__all__ = ["TABLE", "load_membership", "store_membership"]

TABLE = "universes"


def store_membership(
    lake: Lake,
    name: str,
    members: Membership,
    source: Manifest,
    *,
    title: str,
    recorded_at: datetime,
    rule: str = "",
    listed_in: str = "",
) -> UniverseManifest:
    """Write a universe to the lake and its facts to ``WORKBENCH_HOME/datasets``.

    Parameters
    ----------
    lake : Lake
        Where the spells go; those that the universe had are replaced, earlier versions of the
        table keep them.
    name : str
        How it is called.
    members : Membership
        The members.
    source : Manifest
        The dataset of the bars.
    title : str
        What it is in a line; by default the rule.
    recorded_at : datetime
        Now, naive UTC.
    rule, listed_in : str
        The sentence of the rule, or the file that listed the members.

    Returns
    -------
    UniverseManifest
        As it was written.

    Raises
    ------
    NoData
        If nothing has ever been a member, or no member has bars in the dataset.
    StoreError
        If the lake cannot be written.
    """
    series = {
        symbol: source.series[symbol] for symbol in members.symbols if symbol in source.series
    }
    if not series:
        raise NoData(
            f"No symbol of {source.name} is ever a member",
            seen=rule or listed_in,
            cure="Ask for less history or a lower price, or give the dataset of these symbols",
        )
    facts = {
        **source.model_dump(exclude={"companions", "aliases"}),
        "name": name,
        "kind": "universe",
        "carrier": "lake",
        "title": title or rule or f"Members as {listed_in} lists them",
        "of": source.name,
        "rule": rule,
        "listed_in": listed_in,
        "spells": members.table.num_rows,
        "survivorship": members.survivorship,
        "universe": series,
        "sha256": _hash(members.table),
    }
    manifest = UniverseManifest.model_validate(facts)
    lake.replace(TABLE, _tagged(members.table, manifest, recorded_at), where={"dataset": name})
    write_manifest(manifest, home() / "datasets")
    return manifest


def load_membership(lake: Lake, name: str) -> Membership:
    """A universe from the lake.

    Parameters
    ----------
    lake : Lake
        Where its spells lie.
    name : str
        The universe.

    Returns
    -------
    Membership
        Its mask covers the sessions of the bars it was made of.

    Raises
    ------
    UnknownName
        If there is no such universe.
    StoreError
        If its spells are no longer in the lake.
    """
    manifest = universe_manifest(name)
    filters = [("dataset", "==", name), ("content", "==", manifest.content)]
    held = None if lake.version(TABLE) is None else lake.read(TABLE, filters=filters)
    if held is None or held.num_rows != manifest.spells:
        raise StoreError(
            f"The members of the universe {name!r} are no longer in the lake",
            cure="Make it again: workbench data universes make NAME DATASET RULE --replace",
        )
    table = held.select(SCHEMA.names).sort_by([("symbol", "ascending"), ("time", "ascending")])
    first, last = manifest.span(tuple(manifest.universe))
    days = open_calendar(manifest.calendar, np.datetime64(first)).sessions
    inside = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    times = days[inside].astype("datetime64[ns]")
    return Membership.of_spells(table, times, manifest.survivorship)


def _tagged(table: pa.Table, manifest: UniverseManifest, recorded_at: datetime) -> pa.Table:
    """The rows with the columns that the lake adds."""
    own: dict[str, Any] = {
        "dataset": manifest.name,
        "content": manifest.content,
        "known_at": None,
        "recorded_at": recorded_at,
    }
    for column, kind in LAKE_COLUMNS.items():
        field = pa.field(column, kind)
        table = table.append_column(field, pa.array([own[column]] * table.num_rows, field.type))
    return table


def _hash(table: pa.Table) -> str:
    """The SHA-256 of the spells, one line of text each."""
    lines = ("\t".join(map(repr, row.values())) for row in table.to_pylist())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
