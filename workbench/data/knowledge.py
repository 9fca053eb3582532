"""What was known when: revisions stand beside the old value, and `as_of` chooses among them.

A row's ``known_at`` is null when its value was known in its own time (a bar at its close, a report
when it was filed), else the moment at which the value became known. A revision is another row of
the same keys with a later ``known_at``; nothing is ever overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.store import ordered_with_ranks, ranks_of, same_as_before

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy.typing as npt

    from workbench.ports import Lake

__all__ = ["Upserted", "latest", "upsert"]

KNOWN_AT = "known_at"
MOMENT = pa.timestamp("us")
OWN = ("dataset", "content", "recorded_at")
"""What the lake says about a row, which is no part of its value."""
MOST_NAMED = 200
"""So many symbols are named to the lake; of more, all are read."""


@dataclass(frozen=True)
class Upserted:
    """What a write brought.

    Parameters
    ----------
    new, revised, unchanged : int
        Rows whose keys were not there, whose values are others than were known, and the rest.
    version : int or None
        The version of the table that holds them; None when there is none.
    """

    new: int
    revised: int
    unchanged: int
    version: int | None


def latest(
    rows: pa.Table, keys: Sequence[str], as_of: datetime | None = None, *, in_order: bool = False
) -> pa.Table:
    """Of all rows with the same keys, the one that was known last.

    Parameters
    ----------
    rows : pyarrow.Table
        With a column ``known_at``; null is before every moment. Of equal moments the later row
        counts.
    keys : sequence of str
        What names a thing: ``("symbol", "time")`` for bars.
    as_of : datetime, optional
        Rows with a later ``known_at`` are left out (naive UTC); all count by default.
    in_order : bool
        Whether the rows are sorted by keys and ``known_at`` already, as a lake's scan gives them.

    Returns
    -------
    pyarrow.Table
        One row for each combination of keys, in order of the keys.
    """
    if as_of is not None:
        known = pc.less_equal(rows[KNOWN_AT], pa.scalar(as_of, MOMENT))
        rows = rows.filter(pc.coalesce(known, pa.scalar(value=True)))
    if in_order:
        ranks = ranks_of(rows, keys)
    else:
        rows, ranks = ordered_with_ranks(rows, [*keys, KNOWN_AT])
    if not rows.num_rows:
        return rows
    repeated = same_as_before(ranks[: len(keys)])
    return rows.filter(pa.array(~np.append(repeated[1:], False))) if repeated.any() else rows


def upsert(  # noqa: PLR0913  what a row says about itself
    lake: Lake,
    table: str,
    dataset: str,
    rows: pa.Table,
    *,
    keys: Sequence[str],
    recorded_at: datetime,
    revised_at: datetime | None = None,
    content: str = "",
    late: bool = False,
) -> Upserted:
    """Write what is new or differs from what is known; the same call again writes nothing.

    Parameters
    ----------
    lake : Lake
        Where the table lies; it is made when there is none.
    table, dataset : str
        The table, and the dataset whose rows these are.
    rows : pyarrow.Table
        Keys and values. A column ``known_at`` says when each value became known; where it is
        null or absent, a new thing was known in its own time and a changed value at `revised_at`.
        Of rows with the same keys and moment the last counts.
    keys : sequence of str
        What names a thing.
    recorded_at : datetime
        Now, naive UTC.
    revised_at : datetime, optional
        `recorded_at` by default.
    content : str
        Which download or file brings the rows.
    late : bool
        New things too became known only at `revised_at`: they were looked for before and were
        not there.

    Returns
    -------
    Upserted
        Counts and the version.
    """
    values = [name for name in rows.column_names if name not in {*OWN, *keys, KNOWN_AT}]
    given = _dated(rows.select([*keys, *values, *_if_there(rows)]))
    given = latest(given, [*keys, KNOWN_AT])
    moment = revised_at or recorded_at
    held = _held(lake, table, dataset, given, keys)
    if held is None:
        is_new, is_other = _first_of_each(given, keys, values)
    else:
        held = held.select(given.column_names).cast(given.schema)
        given = _revisions_dated(given, held, keys, moment)
        is_new, is_other = _compared(given, held, keys, values)
    if late:
        given = _undated_at(given, pa.array(is_new), moment)
    fresh = given.filter(pa.array(is_new | is_other))
    version = lake.version(table)
    if fresh.num_rows:
        version = lake.append(table, _tagged(fresh, dataset, content, recorded_at))
    new, other = int(is_new.sum()), int(is_other.sum())
    return Upserted(new, other, given.num_rows - new - other, version)


def _if_there(rows: pa.Table) -> list[str]:
    return [KNOWN_AT] if KNOWN_AT in rows.column_names else []


def _dated(rows: pa.Table) -> pa.Table:
    """The rows with a column known_at, and null where a number is NaN."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_floating(field.type):
            column = rows[field.name]
            clean = pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
            rows = rows.set_column(place, field, clean)
    if KNOWN_AT in rows.column_names:
        place = rows.column_names.index(KNOWN_AT)
        return rows.set_column(place, KNOWN_AT, rows[KNOWN_AT].cast(MOMENT))
    return rows.append_column(KNOWN_AT, pa.nulls(rows.num_rows, MOMENT))


def _held(
    lake: Lake, table: str, dataset: str, given: pa.Table, keys: Sequence[str]
) -> pa.Table | None:
    """All revisions of what could be among the given rows; None when there is nothing.

    Narrowed by keys only: a symbol that is no key, as an instrument's, can be what has changed.
    """
    if lake.version(table) is None or not given.num_rows:
        return None
    filters: list[tuple[str, str, Any]] = [("dataset", "==", dataset)]
    if "time" in keys:
        times = pc.min_max(given["time"]).as_py()
        filters += [("time", ">=", times["min"]), ("time", "<=", times["max"])]
    if "symbol" in keys:
        symbols = given["symbol"].unique().to_pylist()
        filters += [("symbol", "in", symbols)] if len(symbols) <= MOST_NAMED else []
    held = lake.read(table, filters=filters)
    for field in given.schema:
        if field.name not in held.column_names:  # the table was made by an older version
            held = held.append_column(field, pa.nulls(held.num_rows, field.type))
    return held if held.num_rows else None


def _revisions_dated(
    given: pa.Table, held: pa.Table, keys: Sequence[str], moment: datetime
) -> pa.Table:
    """Date what has no moment of its own and is there already: it can only be a revision."""
    both = pa.concat_tables([held.select(keys), given.select(keys)]).combine_chunks()
    ranks = ranks_of(both, keys)
    places = np.lexsort(ranks[::-1])
    same = same_as_before([rank[places] for rank in ranks])
    group = np.cumsum(~same) - 1
    is_held = np.zeros(group[-1] + 1, dtype=bool)
    is_held[group[places < held.num_rows]] = True
    there = np.empty(len(places), dtype=bool)
    there[places] = is_held[group]
    return _undated_at(given, pa.array(there[held.num_rows :]), moment)


def _undated_at(rows: pa.Table, which: pa.Array, moment: datetime) -> pa.Table:
    """Date those of `which` that have no moment of their own."""
    undated = pc.and_(which, pc.is_null(rows[KNOWN_AT]))
    known_at = pc.if_else(undated, pa.scalar(moment, MOMENT), rows[KNOWN_AT])
    return rows.set_column(rows.column_names.index(KNOWN_AT), KNOWN_AT, known_at)


def _compared(
    given: pa.Table, held: pa.Table, keys: Sequence[str], values: Sequence[str]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which given rows are new, and which differ from what was known just before them."""
    both = pa.concat_tables([held, given]).combine_chunks()
    ranks = ranks_of(both, [*keys, KNOWN_AT])
    places = np.lexsort(ranks[::-1])
    is_new, is_other = _first_of_each(both.take(pa.array(places)), keys, values)
    new, other = np.empty_like(is_new), np.empty_like(is_other)
    new[places], other[places] = is_new, is_other
    return new[held.num_rows :], other[held.num_rows :]


def _first_of_each(
    rows: pa.Table, keys: Sequence[str], values: Sequence[str]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """In sorted rows: the first of each thing, and those with other values than the row before."""
    if not rows.num_rows:
        return np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
    again = same_as_before(ranks_of(rows, keys))
    if not again.any():
        return ~again, np.zeros_like(again)
    alike = np.ones(rows.num_rows - 1, dtype=bool)
    for name in values:
        alike &= _alike(rows[name].combine_chunks())
    return ~again, again & ~np.append(False, alike)


def _alike(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Whether each value but the first equals the one before it; null equals null."""
    before, after = column.slice(0, len(column) - 1), column.slice(1)
    both_null = pc.and_(pc.is_null(before), pc.is_null(after))
    same = pc.or_(pc.coalesce(pc.equal(before, after), pa.scalar(value=False)), both_null)
    alike: npt.NDArray[np.bool_] = same.to_numpy(zero_copy_only=False)
    return alike


def _tagged(rows: pa.Table, dataset: str, content: str, recorded_at: datetime) -> pa.Table:
    count = rows.num_rows
    tagged = rows.add_column(0, "dataset", pa.array([dataset] * count, pa.string()))
    tagged = tagged.append_column("content", pa.array([content] * count, pa.string()))
    return tagged.append_column("recorded_at", pa.array([recorded_at] * count, MOMENT))
