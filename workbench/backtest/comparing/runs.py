"""What two runs can differ in, read from a report or from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.backtest.results import BacktestReport, PerformanceReport
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.validation import periods_per_year

if TYPE_CHECKING:
    from workbench.ports import TrialLedger

__all__ = ["Run", "run_of"]

MARK = "#"


@dataclass(frozen=True)
class Run:
    """One run as a comparison sees it.

    Parameters
    ----------
    name : str
        What the comparison calls it.
    facts : dict
        Fact → value: ``strategy``, ``code``, ``parameter <name>``, ``dataset``, ``symbols``,
        ``start``, ``end``, ``bars``, ``data`` (hash of the prices), ``costs`` …
    returns : pandas.Series, shape (time,)
        Simple returns per bar.
    periods_per_year : float
        Bars in a year.
    """

    name: str
    facts: dict[str, Any]
    returns: pd.Series
    periods_per_year: float


def run_of(given: Any, ledger: TrialLedger) -> Run:
    """Read a run.

    Parameters
    ----------
    given : BacktestReport, PerformanceReport or str
        A report; or ``<question>#<place>``: the trial in this place among the best of a
        question of the ledger, 1 being the best.
    ledger : TrialLedger
        Where trials are looked up.

    Returns
    -------
    Run
        Times of a trial from the ledger are numbers of bars, because it keeps no others.

    Raises
    ------
    InvalidInput
        If it is neither.
    UnknownName
        If the ledger has no such question or place.
    NoData
        If the question's trials kept no returns.
    """
    if isinstance(given, PerformanceReport):
        given = given.backtest
    if isinstance(given, BacktestReport):
        return _of_report(given)
    if isinstance(given, str):
        return _of_ledger(given, ledger)
    raise InvalidInput(
        "This is no run",
        seen=type(given).__name__,
        cure="Give reports of run_backtest, or question#place as get_trial_ledger lists them",
    )


def _of_report(report: BacktestReport) -> Run:
    costs = str(report.costs.assumed) if report.costs else "none"
    facts = {
        "strategy": report.strategy,
        "code": report.source_hash[:12],
        **{f"parameter {name}": value for name, value in report.parameters.items()},
        "costs": costs,
        "fills_at": report.fills_at,
        "engine": report.engine,
        "initial_cash": report.initial_cash,
        "dataset": report.dataset,
        "symbols": ", ".join(report.symbols),
        "start": f"{report.period.start:%Y-%m-%d}",
        "end": f"{report.period.end:%Y-%m-%d}",
        "bars": report.period.bars,
        "data": report.question,
    }
    trial = "" if report.trial is None else f" {MARK}{report.trial}"
    return Run(f"{report.strategy}{trial}", facts, report.returns, report.periods_per_year)


def _of_ledger(text: str, ledger: TrialLedger) -> Run:
    question, _, place = text.partition(MARK)
    record = ledger.question(question)
    if not record.count:
        known = [one.question for one in ledger.questions(limit=20)]
        raise UnknownName("question", question, known)
    kept = ledger.series(question)
    if kept is None:
        raise NoData(
            "The trials of this question kept no returns",
            seen=question,
            cure="Run one of them again: what is recorded now keeps them",
        )
    number = int(place) if place.isdigit() else 1
    if not 1 <= number <= len(kept.trials):
        raise UnknownName("place", place, [str(n + 1) for n in range(min(len(kept.trials), 20))])
    trial, scope = kept.trials[number - 1], record.scope
    strategy, _, code = trial.subject.partition("@")
    facts = {
        "strategy": strategy,
        "code": code[:12],
        **{f"parameter {name}": value for name, value in trial.parameters.items()},
        "data": question,
    }
    if scope is not None:
        facts |= {
            "dataset": scope.dataset,
            "symbols": ", ".join(scope.symbols),
            "start": f"{scope.start:%Y-%m-%d}",
            "end": f"{scope.end:%Y-%m-%d}",
            "bars": scope.bars,
        }
    returns = pd.Series(kept.returns[number - 1].astype(float), name="returns")
    year = periods_per_year((scope and scope.timeframe) or "1d")
    return Run(f"{strategy} {MARK}{number} of {question[:6]}", facts, returns, year)
