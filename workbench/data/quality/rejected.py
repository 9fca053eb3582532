"""Rows that were not let in, kept with the reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.data.knowledge import upsert
from workbench.data.quality.columns import QUARANTINE, QUARANTINE_COLUMNS
from workbench.data.quality.results import QuarantinedRow, QuarantineList

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.ports import Lake

__all__ = ["quarantine", "quarantined"]

KEYS = ("symbol", "time", "timeframe", "source", "reason")
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
    count = bad.num_rows
    also = {"timeframe": str(timeframe), "source": source}
    columns = [
        pa.array([also[field.name]] * count, pa.string())
        if field.name in also
        else bad[field.name].cast(field.type)
        if field.name in bad.column_names
        else pa.nulls(count, field.type)
        for field in SCHEMA
    ]
    rows = pa.table(columns, schema=SCHEMA)
    written = upsert(lake, QUARANTINE, dataset, rows, keys=KEYS, recorded_at=recorded_at)
    return written.new + written.revised


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
