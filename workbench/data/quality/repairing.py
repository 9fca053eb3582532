"""A repair of a dataset in the lake: a revision beside the old values, and a record of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.data.canonical import FACTOR
from workbench.data.knowledge import latest, upsert
from workbench.data.quality.checking import check_rows
from workbench.data.quality.columns import REPAIR_COLUMNS, REPAIRS
from workbench.data.quality.results import RepairReport
from workbench.data.quality.rules import repair, rule_of
from workbench.domain import BAR_COLUMNS, LAKE_COLUMNS
from workbench.errors import InvalidInput
from workbench.store import ordered_with_ranks, same_as_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.data.manifest import Manifest
    from workbench.data.quality.findings import Check
    from workbench.data.quality.results import Change
    from workbench.domain import Period
    from workbench.ports import Lake

__all__ = ["knowledge_of", "repair_bars", "stored_rows"]

KEYS = ("symbol", "time")
OWN = ("lake", "download")
"""Carriers whose rows are the user's; what comes inside a package is checked by its hash."""


def stored_rows(lake: Lake, manifest: Manifest, symbols: Sequence[str], period: Period) -> pa.Table:
    """Every revision of the rows of a dataset, as they lie in the lake.

    Parameters
    ----------
    lake : Lake
        Where they are.
    manifest : Manifest
        Of the dataset.
    symbols : sequence of str
        Whose rows.
    period : Period
        From when to when.

    Returns
    -------
    pyarrow.Table
        `BAR_COLUMNS`, the factor where there is one, known_at and recorded_at.
    """
    filters: list[tuple[str, str, Any]] = [("dataset", "==", manifest.name)]
    filters += [("content", "==", manifest.content)] if manifest.content else []
    filters += [("symbol", "in", list(symbols))]
    filters += [("time", ">=", _midnight(period.first))] if period.first else []
    filters += [("time", "<", _midnight(period.end))] if period.end else []
    rows = lake.read(manifest.table, filters=filters)
    for name in ("known_at", "recorded_at"):
        if name not in rows.column_names:  # no row of the table has been revised yet
            rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.timestamp("us")))
    return rows


def knowledge_of(rows: pa.Table) -> pa.Table:
    """When each bar first became known and was first written; a revision does not count.

    Parameters
    ----------
    rows : pyarrow.Table
        Every revision, as `stored_rows` gives them.

    Returns
    -------
    pyarrow.Table
        Columns symbol, time, known_at (null: in its own time) and recorded_at.
    """
    ordered, ranks = ordered_with_ranks(rows, [*KEYS, "recorded_at"])
    firsts = ordered.filter(pa.array(~same_as_before(ranks[: len(KEYS)])))
    return firsts.select([*KEYS, "known_at", "recorded_at"])


def repair_bars(  # noqa: PLR0913  who, when and how are recorded
    lake: Lake,
    manifest: Manifest,
    symbols: Sequence[str],
    check: Check,
    *,
    period: Period,
    recorded_at: dt.datetime,
    by: str,
    dry_run: bool,
    limit: int,
) -> RepairReport:
    """Repair what one check finds in a dataset, or show what that would change.

    The new values are a revision: as of an earlier moment the old ones are still served. Every
    value is recorded in the table ``repairs``: who, when, by which rule, old and new.

    Parameters
    ----------
    lake : Lake
        Where the dataset lies.
    manifest : Manifest
        Its facts.
    symbols : sequence of str
        Whose bars.
    check : Check
        What is to be repaired.
    period : Period
        From when to when.
    recorded_at : datetime
        Now, naive UTC.
    by : str
        Who repairs.
    dry_run : bool
        Whether to write nothing.
    limit : int
        The most changes to list.

    Returns
    -------
    RepairReport
        With all changes in memory.

    Raises
    ------
    InvalidInput
        If no rule repairs this, or the dataset came inside a package.
    """
    rule_of(check)
    if manifest.carrier not in OWN:
        raise InvalidInput(
            "A dataset that comes inside a package is not repaired: its content is fixed by a hash",
            seen=manifest.name,
            cure="Save its bars to a file, add that as a dataset of your own, and repair this",
        )
    rows = latest(stored_rows(lake, manifest, symbols, period), KEYS)
    report = check_rows(
        rows.select(list(BAR_COLUMNS)),
        timeframe=manifest.timeframe,
        calendar=manifest.calendar,
        name=manifest.name,
        adjust=manifest.stored.value,
    )
    found = [one for one in report.findings if one.check is check]
    kept = [name for name in (*BAR_COLUMNS, FACTOR) if name in rows.column_names]
    new, changes, left = repair(rows.select(kept).to_pandas(), found)
    version = lake.version(manifest.table)
    if changes and not dry_run:
        written = pa.Table.from_pandas(new, schema=rows.select(kept).schema, preserve_index=False)
        version = upsert(
            lake,
            manifest.table,
            manifest.name,
            written,
            keys=KEYS,
            recorded_at=recorded_at,
            content=manifest.content,
        ).version
        lake.append(REPAIRS, _records(manifest, changes, recorded_at, by))
    return RepairReport(
        dataset=manifest.name,
        check=check,
        dry_run=dry_run,
        symbols=sorted({one.symbol for one in changes}),
        bars=len(new),
        changes=changes[:limit],
        left_out=max(0, len(changes) - limit),
        not_repaired=left,
        version=version,
        every=changes,
    )


def _records(
    manifest: Manifest, changes: Sequence[Change], recorded_at: dt.datetime, by: str
) -> pa.Table:
    kinds = {**REPAIR_COLUMNS, **LAKE_COLUMNS}
    same = {
        "dataset": manifest.name,
        "content": manifest.content,
        "timeframe": manifest.timeframe,
        "known_at": None,
        "recorded_at": recorded_at,
        "by": by,
    }
    rows = [{**one.model_dump(), "check": one.check.value, **same} for one in changes]
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in kinds.items()])
    return pa.Table.from_pylist(rows, schema=schema)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
