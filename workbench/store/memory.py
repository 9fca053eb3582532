"""The stores in memory: for tests, and for a process that must leave nothing behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import filters_to_expression

from workbench.domain import LAKE_COLUMNS
from workbench.errors import StoreError, UnknownName
from workbench.ports import Commit
from workbench.store.rows import check_rows, in_order
from workbench.store.sql import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workbench.ports import RunRecord

__all__ = ["MemoryLake", "MemoryRuns"]

_EPOCH = datetime.fromtimestamp(0, tz=UTC)


class MemoryLake:
    """Versioned tables that end with the process.

    Parameters
    ----------
    clock : callable, optional
        Tells when a commit was made; the history of a lake without one begins in 1970.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: _EPOCH) -> None:
        self._versions: dict[str, dict[int, pa.Table]] = {}
        self._commits: dict[str, list[Commit]] = {}
        self._clock = clock
        self._lock = RLock()

    def tables(self) -> list[str]:
        """The names of the tables, sorted."""
        return sorted(self._versions)

    def version(self, table: str) -> int | None:
        """The newest version of a table; None when there is no such table."""
        return max(self._versions[table]) if table in self._versions else None

    def read(
        self,
        table: str,
        *,
        filters: Sequence[tuple[str, str, Any]] = (),
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> pa.Table:
        """Read rows, sorted by dataset, symbol and time."""
        held = self._existing(table)
        rows = held.get(max(held) if version is None else version)
        if rows is None:
            raise StoreError(
                f"The table {table!r} of the lake cannot be read",
                seen=version,
                cure="It was vacuumed",
            )
        for name in [*(columns or ()), *(one[0] for one in filters)]:
            if name in LAKE_COLUMNS and name not in rows.column_names:
                kind = pa.type_for_alias(LAKE_COLUMNS[name])
                rows = rows.append_column(name, pa.nulls(rows.num_rows, kind))
            if name not in rows.column_names:
                raise UnknownName(f"column in the table {table!r}", name, rows.column_names)
        if filters:
            rows = rows.filter(filters_to_expression(list(filters)))
        return rows if columns is None else rows.select(list(columns))

    def scan(
        self,
        table: str,
        *,
        filters: Sequence[tuple[str, str, Any]] = (),
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> Iterator[pa.Table]:
        """Read rows; here in one part."""
        yield self.read(table, filters=filters, columns=columns, version=version)

    def append(self, table: str, rows: pa.Table) -> int:
        """Add rows to what is there; the new version."""
        with self._lock:
            version = self.version(table)
            held = [] if version is None else [self._versions[table][version]]
            _check_types(table, held, rows)
            together = pa.concat_tables([*held, rows], promote_options="default")
            return self._commit(table, together, "append")

    def replace(self, table: str, rows: pa.Table, *, where: dict[str, str]) -> int:
        """Replace the rows whose columns equal `where` by `rows`; the new version."""
        check_rows(rows, where)
        with self._lock:
            version = self.version(table)
            held = [] if version is None else [self._versions[table][version]]
            _check_types(table, held, rows)
            kept = [_others(one, where) for one in held] if where else []
            together = pa.concat_tables([*kept, rows], promote_options="default")
            return self._commit(table, together, "replace")

    def history(self, table: str, limit: int | None = None) -> list[Commit]:
        """The commits of a table, the newest first."""
        self._existing(table)
        return self._commits[table][::-1][:limit]

    def compact(self, table: str) -> int:
        """Nothing is to be compacted in memory."""
        return max(self._existing(table))

    def vacuum(
        self,
        table: str,
        *,
        keep: Sequence[int] = (),
        hours: float = 24.0,  # noqa: ARG002  nobody else reads this memory
        dry_run: bool = False,
    ) -> list[str]:
        """Forget the versions that are not kept."""
        held = self._existing(table)
        forgotten = sorted(held.keys() - {max(held), *keep})
        if not dry_run:
            self._versions[table] = {one: held[one] for one in held if one not in forgotten}
        return [f"version {one}" for one in forgotten]

    def verify(self, table: str) -> list[str]:
        """Memory is taken to be whole."""
        self._existing(table)
        return []

    def _existing(self, table: str) -> dict[int, pa.Table]:
        if table not in self._versions:
            raise UnknownName("table in the lake", table, self._versions)
        return self._versions[table]

    def _commit(self, table: str, rows: pa.Table, action: str) -> int:
        commits = self._commits.setdefault(table, [])
        commits.append(Commit(version=len(commits), at=self._clock(), action=action))
        self._versions.setdefault(table, {})[len(commits) - 1] = in_order(rows)
        return len(commits) - 1


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


def _check_types(table: str, held: Sequence[pa.Table], rows: pa.Table) -> None:
    for one in held:
        for field in rows.schema:
            if field.name in one.column_names and one.schema.field(field.name).type != field.type:
                raise StoreError(
                    f"These rows do not fit the table {table!r} of the lake", seen=str(field)
                )
