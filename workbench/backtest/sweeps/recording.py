"""The trials of a sweep are written into the ledger, and its result says what may be claimed."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.backtest.recording import assumptions_of
from workbench.backtest.sweeps.describe import plain, traded_bars
from workbench.backtest.sweeps.kept import best_rows
from workbench.ports import Grid, Points
from workbench.validation.significance import verdict
from workbench.validation.trials import (
    Recorded,
    SweepAttempt,
    holdout_note,
    p_on_question,
    reason_of,
    record_sweep_trials,
    related_trials,
    scope_of,
    trial_line,
)

if TYPE_CHECKING:
    from workbench.backtest.sweeps.results import Optimum, SweepResult
    from workbench.backtest.sweeps.run import Swept
    from workbench.context import Context
    from workbench.validation.significance import Verdict

__all__ = ["recorded"]

Floats = npt.NDArray[np.float64]

MOST_SERIES = 1_000
"""Series of the best that the ledger keeps of a question."""
SERIES_SHARE = 1_000
"""A sweep brings one for so many accounts, so that the ledger costs little beside it."""
MOST_NUMBERS = 2**22
"""Returns of one sweep that are kept, at most, and that are computed at once."""


def recorded(result: SweepResult, swept: Swept, *, context: Context) -> SweepResult:
    """Write the trials of a sweep, and what they come to into the result.

    Every account that was measured is a trial: of a sweep by symbol, the symbol is one of its
    parameters.

    Parameters
    ----------
    result : SweepResult
        As `result_of` describes it.
    swept : Swept
        What was done.
    context : Context
        Whose ledger, clock and caller.

    Returns
    -------
    SweepResult
        With `trial`, `claim`, `verdict`, `all_trials`, and p-values among all trials of the
        question.
    """
    job, kept, terms = swept.job, swept.kept, swept.job.terms
    traded = traded_bars(swept)
    scope = scope_of(traded)
    parameters, returns = _best_series(swept)
    attempt = SweepAttempt(
        question=result.question,
        subject=job.strategy.name,
        source=job.strategy.source_hash,
        points=_points(swept),
        fixed={name: plain(value) for name, value in job.space.fixed.items()},
        outcome=_outcome(result),
        assumptions=assumptions_of(terms.costs, result.fills_at, terms.initial_cash),
        maxima=kept.tally.maxima,
        sharpes=_sharpes(swept),
        moments=None if kept.shape.everything else kept.tally.moments,
        best=parameters,
        best_returns=returns,
        scope=scope,
        reason=reason_of(traded),
    )
    touched = holdout_note(context.ledger, scope)
    made = record_sweep_trials(attempt, context=context)
    top = [_among_all(found, made) for found in result.top]
    p_value = top[0].p_value if top else math.nan
    best = dataclasses.replace(made, statistic=top[0].statistic if top else math.nan)
    return result.model_copy(
        update={
            "top": top,
            "optimum": top[0] if top else None,
            "p_value": p_value,
            "trial": None if made.reason else made.trial,
            "claim": trial_line(made, p_value),
            "verdict": _verdict(swept, top, made),
            "effective_trials": made.maxima.effective_trials() if made.maxima else math.nan,
            "all_trials": related_trials(best, scope, context=context),
            "notes": [*result.notes, *filter(None, [touched])],
        }
    )


def _among_all(found: Optimum, made: Recorded) -> Optimum:
    own = dataclasses.replace(made, statistic=found.statistic)
    return found.model_copy(update={"p_value": p_on_question(own)})


def _verdict(swept: Swept, top: list[Optimum], made: Recorded) -> Verdict | None:
    """Of the best; None for trials that do not count."""
    if made.reason or made.maxima is None or not top:
        return None
    best = top[0]
    series = swept.job.returns(np.array([best.position], np.int64))[0]
    account = swept.job.plan.symbols.index(best.symbol) if best.symbol else 0
    return verdict(
        series[account],
        made.maxima,
        trials=made.record.count,
        sharpe_variance=made.record.moments.variance,
        longest_holding=max(int(best.measures["longest_holding"]), 1),
        unmeasured=made.record.unmeasured,
    )


def _points(swept: Swept) -> Grid | Points:
    """What was tried, as the ledger has it; by symbol, the symbol runs fastest."""
    space, kept = swept.job.space, swept.kept
    axes = {name: values.tolist() for name, values in space.axes.items()}
    symbols, count = list(kept.symbols), kept.shape.accounts
    untried = kept.tally.untried(space.size)
    if space.product:
        if symbols:
            axes["symbol"] = symbols
        return Grid(axes, (untried[:, None] * count + np.arange(count)).ravel())
    tried = np.setdiff1d(np.arange(space.size), untried)
    columns: dict[str, Any] = {
        name: np.repeat(values[tried], count) for name, values in space.axes.items()
    }
    if symbols:
        columns["symbol"] = symbols * len(tried)
    return Points(columns)


def _sharpes(swept: Swept) -> Floats | None:
    """The Sharpe ratio per bar of each position of `_points`; None where not all are kept."""
    kept, space = swept.kept, swept.job.space
    if not kept.shape.everything:
        return None
    found = kept.measure("sharpe_per_bar").reshape(-1, kept.shape.accounts)
    if not space.product:
        return np.ascontiguousarray(found.ravel())
    whole = np.full((space.size, kept.shape.accounts), np.nan)
    whole[kept.positions] = found
    return whole.ravel()


def _best_series(swept: Swept) -> tuple[tuple[dict[str, Any], ...], Floats | None]:
    """The parameters and returns of the best accounts by their Sharpe ratio."""
    kept, job = swept.kept, swept.job
    bars, accounts = len(job.plan.time), kept.shape.accounts
    share = max(kept.tally.tried * accounts // SERIES_SHARE, 1)
    most = min(MOST_SERIES, share, max(MOST_NUMBERS // bars, 1))
    order = best_rows(kept, "sharpe_per_bar", most)
    if not len(order):
        return (), None
    rows, account = kept.positions[order // accounts], order % accounts
    returns = np.empty((len(order), bars))
    step = max(MOST_NUMBERS // (bars * accounts), 1)
    for first in range(0, len(order), step):
        part = slice(first, first + step)
        series = job.returns(rows[part])
        returns[part] = series[np.arange(len(series)), account[part]]
    whose = [{"symbol": kept.symbols[index]} if kept.symbols else {} for index in account]
    varied = [job.space.varied(int(row)) for row in rows]
    return tuple({**one, **two} for one, two in zip(varied, whose, strict=True)), returns


def _outcome(result: SweepResult) -> dict[str, Any]:
    """The numbers of the best, as the journal keeps them."""
    best = result.optimum
    seen: dict[str, Any] = {"combinations": result.combinations, "bars": result.period.bars}
    if best is not None:
        value = best.measures[result.metric]
        seen |= {"best": best.parameters, result.metric: value if math.isfinite(value) else None}
    return seen
