"""The trial ledger in the journal: how often a question has been asked of the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.ports import BestTrial, Grid, Moments
from workbench.settings.places import home
from workbench.store.ledger import history, holdouts
from workbench.store.ledger.known import earlier_of, new_points, unmeasured_rows
from workbench.store.ledger.points import PointSet, hash_of, packed, point_set
from workbench.store.ledger.series import KEPT, SeriesFiles, best_rows, rows_of
from workbench.store.ledger.tables import TRAINING, family_of, questions, sweeps, trials
from workbench.store.ledger.tally import Tally, hold
from workbench.store.sql import Database, open_database, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from workbench.ports import Holdout, KeptSeries, Opening, QuestionRecord, SweepTrials, Trial
    from workbench.ports.trials import Fold
    from workbench.settings import Settings

__all__ = ["SqlLedger", "open_ledger"]


def open_ledger(settings: Settings) -> SqlLedger:
    """Open the ledger in the journal of these settings; series lie in ``WORKBENCH_HOME/trials``."""
    return SqlLedger(open_database(settings.resolved_journal_url()), home() / "trials")


class SqlLedger:
    """A trial is a row, a sweep is one row too; equal trials of a question count once.

    Parameters
    ----------
    database : Database
        Where the rows lie.
    folder : pathlib.Path, optional
        Where the series of the best trials of sweeps lie; without it they are not kept.
    """

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        self._database = database
        self._files = SeriesFiles(folder) if folder is not None else None

    def record(self, trial: Trial, fold: Fold | None = None) -> int:
        """Write the trial; returns how many different trials its question has had.

        Parameters
        ----------
        trial : Trial
            One look at the data.
        fold : callable, optional
            Takes the maxima of the question and returns them with this trial.

        Returns
        -------
        int
            This one included, if it counts.

        Raises
        ------
        StoreError
            If the journal cannot be written; `StoreBusy` if another process holds it.
        """
        family, point = family_of(trial.subject, trial.assumptions), hash_of(trial.parameters)
        with self._database.writing() as connection:
            tally = Tally.held(connection, trial)
            earlier = earlier_of(connection, trial.question, family, point, trial.parameters)
            row = _trial_row(trial) | {
                "family": family,
                "point": point,
                "first": trial.counts and earlier is None,
                "measured": fold is not None or trial.verb == TRAINING,
            }
            row["returns"] = row["returns"] if row["first"] else None
            connection.execute(sa.insert(trials).values(row))
            if trial.counts:
                _count_single(connection, tally, trial, row, earlier, fold)
            tally.save(connection, trial.at)
            return tally.count

    def record_sweep(self, sweep: SweepTrials, fold: Fold | None = None) -> int:
        """Write many trials at once; returns how many different trials the question has had.

        Parameters
        ----------
        sweep : SweepTrials
            Looks at the data with one strategy under one set of assumptions.
        fold : callable, optional
            Takes the maxima of the question and returns them with these trials.

        Returns
        -------
        int
            The new ones among these included, if they count.

        Raises
        ------
        InvalidInput
            If an axis of a grid holds a value twice, or the series do not fit the trials.
        StoreError
            If the journal cannot be written; `StoreBusy` if another process holds it.
        """
        family, tried = family_of(sweep.subject, sweep.assumptions), point_set(sweep.points)
        replaced = None
        with self._database.writing() as connection:
            tally = Tally.held(connection, sweep)
            row = _sweep_row(sweep, tried) | {"family": family, "measured": fold is not None}
            if sweep.counts:
                row["fresh"], moments = new_points(connection, sweep, family, tried)
                tally.add(row["fresh"], moments, fold)
                tally.unmeasured += _waited_for(connection, row, tried)
                if sweep.best is not None and sweep.best.trials:
                    tally.offer(max(sweep.best.trials, key=lambda one: one.sharpe))
                    replaced = self._keep(tally, family, sweep.best)
            connection.execute(sa.insert(sweeps).values(row))
            tally.save(connection, sweep.at)
        if replaced and self._files:
            self._files.remove(replaced)
        return tally.count

    def count(self, question: str) -> int:
        """How many different trials a question has had."""
        with self._database.reading() as connection:
            of = sa.select(questions.c.counted).where(questions.c.question == question)
            return connection.scalar(of) or 0

    def question(self, question: str) -> QuestionRecord:
        """What is known of a question; a count of 0 when it was never asked."""
        with self._database.reading() as connection:
            return history.question_of(connection, question)

    def questions(self, limit: int | None = None) -> list[QuestionRecord]:
        """Every question, the one asked last first."""
        with self._database.reading() as connection:
            return history.questions_of(connection, limit)

    def related(
        self, symbols: Sequence[str], start: datetime, end: datetime
    ) -> list[QuestionRecord]:
        """The questions on any of these symbols whose bars overlap these dates.

        Parameters
        ----------
        symbols : sequence of str
            Any of them.
        start, end : datetime
            Both included, in UTC.

        Returns
        -------
        list of QuestionRecord
            The one asked last first.
        """
        with self._database.reading() as connection:
            return history.related_to(connection, symbols, start, end)

    def series(self, question: str) -> KeptSeries | None:
        """The return series of a question's best trials, 1,000 at most; None without any."""
        with self._database.reading() as connection:
            return history.series_of(connection, question, self._files)

    def keep_holdout(self, holdout: Holdout) -> Holdout:
        """Keep bars out; returns the one that stands, an earlier one that is still closed."""
        with self._database.writing() as connection:
            return holdouts.keep(connection, holdout)

    def holdouts(self, symbols: Sequence[str]) -> list[Holdout]:
        """What is kept of any of these symbols, the one kept last first."""
        with self._database.reading() as connection:
            return holdouts.kept(connection, symbols)

    def open_holdout(self, opening: Opening) -> Opening:
        """Record the opening of a hold-out.

        Parameters
        ----------
        opening : Opening
            What is opened, by whom and when.

        Returns
        -------
        Opening
            This one; or, unless it is made again, the first one on any of its symbols whose
            bars overlap, which stands.
        """
        with self._database.writing() as connection:
            hold(connection, opening.question, opening.at)
            return holdouts.open_once(connection, opening)

    def tell_opening(self, opening: Opening, outcome: dict[str, Any]) -> Opening:
        """Write what the last opening with the same look has shown; returns it so."""
        with self._database.writing() as connection:
            return holdouts.tell(connection, opening, outcome)

    def openings(self, symbols: Sequence[str], start: datetime, end: datetime) -> list[Opening]:
        """Openings on any of these symbols whose bars overlap these dates, the first one first."""
        with self._database.reading() as connection:
            return holdouts.overlapping(connection, symbols, start, end)

    def _keep(self, tally: Tally, family: str, best: KeptSeries) -> str | None:
        """Write the best of the question so far; the file that it replaces."""
        if self._files is None:
            return None
        before = tally.series
        rows = best_rows([self._files.read(before), rows_of(family, best)])
        tally.series = self._files.write(tally.question, rows)
        return before


def _count_single(
    connection: sa.Connection,
    tally: Tally,
    trial: Trial,
    row: dict[str, Any],
    earlier: Any,
    fold: Fold | None,
) -> None:
    finite = math.isfinite(trial.sharpe)
    seen = Moments(1, trial.sharpe, 0.0, trial.sharpe, trial.sharpe)
    tally.add(row["first"], seen if row["first"] and finite else Moments(), fold)
    tally.offer(BestTrial(trial.subject, trial.parameters, trial.sharpe))
    if earlier is None:
        tally.unmeasured += not row["measured"]
        _forget_the_worst(connection, trial.question)
    elif earlier.row is not None and row["measured"] and not earlier.measured:
        tally.unmeasured -= 1
        _mark(connection, [earlier.row])


def _waited_for(connection: sa.Connection, row: dict[str, Any], tried: PointSet) -> int:
    """By how much a sweep changes the number of trials that no maximum knows."""
    if not row["measured"]:
        return int(row["fresh"])
    made_again = unmeasured_rows(connection, row["question"], row["family"], tried)
    _mark(connection, made_again)
    return -len(made_again)


def _mark(connection: sa.Connection, rows: list[int]) -> None:
    if rows:
        connection.execute(sa.update(trials).where(trials.c.id.in_(rows)).values(measured=True))


def _forget_the_worst(connection: sa.Connection, question: str) -> None:
    """Keep the returns of the best single trials of a question only."""
    with_returns = sa.select(trials.c.id).where(
        trials.c.question == question, trials.c.returns.is_not(None)
    )
    order = with_returns.order_by(trials.c.sharpe.desc(), trials.c.id)
    worse = connection.scalars(order.offset(KEPT)).all()
    if worse:
        connection.execute(sa.update(trials).where(trials.c.id.in_(worse)).values(returns=None))


def _trial_row(trial: Trial) -> dict[str, Any]:
    known = math.isfinite(trial.sharpe)
    return {
        "question": trial.question,
        "subject": trial.subject,
        "parameters": to_json(trial.parameters),
        "verb": trial.verb,
        "outcome": to_json(trial.outcome),
        "at": trial.at,
        "assumptions": to_json(trial.assumptions),
        "caller": trial.caller,
        "reason": trial.reason,
        "sharpe": trial.sharpe if known else None,
        "returns": trial.returns if known and trial.returns else None,
    }


def _sweep_row(sweep: SweepTrials, tried: PointSet) -> dict[str, Any]:
    grid = sweep.points if isinstance(sweep.points, Grid) else None
    axes = {name: list(axis) for name, axis in grid.axes.items()} if grid else None
    return {
        "question": sweep.question,
        "subject": sweep.subject,
        "assumptions": to_json(sweep.assumptions),
        "axes": to_json(axes) if grid else None,
        "skipped": packed(tried.skipped) if grid else None,
        "hashes": None if grid else tried.hashes().astype("<u8").tobytes(),
        "tried": tried.count,
        "fresh": 0,
        "verb": sweep.verb,
        "outcome": to_json(sweep.outcome),
        "at": sweep.at,
        "caller": sweep.caller,
        "reason": sweep.reason,
    }
