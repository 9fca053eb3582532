"""Trials are written into the ledger, and what the question's trials come to is read back.

A trial is code, parameters, and what else changes the answer. Asking the same again counts
once, whoever asks and through whatever door; that is the ledger's to see.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.ports import BestTrial, Grid, KeptSeries, Points, QuestionRecord, SweepTrials, Trial
from workbench.validation.metrics import sharpe_per_bar
from workbench.validation.significance import Maxima
from workbench.validation.trials.asking import FEWEST_BARS

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.context import Context
    from workbench.ports import DataScope, Moments

__all__ = ["Attempt", "Recorded", "SweepAttempt", "record_sweep_trials", "record_trial"]

_SHOWN = 16


@dataclass(frozen=True)
class Attempt:
    """What was tried on a question, before it is written down.

    Parameters
    ----------
    question : str
        As `question_of` gives it.
    subject : str
        The strategy's or model's name.
    source : str
        The hash of its source.
    parameters : dict
        All its parameters, defaults too; JSON values.
    outcome : dict
        The numbers seen; JSON values.
    assumptions : dict
        What else changes the answer: costs, where orders fill; JSON values.
    returns : array of float, shape (bars,), optional
        Simple returns per bar, by which it is judged; NaN is a bar without a position.
    longest_holding : int
        Longest time a position was held, in bars.
    scope : DataScope, optional
        The data of the question, as `scope_of` gives it.
    reason : str
        Why it does not count, as `reason_of` gives it; empty when it does.
    """

    question: str
    subject: str
    source: str
    parameters: dict[str, Any] = field(default_factory=dict)
    outcome: dict[str, Any] = field(default_factory=dict)
    assumptions: dict[str, Any] = field(default_factory=dict)
    returns: npt.NDArray[np.floating[Any]] | None = None
    longest_holding: int = 1
    scope: DataScope | None = None
    reason: str = ""


@dataclass(frozen=True)
class SweepAttempt:
    """Many trials of one strategy under one set of assumptions.

    Parameters
    ----------
    question, subject, source, outcome, assumptions, scope, reason
        As of an `Attempt`.
    points : Grid or Points
        The parameters that vary and their values.
    fixed : dict
        The strategy's other parameters, so that a single backtest is found among the points.
    maxima : Maxima, optional
        Of all these trials.
    sharpes : array of float, optional
        Sharpe ratio per bar of each position of `points`; NaN where it is not defined.
    moments : Moments, optional
        Of the Sharpe ratios, where `sharpes` are not at hand.
    best : sequence of dict
        The parameters of the best trials, 1,000 at most, those of `fixed` may be absent.
    best_returns : array of float, shape (best, bars), optional
        Their returns.
    """

    question: str
    subject: str
    source: str
    points: Grid | Points
    fixed: dict[str, Any] = field(default_factory=dict)
    outcome: dict[str, Any] = field(default_factory=dict)
    assumptions: dict[str, Any] = field(default_factory=dict)
    maxima: Maxima | None = None
    sharpes: npt.NDArray[np.floating[Any]] | None = None
    moments: Moments | None = None
    best: tuple[dict[str, Any], ...] = ()
    best_returns: npt.NDArray[np.floating[Any]] | None = None
    scope: DataScope | None = None
    reason: str = ""


@dataclass(frozen=True)
class Recorded:
    """A trial in the ledger, and what a verdict on it needs.

    Parameters
    ----------
    trial : int
        How many different trials the question has had by now.
    record : QuestionRecord
        All that is known of the question.
    maxima : Maxima or None
        Of all trials of the question; None before one with returns.
    statistic : float
        The studentised mean of this trial, of a sweep its best; NaN without returns.
    reason : str
        Why it does not count; empty when it does.
    """

    trial: int
    record: QuestionRecord
    maxima: Maxima | None = None
    statistic: float = math.nan
    reason: str = ""


def record_trial(attempt: Attempt, verb: str, *, context: Context) -> Recorded:
    """Write a trial into the ledger.

    Parameters
    ----------
    attempt : Attempt
        What was tried.
    verb : str
        ``backtest``, ``holdout`` or ``train``.
    context : Context
        Whose ledger, clock and caller.

    Returns
    -------
    Recorded
        With the number of different trials, this one included.
    """
    reason = attempt.reason or _undefined(attempt.returns)
    own = None if reason or attempt.returns is None else _maxima_of(attempt)
    trial = Trial(
        question=attempt.question,
        subject=f"{attempt.subject}@{attempt.source[:_SHOWN]}",
        parameters=attempt.parameters,
        verb=verb,
        outcome=attempt.outcome,
        at=context.now(),
        assumptions=attempt.assumptions,
        caller=context.caller.value,
        reason=reason,
        sharpe=_sharpe(attempt),
        returns=b"" if own is None else np.asarray(attempt.returns, "<f4").tobytes(),
        scope=attempt.scope,
    )
    count = context.ledger.record(trial, _folding(own))
    return _recorded(attempt.question, count, own, reason, context)


def record_sweep_trials(
    attempt: SweepAttempt, verb: str = "sweep", *, context: Context
) -> Recorded:
    """Write all trials of a sweep into the ledger: one row, however many they are.

    Parameters
    ----------
    attempt : SweepAttempt
        What was tried. A sweep that is resumed may write what it has done so far, with the rest
        skipped: points that are written again count once.
    verb : str
        ``sweep``, or what else made them.
    context : Context
        Whose ledger, clock and caller.

    Returns
    -------
    Recorded
        With the number of different trials, these included; its statistic is the best one's.
    """
    subject = f"{attempt.subject}@{attempt.source[:_SHOWN]}"
    trials = SweepTrials(
        question=attempt.question,
        subject=subject,
        points=_with_fixed(attempt.points, attempt.fixed),
        at=context.now(),
        verb=verb,
        assumptions=attempt.assumptions,
        caller=context.caller.value,
        reason=attempt.reason,
        sharpes=attempt.sharpes,
        moments=attempt.moments,
        best=_best(attempt, subject),
        outcome=attempt.outcome,
        scope=attempt.scope,
    )
    own = None if attempt.reason else attempt.maxima
    count = context.ledger.record_sweep(trials, _folding(own))
    return _recorded(attempt.question, count, own, attempt.reason, context)


def _recorded(
    question: str, count: int, own: Maxima | None, reason: str, context: Context
) -> Recorded:
    record = context.ledger.question(question)
    maxima = Maxima.from_bytes(record.maxima) if record.maxima else None
    if maxima is not None:
        maxima.trials = record.count  # equal trials were folded in again, and count once
    statistic = math.nan if own is None or math.isinf(own.observed) else own.observed
    return Recorded(count, record, maxima, statistic, reason)


def _folding(own: Maxima | None) -> Callable[[bytes], bytes] | None:
    if own is None:
        return None

    def fold(before: bytes) -> bytes:
        together = Maxima.from_bytes(before) if before else Maxima.empty(own.bars)
        together.merge(own)
        return together.to_bytes()

    return fold


def _maxima_of(attempt: Attempt) -> Maxima:
    returns = np.asarray(attempt.returns, np.float64)
    own = Maxima.empty(len(returns))
    own.add_returns(returns, attempt.longest_holding)
    return own


def _undefined(returns: npt.NDArray[np.floating[Any]] | None) -> str:
    if returns is None:
        return ""
    if np.isinf(returns).any():
        return "failed: its returns are not finite"
    return f"fewer than {FEWEST_BARS} bars" if len(returns) < FEWEST_BARS else ""


def _sharpe(attempt: Attempt) -> float:
    if attempt.returns is None:
        return math.nan
    return sharpe_per_bar(np.nan_to_num(np.asarray(attempt.returns, np.float64)))


def _with_fixed(points: Grid | Points, fixed: dict[str, Any]) -> Grid | Points:
    others = {name: value for name, value in fixed.items() if name not in _names(points)}
    if isinstance(points, Grid):
        axes = {**points.axes, **{name: [value] for name, value in others.items()}}
        return dataclasses.replace(points, axes=axes)
    size = len(next(iter(points.columns.values()), ()))
    same = {name: [value] * size for name, value in others.items()}
    return Points({**points.columns, **same})


def _names(points: Grid | Points) -> set[str]:
    return set(points.axes if isinstance(points, Grid) else points.columns)


def _best(attempt: SweepAttempt, subject: str) -> KeptSeries | None:
    if attempt.best_returns is None:
        return None
    returns = np.asarray(attempt.best_returns, np.float32)
    sharpes = [sharpe_per_bar(np.nan_to_num(one.astype(np.float64))) for one in returns]
    trials = [
        BestTrial(subject, {**attempt.fixed, **parameters}, sharpe)
        for parameters, sharpe in zip(attempt.best, sharpes, strict=True)
    ]
    return KeptSeries(tuple(trials), returns)
