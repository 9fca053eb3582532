"""The stores in memory: for tests, and for a process that must leave nothing behind."""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import filters_to_expression

from workbench.errors import UnknownName
from workbench.store.rows import check_rows, in_order
from workbench.store.sql import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.ports import RunRecord, Trial

__all__ = ["MemoryLake", "MemoryLedger", "MemoryRuns"]


class MemoryLake:
    """Versioned tables that end with the process."""

    def __init__(self) -> None:
        self._versions: dict[str, list[pa.Table]] = {}
        self._lock = RLock()

    def tables(self) -> list[str]:
        """The names of the tables, sorted."""
        return sorted(self._versions)

    def version(self, table: str) -> int | None:
        """The newest version of a table; None when there is no such table."""
        return len(self._versions[table]) - 1 if table in self._versions else None

    def read(
        self,
        table: str,
        *,
        filters: Sequence[tuple[str, str, Any]] = (),
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> pa.Table:
        """Read rows, sorted by dataset, symbol and time if these are read."""
        if table not in self._versions:
            raise UnknownName("table in the lake", table, self._versions)
        rows = self._versions[table][-1 if version is None else version]
        if filters:
            rows = rows.filter(filters_to_expression(list(filters)))
        return rows if columns is None else rows.select(list(columns))

    def append(self, table: str, rows: pa.Table) -> int:
        """Add rows to what is there; the new version."""
        with self._lock:
            versions = self._versions.setdefault(table, [])
            together = [versions[-1], rows] if versions else [rows]
            versions.append(in_order(pa.concat_tables(together, promote_options="default")))
            return len(versions) - 1

    def replace(self, table: str, rows: pa.Table, *, where: dict[str, str]) -> int:
        """Replace the rows whose columns equal `where` by `rows`; the new version."""
        check_rows(rows, where)
        with self._lock:
            versions = self._versions.setdefault(table, [])
            kept = _others(versions[-1], where) if versions and where else None
            together = rows if kept is None else pa.concat_tables([kept, rows])
            versions.append(in_order(together))
            return len(versions) - 1


class MemoryLedger:
    """A trial ledger that ends with the process."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []

    def record(self, trial: Trial) -> int:
        """Keep the trial; returns how many different trials its question has had."""
        self.trials.append(trial)
        return self.count(trial.question)

    def count(self, question: str) -> int:
        """How many different trials a question has had."""
        asked = [trial for trial in self.trials if trial.question == question]
        return len({(trial.subject, to_json(trial.parameters)) for trial in asked})


class MemoryRuns:
    """Run records that end with the process."""

    def __init__(self) -> None:
        self._records: dict[str, RunRecord] = {}

    def save(self, record: RunRecord) -> None:
        """Insert the record, or replace the one with its id."""
        self._records[record.run_id] = replace(
            record,
            parameters=from_json(to_json(record.parameters)),
            provenance=from_json(to_json(record.provenance)),
        )

    def load(self, run_id: str) -> RunRecord:
        """The record of a run; `UnknownName` when there is none."""
        if run_id not in self._records:
            raise UnknownName("run", run_id, self._records)
        return self._records[run_id]

    def latest(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs first."""
        records = self._records.values()
        newest = sorted(records, key=lambda one: (one.started_at, one.run_id), reverse=True)
        return newest[:limit]


def _others(rows: pa.Table, where: dict[str, str]) -> pa.Table:
    """The rows that `where` does not name."""
    same = filters_to_expression([(column, "==", value) for column, value in where.items()])
    return rows.filter(~pc.coalesce(same, pa.scalar(value=False)))
