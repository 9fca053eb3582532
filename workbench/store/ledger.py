"""The trial ledger: how often a question has been asked of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from workbench.store.sql import Database, UtcTime, open_database, to_json

if TYPE_CHECKING:
    from workbench.ports import Trial
    from workbench.settings import Settings

__all__ = ["SqlLedger", "open_ledger"]

trials = sa.table(
    "trials",
    sa.column("question", sa.Text),
    sa.column("subject", sa.Text),
    sa.column("parameters", sa.Text),
    sa.column("verb", sa.Text),
    sa.column("outcome", sa.Text),
    sa.column("at", UtcTime),
)


def open_ledger(settings: Settings) -> SqlLedger:
    """Open the ledger in the journal of these settings."""
    return SqlLedger(open_database(settings.resolved_journal_url()))


class SqlLedger:
    """Every trial is a row; two of the same subject and parameters count once.

    Parameters
    ----------
    database : Database
        Where the rows lie.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, trial: Trial) -> int:
        """Write the trial; returns how many different trials its question has had.

        Parameters
        ----------
        trial : Trial
            One look at the data.

        Returns
        -------
        int
            This one included.

        Raises
        ------
        StoreError
            If the journal cannot be written; `StoreBusy` if another process holds it.
        """
        row = {
            "question": trial.question,
            "subject": trial.subject,
            "parameters": to_json(trial.parameters),
            "verb": trial.verb,
            "outcome": to_json(trial.outcome),
            "at": trial.at,
        }
        with self._database.writing() as connection:
            connection.execute(sa.insert(trials).values(row))
            return _count(connection, trial.question)

    def count(self, question: str) -> int:
        """How many different trials a question has had."""
        with self._database.reading() as connection:
            return _count(connection, question)


def _count(connection: sa.Connection, question: str) -> int:
    different = (
        sa.select(trials.c.subject, trials.c.parameters)
        .where(trials.c.question == question)
        .distinct()
        .subquery()
    )
    return connection.scalar(sa.select(sa.func.count()).select_from(different)) or 0
