"""Instruments and aliases in the lake: what was known about them when."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from workbench.context import current
from workbench.data.instruments.instrument import Alias, Instrument
from workbench.data.instruments.master import SecurityMaster
from workbench.data.knowledge import latest, upsert
from workbench.domain import ALIAS_COLUMNS, INSTRUMENT_COLUMNS, AssetClass, as_session
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from workbench.data.knowledge import Upserted
    from workbench.domain import Session
    from workbench.ports import Lake

__all__ = [
    "find_instrument",
    "load_aliases",
    "load_instruments",
    "open_master",
    "store_aliases",
    "store_instruments",
]

INSTRUMENTS, ALIASES = "instruments", "aliases"
INSTRUMENT_KEYS = ("instrument",)
ALIAS_KEYS = ("vendor", "alias", "instrument", "valid_from")
TYPES = {"string": pa.string(), "double": pa.float64(), "timestamp[us]": pa.timestamp("us")}


def store_instruments(
    lake: Lake, dataset: str, table: pa.Table, recorded_at: dt.datetime
) -> Upserted:
    """Write what is known about instruments; the same again writes nothing.

    Parameters
    ----------
    lake : Lake
        Where they go.
    dataset : str
        Who says so.
    table : pyarrow.Table
        Columns among `INSTRUMENT_COLUMNS` and ``known_at``, ``instrument`` and ``symbol`` in
        every row; what is missing is unknown.
    recorded_at : datetime
        Now, naive UTC. A changed value was known from then on, unless ``known_at`` says when.

    Returns
    -------
    Upserted
        How many are new, changed and as they were.

    Raises
    ------
    InvalidInput
        If a row has no identifier or symbol, an unknown asset class, a step that is not
        positive, or an end before its beginning.
    """
    rows = _shaped(table, INSTRUMENT_COLUMNS, needed=("instrument", "symbol"))
    _check_instruments(rows)
    return upsert(lake, INSTRUMENTS, dataset, rows, keys=INSTRUMENT_KEYS, recorded_at=recorded_at)


def store_aliases(lake: Lake, dataset: str, table: pa.Table, recorded_at: dt.datetime) -> Upserted:
    """Write what vendors call instruments, and from when to when.

    A row with the same instrument, vendor, alias and beginning is a revision: it may end what was
    open, and an end at the beginning withdraws it.

    Parameters
    ----------
    lake : Lake
        Where they go.
    dataset : str
        Who says so.
    table : pyarrow.Table
        Columns among `ALIAS_COLUMNS` and ``known_at``; instrument, vendor and alias in every row.
    recorded_at : datetime
        Now, naive UTC.

    Returns
    -------
    Upserted
        How many are new, changed and as they were.

    Raises
    ------
    InvalidInput
        If a vendor would call two things by one alias on the same day; names both rows.
    """
    rows = _shaped(table, ALIAS_COLUMNS, needed=("instrument", "vendor", "alias"))
    _check_order(rows, "valid_from", "valid_until")
    held = _read(lake, ALIASES, ALIAS_COLUMNS, ALIAS_KEYS, None)
    both = pa.concat_tables([held.select(list(ALIAS_COLUMNS)), rows.select(list(ALIAS_COLUMNS))])
    known = {_key(one): one for one in map(Alias.of_row, both.to_pylist())}  # the last counts
    _refuse_overlaps(known.values(), {one["alias"] for one in rows.to_pylist()})
    return upsert(lake, ALIASES, dataset, rows, keys=ALIAS_KEYS, recorded_at=recorded_at)


def load_instruments(lake: Lake, as_of: dt.datetime | None = None) -> pa.Table:
    """What is known about every instrument.

    Parameters
    ----------
    lake : Lake
        Where they lie.
    as_of : datetime, optional
        What was known then (naive UTC); now by default.

    Returns
    -------
    pyarrow.Table
        In `INSTRUMENT_COLUMNS`, one row for each instrument; empty when there are none. Where
        several datasets tell about one, each field is what was written last.
    """
    rows = _read(lake, INSTRUMENTS, INSTRUMENT_COLUMNS, INSTRUMENT_KEYS, as_of)
    rows = rows.sort_by("recorded_at").select(list(INSTRUMENT_COLUMNS))
    fields = [name for name in INSTRUMENT_COLUMNS if name not in INSTRUMENT_KEYS]
    one_each = rows.group_by(list(INSTRUMENT_KEYS), use_threads=False)
    filled = one_each.aggregate([(name, "last") for name in fields])  # skips what is null
    return filled.rename_columns([*INSTRUMENT_KEYS, *fields])


def load_aliases(lake: Lake, as_of: dt.datetime | None = None) -> pa.Table:
    """What vendors call instruments, and from when to when.

    Parameters
    ----------
    lake : Lake
        Where they lie.
    as_of : datetime, optional
        What was known then (naive UTC); now by default.

    Returns
    -------
    pyarrow.Table
        In `ALIAS_COLUMNS`; empty when there are none.
    """
    rows = _read(lake, ALIASES, ALIAS_COLUMNS, ALIAS_KEYS, as_of)
    written = rows.append_column("known_at", rows["recorded_at"])
    return latest(written, ALIAS_KEYS).select(list(ALIAS_COLUMNS))


def open_master(lake: Lake, as_of: dt.datetime | None = None) -> SecurityMaster:
    """The security master of a lake, kept until the lake changes.

    Parameters
    ----------
    lake : Lake
        Where instruments and aliases lie.
    as_of : datetime, optional
        What was known then (naive UTC); now by default.

    Returns
    -------
    SecurityMaster
        Empty when the lake has no instruments.
    """
    kept = cast("Hashable", lake)
    return _master(kept, lake.version(INSTRUMENTS), lake.version(ALIASES), as_of)


def find_instrument(
    symbol: str, on: Session | None = None, *, lake: Lake | None = None
) -> Instrument:
    """The instrument of a symbol.

    Parameters
    ----------
    symbol : str
        The workbench's symbol, also one of the past.
    on : date, optional
        When it had that symbol; the instrument that has it now by default.
    lake : Lake, optional
        Where the instruments lie; the process's own by default.

    Returns
    -------
    Instrument
        What is known about it.

    Raises
    ------
    UnknownName
        If there is none, or none on that day.
    InvalidInput
        If it belonged to several and none of them has it now.
    """
    return open_master(lake or current().lake).find(symbol, as_session("on", on))


@lru_cache(maxsize=4)
def _master(
    lake: Any,
    _instruments: int | None,
    _aliases: int | None,
    as_of: dt.datetime | None,
) -> SecurityMaster:
    instruments = load_instruments(lake, as_of).to_pylist()
    aliases = load_aliases(lake, as_of).to_pylist()
    return SecurityMaster(map(Instrument.of_row, instruments), map(Alias.of_row, aliases))


def _read(
    lake: Lake,
    table: str,
    columns: Mapping[str, str],
    keys: tuple[str, ...],
    as_of: dt.datetime | None,
) -> pa.Table:
    """The latest rows of each dataset; without rows when there is no such table."""
    if lake.version(table) is None:
        lake_columns = {"dataset": "string", "recorded_at": "timestamp[us]"}
        return _schema({**columns, **lake_columns}).empty_table()
    rows = latest(lake.read(table), ("dataset", *keys), as_of)
    return rows.select([*columns, "dataset", "recorded_at"])


def _shaped(table: pa.Table, columns: Mapping[str, str], needed: tuple[str, ...]) -> pa.Table:
    """The rows with every column in its type; refuses unknown columns and missing keys."""
    unknown = sorted(set(table.column_names) - {*columns, "known_at"})
    if unknown:
        raise InvalidInput(
            "These columns are not known", seen=unknown, cure=f"Use {', '.join(columns)}"
        )
    made = {
        name: table[name].cast(TYPES[kind])
        if name in table.column_names
        else pa.nulls(table.num_rows, TYPES[kind])
        for name, kind in {**columns, "known_at": "timestamp[us]"}.items()
    }
    for name in needed:
        empty = pc.equal(pc.coalesce(made[name], pa.scalar("")), "")
        if pc.any(empty).as_py():
            raise InvalidInput(
                f"{name} is missing in some rows",
                seen=pc.indices_nonzero(empty).to_pylist()[:3],
                cure=f"Give {' and '.join(needed)} in every row",
            )
    return pa.table(made)


def _schema(columns: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])


def _check_instruments(rows: pa.Table) -> None:
    classes = set(rows["asset_class"].unique().to_pylist()) - {None}
    unknown = sorted(classes - {one.value for one in AssetClass})
    if unknown:
        raise InvalidInput(
            "There is no such asset class",
            seen=unknown,
            cure=f"Use {', '.join(one.value for one in AssetClass)}",
        )
    for name in ("tick", "lot", "multiplier"):
        wrong = rows.filter(pc.less_equal(rows[name], 0.0))
        if wrong.num_rows:
            raise InvalidInput(
                f"{name} is not positive",
                seen=dict(zip(wrong["symbol"].to_pylist(), wrong[name].to_pylist(), strict=True)),
                cure="Leave it empty where it is not known",
            )
    _check_order(rows, "listed", "delisted")


def _check_order(rows: pa.Table, first: str, last: str) -> None:
    wrong = rows.filter(pc.less(rows[last], rows[first]))
    if wrong.num_rows:
        raise InvalidInput(
            f"{last} is before {first}", seen=wrong.slice(0, 1).to_pylist()[0], cure="Exchange them"
        )


def _key(alias: Alias) -> tuple[object, ...]:
    return tuple(getattr(alias, name) for name in ALIAS_KEYS)


def _refuse_overlaps(aliases: Iterable[Alias], touched: set[str]) -> None:
    """Refuse two rows for one alias of one vendor that are valid on the same day."""
    same = sorted(
        (one for one in aliases if one.alias in touched),
        key=lambda one: (one.vendor, one.alias, one.valid_from or dt.date.min),
    )
    furthest: dict[tuple[str, str], Alias] = {}
    for one in same:
        before = furthest.setdefault((one.vendor, one.alias), one)
        if before is not one and before.overlaps(one):
            raise InvalidInput(
                "A vendor would call two things by one alias on the same day",
                seen=f"{before}; {one}",
                cure="End the first before the second begins: valid_until is the first day"
                " without it",
            )
        if (one.valid_until or dt.date.max) > (before.valid_until or dt.date.max):
            furthest[one.vendor, one.alias] = one
