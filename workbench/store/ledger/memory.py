"""The trial ledger in memory.

It lists every point, so that its counts may check those of the journal, which lists none.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.ports import BestTrial, Grid, KeptSeries, Moments, QuestionRecord, SweepTrials
from workbench.store.ledger.holdouts import still_closed
from workbench.store.ledger.points import point_set, written
from workbench.store.ledger.series import KEPT
from workbench.store.ledger.tables import TRAINING, family_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from workbench.ports import Holdout, Opening, Trial
    from workbench.ports.trials import Fold

    Name = tuple[str, frozenset[tuple[str, str]]]

__all__ = ["MemoryLedger"]


@dataclass
class _Question:
    """A question and the different trials it has had."""

    record: QuestionRecord
    measured: dict[Name, bool] = field(default_factory=dict)
    series: dict[Name, tuple[BestTrial, Any]] = field(default_factory=dict)


class MemoryLedger:
    """A trial ledger that ends with the process.

    Attributes
    ----------
    trials : list of Trial
        Every single trial told, repeated ones too.
    sweeps : list of SweepTrials
        Every sweep told.
    """

    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self.sweeps: list[SweepTrials] = []
        self._questions: dict[str, _Question] = {}
        self._holdouts: list[Holdout] = []
        self._openings: list[Opening] = []
        self._lock = RLock()

    def record(self, trial: Trial, fold: Fold | None = None) -> int:
        """Keep the trial; returns how many different trials its question has had."""
        with self._lock:
            self.trials.append(trial)
            measured = fold is not None or trial.verb == TRAINING
            name = _name(family_of(trial.subject, trial.assumptions), trial.parameters)
            self._add(trial, [(name, trial.sharpe)], measured=measured, fold=fold)
            best = BestTrial(trial.subject, trial.parameters, trial.sharpe)
            if trial.counts:
                series = np.frombuffer(trial.returns, "<f4") if trial.returns else None
                self._offer(trial.question, [(name, best, series)])
            return self.count(trial.question)

    def record_sweep(self, sweep: SweepTrials, fold: Fold | None = None) -> int:
        """Keep many trials; returns how many different trials the question has had."""
        family = family_of(sweep.subject, sweep.assumptions)
        with self._lock:
            made = [
                (_name(family, point), sharpe)
                for point, sharpe in _listed(sweep)
                if point is not None
            ]
            self.sweeps.append(sweep)
            self._add(sweep, made, measured=fold is not None, fold=fold)
            if sweep.counts and sweep.best is not None:
                names = [_name(family, one.parameters) for one in sweep.best.trials]
                kept = zip(names, sweep.best.trials, sweep.best.returns, strict=True)
                self._offer(sweep.question, list(kept))
            return self.count(sweep.question)

    def count(self, question: str) -> int:
        """How many different trials a question has had."""
        return self.question(question).count

    def question(self, question: str) -> QuestionRecord:
        """What is known of a question; a count of 0 when it was never asked."""
        held = self._questions.get(question)
        return self._told(held) if held else QuestionRecord(question)

    def questions(self, limit: int | None = None) -> list[QuestionRecord]:
        """Every question, the one asked last first."""
        records = [self._told(held) for held in self._questions.values()]
        records.sort(key=lambda one: one.question)
        records.sort(key=lambda one: one.last_at, reverse=True)  # type: ignore[arg-type, return-value]
        return records[:limit]

    def related(
        self, symbols: Sequence[str], start: datetime, end: datetime
    ) -> list[QuestionRecord]:
        """The questions on any of these symbols whose bars overlap these dates."""
        return [
            record
            for record in self.questions()
            if record.scope is not None
            and set(symbols) & set(record.scope.symbols)
            and record.scope.start <= end
            and record.scope.end >= start
        ]

    def series(self, question: str) -> KeptSeries | None:
        """The return series of a question's best trials, 1,000 at most; None without any."""
        held = self._questions.get(question)
        if held is None or not held.series:
            return None
        best = sorted(held.series.values(), key=lambda one: -one[0].sharpe)[:KEPT]
        length = len(best[0][1])
        same = [one for one in best if len(one[1]) == length]
        returns = np.array([series for _, series in same], np.float32)
        return KeptSeries(tuple(trial for trial, _ in same), returns)

    def keep_holdout(self, holdout: Holdout) -> Holdout:
        """Keep bars out; returns the one that stands, an earlier one that is still closed."""
        with self._lock:
            known = self.holdouts(holdout.symbols)
            opened = [one for one in self._openings if set(one.symbols) & set(holdout.symbols)]
            standing = still_closed(known, holdout, opened)
            if standing is None:
                self._holdouts.append(holdout)
            return standing or holdout

    def holdouts(self, symbols: Sequence[str]) -> list[Holdout]:
        """What is kept of any of these symbols, the one kept last first."""
        return [one for one in reversed(self._holdouts) if set(one.symbols) & set(symbols)]

    def open_holdout(self, opening: Opening) -> Opening:
        """Record the opening; returns the first one on these bars unless it is made again."""
        with self._lock:
            earlier = self.openings(opening.symbols, opening.start, opening.end)
            if earlier and not opening.again:
                return earlier[0]
            empty = QuestionRecord(opening.question, first_at=opening.at, last_at=opening.at)
            self._questions.setdefault(opening.question, _Question(empty))
            self._openings.append(opening)
            return opening

    def tell_opening(self, opening: Opening, outcome: dict[str, Any]) -> Opening:
        """Write what the last opening with the same look has shown; returns it so."""
        with self._lock:
            [*_, last] = (at for at, one in enumerate(self._openings) if one.look == opening.look)
            self._openings[last] = replace(self._openings[last], outcome=outcome)
            return self._openings[last]

    def openings(self, symbols: Sequence[str], start: datetime, end: datetime) -> list[Opening]:
        """Openings on any of these symbols whose bars overlap these dates, the first one first."""
        return [
            one
            for one in self._openings
            if set(one.symbols) & set(symbols) and one.end >= start and one.start <= end
        ]

    def _add(
        self,
        told: Trial | SweepTrials,
        made: list[tuple[Name, float]],
        *,
        measured: bool,
        fold: Fold | None,
    ) -> None:
        empty = QuestionRecord(told.question, first_at=told.at)
        held = self._questions.setdefault(told.question, _Question(empty))
        record = replace(held.record, last_at=told.at, scope=held.record.scope or told.scope)
        if not told.counts:
            before = record.uncounted.get(told.reason, 0)
            reasons = {**record.uncounted, told.reason: before + len(made)}
            held.record = replace(record, uncounted=reasons)
            return
        maxima = fold(record.maxima) if fold else record.maxima
        new = {name: sharpe for name, sharpe in made if name not in held.measured}
        moments = record.moments
        for sharpe in new.values():
            if math.isfinite(sharpe):
                moments = moments.merged(Moments(1, sharpe, 0.0, sharpe, sharpe))
        if isinstance(told, SweepTrials) and told.sharpes is None and told.moments and new:
            moments = moments.merged(
                told.moments.scaled(len(new) / len({name for name, _ in made}))
            )
        for name, _ in made:
            held.measured[name] = held.measured.get(name, False) or measured
        held.record = replace(
            record,
            moments=moments,
            maxima=maxima,
            callers=_more(record.callers, told.caller, len(new)),
            verbs=_more(record.verbs, told.verb, len(new)),
        )

    def _offer(self, question: str, trials: list[tuple[Name, BestTrial, Any]]) -> None:
        held = self._questions[question]
        for name, trial, returns in trials:
            if not math.isfinite(trial.sharpe):
                continue
            best = held.record.best
            if best is None or trial.sharpe > best.sharpe:
                held.record = replace(held.record, best=trial)
            if returns is not None:
                held.series.setdefault(name, (trial, returns))

    def _told(self, held: _Question) -> QuestionRecord:
        everything: list[Trial | SweepTrials] = [*self.trials, *self.sweeps]
        subjects = {one.subject for one in everything if one.question == held.record.question}
        asked = held.record.question
        return replace(
            held.record,
            openings=tuple(one for one in self._openings if asked in (one.question, one.holdout)),
            count=len(held.measured),
            unmeasured=sum(not known for known in held.measured.values()),
            subjects=tuple(sorted(subjects)),
        )


def _more(counts: dict[str, int], name: str, new: int) -> dict[str, int]:
    return {**counts, name: counts.get(name, 0) + new} if new else counts


def _name(family: str, parameters: dict[str, Any]) -> Name:
    return family, frozenset((key, written([value])[0]) for key, value in parameters.items())


def _listed(sweep: SweepTrials) -> Iterator[tuple[dict[str, Any] | None, float]]:
    """Every position as parameters, None where it was skipped, and its Sharpe ratio."""
    point_set(sweep.points)  # refuses what the journal refuses
    grid = isinstance(sweep.points, Grid)
    named = sweep.points.axes if isinstance(sweep.points, Grid) else sweep.points.columns
    skipped = sweep.points.skipped if isinstance(sweep.points, Grid) else None
    left_out = set() if skipped is None else {int(at) for at in skipped}
    rows = itertools.product(*named.values()) if grid else zip(*named.values(), strict=True)
    for at, values in enumerate(rows):
        sharpe = math.nan if sweep.sharpes is None else float(sweep.sharpes[at])
        yield None if at in left_out else dict(zip(named, values, strict=True)), sharpe
