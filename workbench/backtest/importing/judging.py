"""From a file or a thing to a report that is counted like any other."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.importing.reading import imported
from workbench.backtest.recording import longest_holding, source_of
from workbench.data import load_bars
from workbench.data.adding import read_file
from workbench.ports import DataScope
from workbench.validation.significance import Maxima, verdict
from workbench.validation.trials import (
    FEWEST_BARS,
    Attempt,
    reason_of,
    record_trial,
    related_trials,
    trial_line,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.backtest.results import BacktestReport
    from workbench.context import Context

__all__ = ["judged"]


def judged(
    history: Any,
    data: Any,
    *,
    kind: str | None,
    tried: int,
    benchmark: Any,
    labels: Mapping[str, Any],
    context: Context,
) -> BacktestReport:
    """As `import_backtest`."""
    read = read_file(history) if isinstance(history, str) else history
    prices = None if data is None else load_bars(data, context=context)
    beside = None if benchmark is None else load_bars(benchmark, context=context)
    report = imported(read, prices, kind=kind, benchmark=beside, labels=labels)
    report = report.noting(_claim(report, tried))
    if len(report.returns) < FEWEST_BARS:
        return report
    reason = "" if prices is None else reason_of(prices)
    return _counted(report, tried, reason, context)


def _counted(report: BacktestReport, tried: int, reason: str, context: Context) -> BacktestReport:
    """The report as a trial of its question; the same returns count once, whatever their name."""
    values = report.returns.to_numpy(dtype=np.float64)
    holding = 1 if report.weights is None else longest_holding(report.weights)
    attempt = Attempt(
        question=report.question,
        subject="imported",
        source=source_of(values),
        outcome={"name": report.strategy, "bars": len(values)},
        returns=values,
        longest_holding=holding,
        scope=_scope(report),
        reason=reason,
    )
    made = record_trial(attempt, "import", context=context)
    if made.reason:
        return report.noting(f"It is not counted in the ledger: {made.reason}.")
    found = verdict(
        values,
        made.maxima,
        trials=made.record.count + tried - 1,
        sharpe_variance=made.record.moments.variance,
        longest_holding=holding,
        unmeasured=made.record.unmeasured + tried - 1,
    )
    return report.noting("It is counted in the ledger as one trial, by its returns.").model_copy(
        update={
            "source_hash": attempt.source,
            "trial": made.trial,
            "claim": trial_line(made, found.p_value),
            "verdict": found,
            "all_trials": related_trials(made, _scope(report), context=context),
        }
    )


def _scope(report: BacktestReport) -> DataScope:
    start, end = (_utc(time) for time in (report.period.start, report.period.end))
    return DataScope(report.dataset, tuple(report.symbols), start, end, bars=report.period.bars)


def _utc(time: dt.datetime) -> dt.datetime:
    return time.astimezone(dt.UTC) if time.tzinfo else time.replace(tzinfo=dt.UTC)


def _claim(report: BacktestReport, tried: int) -> str:
    """How often luck has a history this good, alone and as the best of those that were tried.

    The others are not known, so they count as independent (Šidák 1967), which is too strict
    where they were alike.
    """
    if len(report.returns) < FEWEST_BARS:
        return f"{len(report.returns)} bars are too few to tell skill from luck."
    maxima = Maxima.empty(len(report.returns))
    maxima.add_returns(report.returns.to_numpy(dtype=np.float64)[None, :])
    alone = maxima.p_value()
    best = 1.0 - (1.0 - alone) ** tried
    told = f"Luck alone has a history this good with probability {alone:.3f}"
    return f"{told}, and {best:.3f} as the best of {tried:,}." if tried > 1 else f"{told}."
