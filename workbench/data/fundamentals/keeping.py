"""Facts in the lake: every statement once, what a vendor changed later beside the old value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.fundamentals.facts import KEYS, KNOWN_AT, SCHEMA, with_known_at
from workbench.data.fundamentals.items import names_of, refuse_unknown
from workbench.data.knowledge import upsert
from workbench.errors import InvalidInput, NoData, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workbench.data.knowledge import Upserted
    from workbench.ports import Lake

__all__ = ["TABLE", "load_facts", "store_facts"]

TABLE = "fundamentals"
MOMENT = pa.timestamp("us")


def store_facts(
    lake: Lake, dataset: str, facts: pa.Table, *, recorded_at: datetime, content: str = ""
) -> Upserted:
    """Write statements that are new or that the vendor has changed.

    Parameters
    ----------
    lake : Lake
        Where they go.
    dataset : str
        Whose facts these are, such as ``polygon`` or ``sec``.
    facts : pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`, perhaps with ``known_at``.
    recorded_at : datetime
        Now, naive UTC. A value that differs from the one held for the same statement became
        known now, and so did a statement without a filing date.
    content : str
        Which download or file brings them.

    Returns
    -------
    Upserted
        How many were new, changed and as known.
    """
    given = facts if KNOWN_AT in facts.column_names else _with_null_known_at(facts)
    undated = pc.and_(pc.is_null(given["filed_at"]), pc.is_null(given[KNOWN_AT]))
    held = _held_statements(lake, dataset)
    fresh = pc.and_(undated, pc.invert(pc.is_in(_names(given), value_set=held)))
    known_at = pc.if_else(fresh, pa.scalar(recorded_at, MOMENT), given[KNOWN_AT])
    given = given.set_column(given.column_names.index(KNOWN_AT), KNOWN_AT, known_at)
    return upsert(lake, TABLE, dataset, given, keys=KEYS, recorded_at=recorded_at, content=content)


def load_facts(
    lake: Lake,
    symbols: Sequence[str],
    *,
    items: Sequence[str] | None = None,
    dataset: str | None = None,
    as_of: datetime | None = None,
) -> pa.Table:
    """Every statement of some symbols, changed values beside the old ones.

    Parameters
    ----------
    lake : Lake
        Where they lie.
    symbols : sequence of str
        Each must have facts.
    items : sequence of str, optional
        Names of the source, or plain names of `ITEMS`; all by default.
    dataset : str, optional
        Whose facts; may be left out where only one has these symbols.
    as_of : datetime, optional
        Leave out what became known later (naive UTC).

    Returns
    -------
    pyarrow.Table
        In `FUNDAMENTAL_COLUMNS` with ``known_at``, the moment from which each was known.

    Raises
    ------
    NoData
        If the lake has no facts at all, or none of them was known by `as_of`.
    UnknownName
        If a symbol has none, or none is of an item.
    InvalidInput
        If several datasets have these symbols and none is named.
    """
    if lake.version(TABLE) is None:
        raise NoData(
            "There are no fundamentals in the lake yet",
            cure="Bring them: workbench data fundamentals add, or … fundamentals download",
        )
    filters: list[tuple[str, str, object]] = [("symbol", "in", list(symbols))]
    filters += [("dataset", "==", dataset)] if dataset else []
    present = lake.read(TABLE, filters=filters, columns=["dataset", "symbol", "item"])
    _check_present(lake, present, symbols, items)
    if items is not None:
        filters.append(("item", "in", [name for item in items for name in names_of(item)]))
    facts = with_known_at(lake.read(TABLE, filters=filters, columns=[*SCHEMA.names, KNOWN_AT]))
    if as_of is None:
        return facts
    return facts.filter(pc.less_equal(facts[KNOWN_AT], pa.scalar(as_of, MOMENT)))


def _check_present(
    lake: Lake, present: pa.Table, symbols: Sequence[str], items: Sequence[str] | None
) -> None:
    """Refuse a symbol or an item that has no facts, and facts of two datasets."""
    held = set(present["symbol"].unique().to_pylist())
    for symbol in symbols:
        if symbol not in held:
            known = lake.read(TABLE, columns=["symbol"])["symbol"].unique().to_pylist()
            raise UnknownName("symbol with fundamentals", symbol, known)
    refuse_unknown(items or (), present["item"].unique().to_pylist())
    datasets = present["dataset"].unique().to_pylist()
    if len(datasets) > 1:
        raise InvalidInput(
            "More than one dataset has fundamentals of these symbols",
            seen=sorted(datasets),
            cure="Say which: dataset=NAME",
        )


def _with_null_known_at(facts: pa.Table) -> pa.Table:
    return facts.append_column(KNOWN_AT, pa.nulls(facts.num_rows, MOMENT))


def _held_statements(lake: Lake, dataset: str) -> pa.Array:
    """The names of the statements without a filing date that the lake has."""
    if lake.version(TABLE) is None:
        return pa.array([], pa.string())
    held = lake.read(TABLE, filters=[("dataset", "==", dataset)], columns=list(KEYS))
    return _names(held.filter(pc.is_null(held["filed_at"]))).combine_chunks()


def _names(facts: pa.Table) -> pa.ChunkedArray:
    """One text for the keys of each statement."""
    columns = [pc.fill_null(facts[key].cast(pa.string()), "") for key in KEYS]
    return pc.binary_join_element_wise(*columns, "\t")
