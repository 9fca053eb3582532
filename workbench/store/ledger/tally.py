"""The row of a question while trials are added to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.ports import BestTrial, Moments
from workbench.store.ledger.tables import columns_of, moments_of, questions, symbols
from workbench.store.sql import from_json, to_json

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.ports import DataScope, SweepTrials, Trial
    from workbench.ports.trials import Fold

__all__ = ["Tally", "hold"]


@dataclass
class Tally:
    """What a question comes to, held against other writers until the transaction ends."""

    question: str
    count: int
    unmeasured: int
    moments: Moments
    maxima: bytes
    best: BestTrial | None
    series: str | None

    @classmethod
    def held(cls, connection: sa.Connection, told: Trial | SweepTrials) -> Tally:
        """The row of the question, made when there is none; other processes wait.

        Parameters
        ----------
        connection : sqlalchemy.Connection
            In a writing transaction.
        told : Trial or SweepTrials
            What is about to be added.

        Returns
        -------
        Tally
            As the row stands.
        """
        row = hold(connection, told.question, told.at)
        if told.scope is not None and row.symbols is None:
            _describe(connection, told.question, told.scope)
        return cls(
            question=row.question,
            count=row.counted,
            unmeasured=row.unmeasured,
            moments=moments_of(row),
            maxima=row.maxima or b"",
            best=BestTrial(**from_json(row.best)) if row.best else None,
            series=row.series,
        )

    def add(self, count: int, moments: Moments, fold: Fold | None) -> None:
        """Add new trials; the maxima take in all that were made, also repeated ones."""
        self.count += count
        self.moments = self.moments.merged(moments)
        if fold is not None:
            self.maxima = fold(self.maxima)

    def offer(self, trial: BestTrial) -> None:
        """Remember a trial if none was better."""
        if math.isfinite(trial.sharpe) and (self.best is None or trial.sharpe > self.best.sharpe):
            self.best = trial

    def save(self, connection: sa.Connection, at: datetime) -> None:
        """Write the row."""
        best = vars(self.best) if self.best else None
        connection.execute(
            sa.update(questions)
            .where(questions.c.question == self.question)
            .values(
                counted=self.count,
                unmeasured=self.unmeasured,
                maxima=self.maxima or None,
                best=to_json(best) if best else None,
                series=self.series,
                last_at=at,
                **columns_of(self.moments),
            )
        )


def hold(connection: sa.Connection, question: str, at: datetime) -> sa.Row[Any]:
    """The row of a question, made when there is none; until the transaction ends others wait."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415  one of two
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # noqa: PLC0415
    row = {"question": question, "first_at": at, "last_at": at, "counted": 0, "unmeasured": 0}
    connection.execute(
        insert(questions)
        .values({**row, **columns_of(Moments())})
        .on_conflict_do_nothing(index_elements=["question"])
    )
    held = sa.select(questions).where(questions.c.question == question).with_for_update()
    return connection.execute(held).one()


def _describe(connection: sa.Connection, question: str, scope: DataScope) -> None:
    connection.execute(
        sa.update(questions)
        .where(questions.c.question == question)
        .values(
            dataset=scope.dataset,
            symbols=to_json(scope.symbols),
            timeframe=scope.timeframe,
            bars=scope.bars,
            start_at=scope.start,
            end_at=scope.end,
        )
    )
    rows = [{"question": question, "symbol": name} for name in sorted(set(scope.symbols))]
    if rows:
        connection.execute(sa.insert(symbols), rows)
