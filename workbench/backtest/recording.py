"""A backtest becomes a trial in the ledger, and its report says what may be claimed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import Cancelled, InvalidInput, MissingExtra, UnusableFrame
from workbench.strategies.declaration import as_strategy
from workbench.validation.significance import verdict
from workbench.validation.trials import (
    HOLDOUT,
    Attempt,
    holdout_note,
    p_on_question,
    question_of,
    reason_of,
    record_trial,
    related_trials,
    scope_of,
    trial_line,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import xarray as xr

    from workbench.backtest.results import BacktestReport
    from workbench.context import Context
    from workbench.market.costs import Costs
    from workbench.validation.significance import Verdict
    from workbench.validation.trials import Recorded

__all__ = ["assumptions_of", "longest_holding", "record_failure", "recorded"]

USUAL_FILL = "next open"
"""Where orders fill when nothing is said and there are opens: not worth a word."""
SCALED = ("fixed_fee", "minimum_fee", "impact")
"""Costs with which the size of the account changes the returns."""
REFUSED = (InvalidInput, MissingExtra, Cancelled)
"""Errors of a request that was wrong, or stopped: nobody has seen an answer."""


def recorded(
    report: BacktestReport,
    strategy: Any,
    bars: xr.Dataset,
    *,
    context: Context,
    verb: str = "backtest",
    reason: str = "",
) -> BacktestReport:
    """Write the trial of a report into the ledger, and its verdict into the report.

    Parameters
    ----------
    report : BacktestReport
        As `simulate` returns it.
    strategy : Strategy, callable or table
        What was tried.
    bars : xarray.Dataset
        The bars of the simulation; those before the period are left out.
    context : Context
        Whose ledger, clock and caller.
    verb : str
        What made the trial.
    reason : str
        Why it does not count, where the data are no reason.

    Returns
    -------
    BacktestReport
        With `trial`, `claim`, `all_trials` and `verdict`.
    """
    traded = bars.sel(time=slice(report.period.start, report.period.end))
    costs = report.costs.assumed if report.costs else None
    attempt = Attempt(
        question=report.question,
        subject=report.strategy,
        source=source_of(strategy),
        parameters=report.parameters,
        outcome={
            "sharpe_per_bar": _json(report.results.sharpe_per_bar),
            "total_return": _json(report.results.total_return),
            "bars": report.period.bars,
        },
        assumptions=assumptions_of(costs, report.fills_at, report.initial_cash)
        | ({"market": report.market} if report.market else {}),
        returns=report.returns.to_numpy(dtype=np.float64),
        longest_holding=longest_holding(report.weights),
        scope=scope_of(traded),
        reason=reason_of(traded) or reason,
    )
    made = record_trial(attempt, verb, context=context)
    related = related_trials(made, scope_of(traded), context=context)
    touched = "" if verb == HOLDOUT else holdout_note(context.ledger, scope_of(traded))
    return report.noting(touched).model_copy(
        update={
            "source_hash": attempt.source,
            "trial": made.trial if not made.reason else None,
            "claim": trial_line(made, p_on_question(made)),
            "all_trials": related,
            "verdict": _verdict(attempt, made),
        }
    )


def _verdict(attempt: Attempt, made: Recorded) -> Verdict | None:
    """None for a trial that does not count."""
    if made.reason or attempt.returns is None:
        return None
    return verdict(
        attempt.returns,
        made.maxima,
        trials=made.record.count,
        sharpe_variance=made.record.moments.variance,
        longest_holding=attempt.longest_holding,
        unmeasured=made.record.unmeasured,
    )


def record_failure(
    error: Exception,
    strategy: Any,
    bars: xr.Dataset,
    parameters: Mapping[str, Any] | None,
    *,
    context: Context,
) -> None:
    """Write down that a backtest failed; it does not count.

    Parameters
    ----------
    error : Exception
        How. A request that was refused before it looked at the data leaves no trace.
    strategy, bars
        As of `recorded`.
    parameters : mapping, optional
        As they were given.
    context : Context
        Whose ledger.
    """
    refused = isinstance(error, REFUSED) and not isinstance(error, UnusableFrame)
    if refused or not bars.sizes["time"]:
        return
    made = as_strategy(strategy) if callable(strategy) else None
    attempt = Attempt(
        question=question_of(bars),
        subject=made.name if made else "weights",
        source=source_of(strategy),
        parameters=dict(parameters or {}),
        outcome={"error": str(error)},
        scope=scope_of(bars),
        reason=f"failed: {type(error).__name__}",
    )
    record_trial(attempt, "backtest", context=context)


def assumptions_of(costs: Costs | None, fills_at: str, initial_cash: float) -> dict[str, Any]:
    """What else than code and parameters changes the answer of a backtest.

    Parameters
    ----------
    costs : Costs or None
        What an order costs; None is nothing.
    fills_at : str
        Where orders fill; the next open is the usual and left out.
    initial_cash : float
        Left out unless the size of the account changes the returns.

    Returns
    -------
    dict
        JSON values. The engine is no part of it: all give the same answer.
    """
    charged = costs.model_dump(mode="json") if costs else {}
    made: dict[str, Any] = {"costs": charged}
    if fills_at != USUAL_FILL:
        made["fills_at"] = fills_at
    if any(charged.get(name) for name in SCALED):
        made["initial_cash"] = initial_cash
    return made


def longest_holding(weights: pd.DataFrame) -> int:
    """The longest time that a symbol was held on one side, in bars; at least 1.

    Parameters
    ----------
    weights : pandas.DataFrame, shape (time, symbol)
        Fraction of the account held at each close; NaN is nothing.

    Returns
    -------
    int
        Closes in a row with a weight of the same sign.
    """
    side = np.sign(np.nan_to_num(weights.to_numpy(dtype=np.float64)))
    longest = 1
    for column in side.T:
        turns = np.flatnonzero(np.diff(column)) + 1
        edges = np.concatenate([[0], turns, [len(column)]])
        held = np.diff(edges)[column[edges[:-1]] != 0] if len(column) else np.array([], int)
        longest = max(longest, int(held.max(initial=1)))
    return longest


def source_of(strategy: Any) -> str:
    """The hash of a strategy's source, or of the content of tables."""
    if callable(strategy):
        return as_strategy(strategy).source_hash
    digest = hashlib.sha256()
    for table in strategy if isinstance(strategy, tuple) else (strategy,):
        digest.update(np.ascontiguousarray(np.asarray(table, dtype=np.float64)).tobytes())
    return digest.hexdigest()


def _json(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
