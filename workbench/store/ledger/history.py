"""What the journal tells of the trials that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from workbench.ports import BestTrial, DataScope, KeptSeries, QuestionRecord
from workbench.store.ledger.holdouts import openings_of
from workbench.store.ledger.series import best_rows, kept_series, rows_of
from workbench.store.ledger.tables import moments_of, questions, sweeps, symbols, trials
from workbench.store.sql import from_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pyarrow as pa

    from workbench.store.ledger.series import SeriesFiles

__all__ = ["question_of", "questions_of", "related_to", "series_of"]


def question_of(connection: sa.Connection, question: str) -> QuestionRecord:
    """The record of a question; of count 0 when it was never asked."""
    row = connection.execute(sa.select(questions).where(questions.c.question == question)).first()
    return QuestionRecord(question) if row is None else _record(connection, row)


def questions_of(connection: sa.Connection, limit: int | None) -> list[QuestionRecord]:
    """Every question, the one asked last first."""
    latest = sa.select(questions).order_by(questions.c.last_at.desc(), questions.c.question)
    return [_record(connection, row) for row in connection.execute(latest.limit(limit)).all()]


def related_to(
    connection: sa.Connection, of: Sequence[str], start: datetime, end: datetime
) -> list[QuestionRecord]:
    """The questions on any of these symbols whose bars overlap these dates."""
    named = sa.select(symbols.c.question).where(symbols.c.symbol.in_(list(of)))
    found = (
        sa.select(questions)
        .where(
            questions.c.question.in_(named),
            questions.c.start_at <= end,
            questions.c.end_at >= start,
        )
        .order_by(questions.c.last_at.desc(), questions.c.question)
    )
    return [_record(connection, row) for row in connection.execute(found).all()]


def series_of(
    connection: sa.Connection, question: str, files: SeriesFiles | None
) -> KeptSeries | None:
    """The series of a question's best trials: of its file, and of trials made one by one."""
    tables = [_single_rows(connection, question)]
    name = sa.select(questions.c.series).where(questions.c.question == question)
    if files is not None:
        tables.append(files.read(connection.scalar(name)))
    return kept_series(best_rows([table for table in tables if table is not None]))


def _single_rows(connection: sa.Connection, question: str) -> pa.Table:
    with_returns = sa.select(trials).where(
        trials.c.question == question, trials.c.returns.is_not(None)
    )
    rows = connection.execute(with_returns).all()
    found = [
        rows_of(
            row.family,
            KeptSeries(
                (BestTrial(row.subject, from_json(row.parameters), row.sharpe),),
                np.frombuffer(row.returns, "<f4")[None, :],
            ),
        )
        for row in rows
    ]
    empty = rows_of("", KeptSeries((), np.empty((0, 0), np.float32)))
    return best_rows([empty, *found])


def _record(connection: sa.Connection, row: sa.Row[Any]) -> QuestionRecord:
    best = from_json(row.best) if row.best else None
    return QuestionRecord(
        question=row.question,
        count=row.counted,
        unmeasured=row.unmeasured,
        uncounted=_uncounted(connection, row.question),
        moments=moments_of(row),
        maxima=row.maxima or b"",
        best=BestTrial(**best) if best else None,
        callers=_firsts(connection, row.question, "caller"),
        verbs=_firsts(connection, row.question, "verb"),
        subjects=_subjects(connection, row.question),
        openings=openings_of(connection, row.question),
        scope=_scope(row),
        first_at=row.first_at,
        last_at=row.last_at,
    )


def _scope(row: sa.Row[Any]) -> DataScope | None:
    if row.symbols is None:
        return None
    names = tuple(from_json(row.symbols))
    return DataScope(row.dataset, names, row.start_at, row.end_at, row.timeframe, row.bars)


def _firsts(connection: sa.Connection, question: str, column: str) -> dict[str, int]:
    """Different trials of a question by who or what made them first."""
    single = (
        sa.select(trials.c[column], sa.func.count())
        .where(trials.c.question == question, trials.c.first)
        .group_by(trials.c[column])
    )
    many = (
        sa.select(sweeps.c[column], sa.func.sum(sweeps.c.fresh))
        .where(sweeps.c.question == question, sweeps.c.reason == "")
        .group_by(sweeps.c[column])
    )
    return _added(connection, single, many)


def _uncounted(connection: sa.Connection, question: str) -> dict[str, int]:
    single = (
        sa.select(trials.c.reason, sa.func.count())
        .where(trials.c.question == question, trials.c.reason != "")
        .group_by(trials.c.reason)
    )
    many = (
        sa.select(sweeps.c.reason, sa.func.sum(sweeps.c.tried))
        .where(sweeps.c.question == question, sweeps.c.reason != "")
        .group_by(sweeps.c.reason)
    )
    return _added(connection, single, many)


def _added(connection: sa.Connection, *selects: sa.Select[Any]) -> dict[str, int]:
    total: dict[str, int] = {}
    for select in selects:
        for name, count in connection.execute(select):
            total[name] = total.get(name, 0) + int(count)
    return dict(sorted((name, count) for name, count in total.items() if count))


def _subjects(connection: sa.Connection, question: str) -> tuple[str, ...]:
    either = sa.union(
        sa.select(trials.c.subject).where(trials.c.question == question),
        sa.select(sweeps.c.subject).where(sweeps.c.question == question),
    )
    return tuple(sorted(name for (name,) in connection.execute(either)))
