"""Rows that were not let in, kept with the reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.quality.columns import QUARANTINE, QUARANTINE_COLUMNS
from workbench.data.quality.results import QuarantinedRow, QuarantineList
from workbench.domain import LAKE_COLUMNS

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.ports import Lake

__all__ = ["quarantine", "quarantined"]

SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in QUARANTINE_COLUMNS.items()])


def quarantine(
    lake: Lake,
    dataset: str,
    timeframe: str,
    bad: pa.Table,
    recorded_at: datetime,
    source: str,
) -> int:
    """Keep rejected rows; the same rows again are kept once.

    Parameters
    ----------
    lake : Lake
        Where they go: the table ``quarantine``.
    dataset, timeframe : str
        Where they would have gone.
    bad : pyarrow.Table
        As `sift` gives them: `BAR_COLUMNS` and ``reason``. Fields that are absent are null.
    recorded_at : datetime
        Now, naive UTC.
    source : str
        Who delivered them.

    Returns
    -------
    int
        How many rows were not there yet.
    """
    if not bad.num_rows:
        return 0
    rows = _shaped(bad, {"timeframe": str(timeframe), "source": source})
    kept = _kept(lake, dataset, str(timeframe), source)
    fresh = [row not in kept for row in _told(rows)]
    rows = rows.filter(pa.array(fresh))
    if rows.num_rows:
        lake.append(QUARANTINE, _tagged(rows, dataset, recorded_at))
    return int(rows.num_rows)


def quarantined(
    lake: Lake,
    *,
    dataset: str | None = None,
    symbols: list[str] | None = None,
    reason: str | None = None,
    limit: int = 250,
) -> QuarantineList:
    """The rejected rows, the newest first.

    Parameters
    ----------
    lake : Lake
        Where they are.
    dataset : str, optional
        Only those meant for this dataset.
    symbols : list of str, optional
        Only those of these symbols.
    reason : str, optional
        Only those rejected for this.
    limit : int
        The most rows to list; all stay in memory.

    Returns
    -------
    QuarantineList
        Empty when nothing was rejected.
    """
    filters: list[tuple[str, str, Any]] = []
    filters += [("dataset", "==", dataset)] if dataset else []
    filters += [("symbol", "in", symbols)] if symbols else []
    filters += [("reason", "==", reason)] if reason else []
    names = ["dataset", *SCHEMA.names, "recorded_at"]
    if lake.version(QUARANTINE) is None:
        schema = pa.schema([("dataset", pa.string()), *SCHEMA, ("recorded_at", pa.timestamp("us"))])
        table = schema.empty_table()
    else:
        table = lake.read(QUARANTINE, filters=filters, columns=names)
    newest = [(name, "descending") for name in ("recorded_at", "time")]
    table = table.sort_by(newest)
    rows = [QuarantinedRow(**row) for row in table.slice(0, limit).to_pylist()]
    return QuarantineList(
        rows=rows,
        left_out=table.num_rows - len(rows),
        reasons=dict(Counter(table["reason"].to_pylist()).most_common()),
        table=table,
    )


def _shaped(bad: pa.Table, also: dict[str, str]) -> pa.Table:
    """The rows in the columns of the table; what is no number is null."""
    columns = []
    for field in SCHEMA:
        if field.name in also:
            column = pa.array([also[field.name]] * bad.num_rows, field.type)
        elif field.name in bad.column_names:
            column = bad[field.name].cast(field.type)
        else:
            column = pa.nulls(bad.num_rows, field.type)
        if pa.types.is_floating(field.type):
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
        columns.append(column)
    return pa.table(columns, schema=SCHEMA)


def _kept(lake: Lake, dataset: str, timeframe: str, source: str) -> set[tuple[Any, ...]]:
    if lake.version(QUARANTINE) is None:
        return set()
    same = {"dataset": dataset, "timeframe": timeframe, "source": source}
    filters = [(name, "==", value) for name, value in same.items()]
    return set(_told(lake.read(QUARANTINE, filters=filters, columns=SCHEMA.names)))


def _told(rows: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(rows[name].to_pylist() for name in SCHEMA.names), strict=True))


def _tagged(rows: pa.Table, dataset: str, recorded_at: datetime) -> pa.Table:
    said = {"dataset": dataset, "content": "", "known_at": None, "recorded_at": recorded_at}
    for name, value in said.items():
        kind = pa.type_for_alias(LAKE_COLUMNS[name])
        rows = rows.append_column(name, pa.array([value] * rows.num_rows, kind))
    return rows
