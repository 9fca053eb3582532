"""The ledger as a report: every question, what its trials come to, and what luck would."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.validation.significance import Maxima
from workbench.validation.trials.luck import best_by_luck
from workbench.validation.trials.results import (
    HoldoutOpening,
    QuestionSummary,
    TrialLedgerReport,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bokeh.plotting import figure

    from workbench.ports import Opening, QuestionRecord, TrialLedger

__all__ = ["ledger_report", "opening_of", "pictured"]

NAN = float("nan")
MOST = 1e7
"""The curves of luck end here, or at the largest question."""


def ledger_report(
    ledger: TrialLedger,
    *,
    question: str = "",
    dataset: str = "",
    strategy: str = "",
    symbol: str = "",
    limit: int = 20,
) -> TrialLedgerReport:
    """The questions of a ledger, the one asked last first.

    Parameters
    ----------
    ledger : TrialLedger
        Where they were written.
    question, dataset, strategy, symbol : str
        Only those whose hash begins so, on this dataset, that tried this strategy, with this
        symbol; empty takes all.
    limit : int
        The most questions.

    Returns
    -------
    TrialLedgerReport
        Empty when nothing was ever tried.
    """
    every = ledger.questions()
    wanted = [
        record
        for record in every
        if record.question.startswith(question)
        and _of(record, dataset, symbol)
        and (not strategy or any(one.partition("@")[0] == strategy for one in record.subjects))
    ]
    shown = [_summary(record) for record in wanted[:limit]]
    return TrialLedgerReport(
        questions=shown,
        trials=sum(one.trials for one in shown),
        shown=f"{len(shown)} of {len(every)} questions",
    )


def pictured(questions: Sequence[QuestionSummary]) -> figure:
    """The best of each question beside the best of as many trials without skill."""
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    from workbench.charts import trials_and_luck  # noqa: PLC0415  heavy: bokeh

    rows: list[dict[str, Any]] = [
        {
            "title": f"{one.dataset or one.question}: {one.best_strategy}",
            "trials": max(one.trials, 1),
            "best": one.best_sharpe_per_bar * math.sqrt(one.bars) if one.bars else NAN,
        }
        for one in questions
    ]
    largest = min(MOST, 10.0 * max((row["trials"] for row in rows), default=1))
    trials = np.geomspace(1, largest, 60)
    luck = pd.DataFrame(
        {
            "trials": trials,
            "median": [best_by_luck(n, 1) for n in trials],
            "high": [best_by_luck(n, 1, 0.95) for n in trials],
        }
    )
    return trials_and_luck(pd.DataFrame(rows, columns=["title", "trials", "best"]), luck)


def _of(record: QuestionRecord, dataset: str, symbol: str) -> bool:
    scope = record.scope
    if scope is None:
        return not (dataset or symbol)
    return (not dataset or scope.dataset.partition(":")[0] == dataset.partition(":")[0]) and (
        not symbol or symbol in scope.symbols
    )


def _summary(record: QuestionRecord) -> QuestionSummary:
    scope, best = record.scope, record.best
    maxima = Maxima.from_bytes(record.maxima) if record.maxima else None
    return QuestionSummary(
        question=record.question,
        dataset=scope.dataset if scope else "",
        symbols=list(scope.symbols) if scope else [],
        start=scope.start if scope else None,
        end=scope.end if scope else None,
        bars=scope.bars if scope else None,
        trials=record.count,
        unmeasured=record.unmeasured,
        uncounted=record.uncounted,
        effective_trials=maxima.effective_trials() if maxima else NAN,
        best_strategy=best.subject.partition("@")[0] if best else "",
        best_parameters=best.parameters if best else {},
        best_sharpe_per_bar=best.sharpe if best else NAN,
        p_value=maxima.p_value() if maxima else NAN,
        callers=record.callers,
        verbs=record.verbs,
        strategies=sorted({subject.partition("@")[0] for subject in record.subjects}),
        holdout=opening_of(record.openings[0]) if record.openings else None,
        holdout_openings=len(record.openings),
        first_at=record.first_at,
        last_at=record.last_at,
    )


def opening_of(opening: Opening) -> HoldoutOpening:
    """An opening as a report shows it."""
    return HoldoutOpening(
        opened_at=opening.at,
        caller=opening.caller,
        subject=opening.subject,
        parameters=opening.parameters,
        start=opening.start,
        end=opening.end,
        trials=opening.trials,
        outcome=opening.outcome,
        again=opening.again,
    )
