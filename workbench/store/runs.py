"""The records of notebook and pipeline runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.errors import UnknownName
from workbench.ports import RunRecord
from workbench.store.sql import Database, UtcTime, from_json, open_database, to_json

if TYPE_CHECKING:
    from workbench.settings import Settings

__all__ = ["SqlRuns", "open_runs"]

runs = sa.table(
    "runs",
    sa.column("run_id", sa.Text),
    sa.column("kind", sa.Text),
    sa.column("name", sa.Text),
    sa.column("status", sa.Text),
    sa.column("folder", sa.Text),
    sa.column("started_at", UtcTime),
    sa.column("ended_at", UtcTime),
    sa.column("parameters", sa.Text),
    sa.column("provenance", sa.Text),
    sa.column("error", sa.Text),
)


def open_runs(settings: Settings) -> SqlRuns:
    """Open the run records in the journal of these settings."""
    return SqlRuns(open_database(settings.resolved_journal_url()))


class SqlRuns:
    """Remembers runs, one row each.

    Parameters
    ----------
    database : Database
        Where the rows lie.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, record: RunRecord) -> None:
        """Insert the record, or replace the one with its id.

        Parameters
        ----------
        record : RunRecord
            The run as it is now.

        Raises
        ------
        StoreError
            If the journal cannot be written; `StoreBusy` if another process holds it.
        """
        row = vars(record) | {
            "parameters": to_json(record.parameters),
            "provenance": to_json(record.provenance),
        }
        with self._database.writing() as connection:
            connection.execute(sa.delete(runs).where(runs.c.run_id == record.run_id))
            connection.execute(sa.insert(runs).values(row))

    def load(self, run_id: str) -> RunRecord:
        """The record of a run.

        Parameters
        ----------
        run_id : str
            The run.

        Returns
        -------
        RunRecord
            As it was saved last.

        Raises
        ------
        UnknownName
            If there is none of this id.
        """
        with self._database.reading() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.run_id == run_id)).first()
        if row is None:
            raise UnknownName("run", run_id, [record.run_id for record in self.latest()])
        return _record(row)

    def latest(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs first."""
        newest = sa.select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id.desc())
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(newest.limit(limit))]


def _record(row: sa.Row[Any]) -> RunRecord:
    facts = dict(row._mapping)  # noqa: SLF001  the documented name
    parameters = from_json(facts.pop("parameters"))
    provenance = from_json(facts.pop("provenance"))
    return RunRecord(**facts, parameters=parameters, provenance=provenance)
