"""From renames to the names that an instrument has had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.actions.shaping import TYPES, shaped
from workbench.domain import ALIAS_COLUMNS, CorporateAction

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["aliases_of_renames"]

SYMBOL = "symbol"
"""The vendor under which the workbench's own symbols stand among the aliases."""


def aliases_of_renames(actions: pa.Table, instruments: Mapping[str, str] | None = None) -> pa.Table:
    """The symbols that each renamed instrument has had, and from when to when.

    Parameters
    ----------
    actions : pyarrow.Table
        In `ACTION_COLUMNS`; only renames count.
    instruments : mapping, optional
        The newest symbol of an instrument → its identifier; by default that symbol.

    Returns
    -------
    pyarrow.Table
        In `ALIAS_COLUMNS`, as `workbench.data.instruments.store_aliases` takes them: of every
        name, in order of time.
    """
    table = shaped(actions)
    renames = table.filter(pc.equal(table["kind"], CorporateAction.RENAME.value)).sort_by("time")
    chains: dict[str, list[dict[str, Any]]] = {}
    for rename in renames.to_pylist():
        chain = chains.pop(rename["symbol"], [_name(rename["symbol"], None)])
        chain[-1] = {**chain[-1], "valid_until": rename["time"]}
        chains[rename["into"]] = [*chain, _name(rename["into"], rename["time"])]
    known = instruments or {}
    rows = [
        {"instrument": known.get(newest, newest), "vendor": SYMBOL, **name}
        for newest, chain in chains.items()
        for name in chain
    ]
    types = {name: TYPES[kind] for name, kind in ALIAS_COLUMNS.items()}
    return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))


def _name(symbol: str, since: object) -> dict[str, Any]:
    return {"alias": symbol, "valid_from": since, "valid_until": None}
