"""The trial ledger: what is told to it and what it tells.

A *question* is data that somebody wants to earn on. A *trial* is one look at it: code,
parameters, and the assumptions that change the answer (costs, where orders fill). Many trials at
once are a *set of points*: a product grid, described by its axes, or a list of points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from workbench.ports.holdouts import HoldoutBook, Opening

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

    Fold = Callable[[bytes], bytes]

__all__ = [
    "BestTrial",
    "DataScope",
    "Grid",
    "KeptSeries",
    "Moments",
    "Points",
    "QuestionRecord",
    "SweepTrials",
    "Trial",
    "TrialHistory",
    "TrialLedger",
]


@dataclass(frozen=True)
class DataScope:
    """The data that a question is about.

    Parameters
    ----------
    dataset : str
        Its name, or words for a table of one's own.
    symbols : tuple of str
        What is traded.
    start, end : datetime
        The first and the last bar, in UTC.
    timeframe : str
        Of the bars.
    bars : int
        How many.
    """

    dataset: str
    symbols: tuple[str, ...]
    start: datetime
    end: datetime
    timeframe: str = ""
    bars: int = 0


@dataclass(frozen=True)
class Trial:
    """One look at the data.

    Parameters
    ----------
    question : str
        What is asked: hash of symbols, period, timeframe and prices.
    subject : str
        What was tried: strategy or model with its source hash.
    parameters : dict
        Its parameters, as JSON values.
    verb : str
        ``backtest`` or ``train``.
    outcome : dict
        The numbers seen, as JSON values.
    at : datetime
        When, in UTC.
    assumptions : dict
        What else changes the answer: costs, where orders fill; JSON values.
    caller : str
        ``person``, ``agent`` or ``schedule``; all count alike.
    reason : str
        Why it does not count; empty when it does.
    sharpe : float
        Per bar; NaN when it is not defined.
    returns : bytes
        Simple returns per bar, float32 little-endian; empty when they are not known.
    scope : DataScope, optional
        The data of the question.
    """

    question: str
    subject: str
    parameters: dict[str, Any]
    verb: str
    outcome: dict[str, Any]
    at: datetime
    assumptions: dict[str, Any] = field(default_factory=dict)
    caller: str = "person"
    reason: str = ""
    sharpe: float = math.nan
    returns: bytes = b""
    scope: DataScope | None = None

    @property
    def counts(self) -> bool:
        """Whether it is one of the trials that a result has to account for."""
        return not self.reason


@dataclass(frozen=True)
class Grid:
    """The product of some axes, the last axis running fastest.

    Parameters
    ----------
    axes : mapping
        Parameter → its values, each once; a parameter that is fixed has one value.
    skipped : array of int, optional
        Positions in the product that were not tried.
    """

    axes: Mapping[str, Sequence[Any]]
    skipped: npt.NDArray[np.integer[Any]] | None = None


@dataclass(frozen=True)
class Points:
    """Points one by one, as a random or guided search makes them.

    Parameters
    ----------
    columns : mapping
        Parameter → its value in each point, shape (points,).
    """

    columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]]


@dataclass(frozen=True)
class Moments:
    """Mean and spread of numbers that were seen, mergeable (Chan, Golub & LeVeque 1979).

    Parameters
    ----------
    count : float
        How many numbers; not whole when repeats were weighted down.
    mean, m2 : float
        Their mean, and the sum of squared differences from it.
    low, high : float
        The smallest and the largest.
    """

    count: float = 0.0
    mean: float = 0.0
    m2: float = 0.0
    low: float = math.inf
    high: float = -math.inf

    @property
    def variance(self) -> float:
        """Variance of the numbers, divided by count − 1; NaN of less than two."""
        return self.m2 / (self.count - 1) if self.count > 1 else math.nan

    def merged(self, other: Moments) -> Moments:
        """The moments of both together."""
        count = self.count + other.count
        if not count:
            return self
        step = other.mean - self.mean
        return Moments(
            count,
            self.mean + step * other.count / count,
            self.m2 + other.m2 + step**2 * self.count * other.count / count,
            min(self.low, other.low),
            max(self.high, other.high),
        )

    def scaled(self, share: float) -> Moments:
        """The same mean and spread with only a share of the weight, above 0."""
        return Moments(self.count * share, self.mean, self.m2 * share, self.low, self.high)


@dataclass(frozen=True)
class BestTrial:
    """A trial as a question remembers it.

    Parameters
    ----------
    subject : str
        Strategy or model with its source hash.
    parameters : dict
        Of the strategy.
    sharpe : float
        Per bar.
    """

    subject: str
    parameters: dict[str, Any]
    sharpe: float


@dataclass(frozen=True)
class KeptSeries:
    """Return series of the best trials.

    Parameters
    ----------
    trials : tuple of BestTrial
        The best first.
    returns : array of float32, shape (trials, bars)
        Simple returns per bar.
    """

    trials: tuple[BestTrial, ...]
    returns: npt.NDArray[np.float32]


@dataclass(frozen=True)
class SweepTrials:
    """Many looks at the data at once, of one strategy under one set of assumptions.

    Parameters
    ----------
    question, subject, verb, at, assumptions, caller, reason, scope
        As of a `Trial`.
    points : Grid or Points
        Which parameters were tried.
    sharpes : array of float, optional
        Per bar, one for each position of `points`; with them the moments of the question
        leave repeats out exactly.
    moments : Moments, optional
        Of the Sharpe ratios, where `sharpes` are not at hand: repeats are weighted down.
    best : KeptSeries, optional
        The series of the best 1,000 at most.
    outcome : dict
        What else is worth remembering; JSON values.
    """

    question: str
    subject: str
    points: Grid | Points
    at: datetime
    verb: str = "sweep"
    assumptions: dict[str, Any] = field(default_factory=dict)
    caller: str = "person"
    reason: str = ""
    sharpes: npt.NDArray[np.floating[Any]] | None = None
    moments: Moments | None = None
    best: KeptSeries | None = None
    outcome: dict[str, Any] = field(default_factory=dict)
    scope: DataScope | None = None

    @property
    def counts(self) -> bool:
        """Whether its points are trials that a result has to account for."""
        return not self.reason


@dataclass(frozen=True)
class QuestionRecord:
    """All that the ledger knows of a question.

    Parameters
    ----------
    question : str
        Its hash.
    count : int
        Different trials that count.
    unmeasured : int
        Those of them whose returns never came: they count, and no maximum knows them.
    uncounted : dict
        Reason → how many trials were recorded without counting.
    moments : Moments
        Of the Sharpe ratios per bar of the different trials.
    maxima : bytes
        The running bootstrap maxima; empty when there are none.
    best : BestTrial, optional
        The highest Sharpe ratio of a trial that counts.
    callers : dict
        Caller → different trials first made by them.
    verbs : dict
        Verb → different trials first made with it.
    subjects : tuple of str
        What was tried, sorted.
    openings : tuple of Opening
        Of its hold-out, or of the hold-out that it is; the first one first.
    scope : DataScope, optional
        The data, where it was told.
    first_at, last_at : datetime, optional
        When it was asked first and last, in UTC.
    """

    question: str
    count: int = 0
    unmeasured: int = 0
    uncounted: dict[str, int] = field(default_factory=dict)
    moments: Moments = field(default_factory=Moments)
    maxima: bytes = b""
    best: BestTrial | None = None
    callers: dict[str, int] = field(default_factory=dict)
    verbs: dict[str, int] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    scope: DataScope | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None


class TrialHistory(Protocol):
    """Tells what was tried."""

    def question(self, question: str) -> QuestionRecord:
        """What is known of a question; a count of 0 when it was never asked."""

    def questions(self, limit: int | None = None) -> list[QuestionRecord]:
        """Every question, the one asked last first."""

    def related(
        self, symbols: Sequence[str], start: datetime, end: datetime
    ) -> list[QuestionRecord]:
        """The questions on any of these symbols whose bars overlap these dates, both included."""

    def series(self, question: str) -> KeptSeries | None:
        """The return series of a question's best trials; None when no trial told its own."""


class TrialLedger(TrialHistory, HoldoutBook, Protocol):
    """Counts every different trial that was made on a question.

    A `fold` takes the maxima that the question had (empty at first) and returns those with the
    new trials; it is called while nobody else can write, so that no trial is lost.
    """

    def record(self, trial: Trial, fold: Fold | None = None) -> int:
        """Write the trial; returns how many different trials its question has had by now."""

    def record_sweep(self, sweep: SweepTrials, fold: Fold | None = None) -> int:
        """Write many trials at once; returns what `record` does."""

    def count(self, question: str) -> int:
        """How many different trials a question has had."""
