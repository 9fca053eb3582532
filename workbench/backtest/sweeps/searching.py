"""Fewer combinations than there are: drawn at random, or guided by what was seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.backtest.sweeps.kept import Kept
from workbench.backtest.sweeps.laying import job_of
from workbench.backtest.sweeps.measures import MEASURES, measured, oriented
from workbench.backtest.sweeps.run import Swept, sweep_space
from workbench.backtest.sweeps.space import points_of, possible, values_of
from workbench.backtest.sweeps.tally import Shape, Tally
from workbench.compute import single_threaded_products
from workbench.errors import InvalidInput
from workbench.validation import bars_per_year

if TYPE_CHECKING:
    import xarray as xr

    from workbench.backtest.sweeps.job import Terms
    from workbench.backtest.sweeps.run import Running
    from workbench.strategies.declaration import Strategy

__all__ = ["Axis", "axes_of", "drawn", "search_guided", "search_random"]

Floats = npt.NDArray[np.float64]
Point = dict[str, Any]

TRIES = 50
"""Draws for each point wanted, before it is believed that there are no more."""
BATCH = 8
"""Points that a guided search asks for at once."""


@dataclasses.dataclass(frozen=True)
class Axis:
    """Where a parameter is drawn from.

    Parameters
    ----------
    values : tuple
        To choose from; empty for any number between two others.
    low, high : float
        Those two, where there are no values.
    """

    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def first(self) -> Any:
        """The value that it begins with."""
        return self.values[0] if self.values else self.low

    def draw(self, rng: np.random.Generator) -> Any:
        """A value."""
        if self.values:
            return self.values[int(rng.integers(len(self.values)))]
        return float(rng.uniform(self.low, self.high))


def axes_of(strategy: Strategy, ranges: Mapping[str, Any]) -> dict[str, Axis]:
    """Where the parameters of a search are drawn from.

    Parameters
    ----------
    strategy : Strategy
        Whose parameters they are.
    ranges : mapping
        Parameter → values, or ``{"min": …, "max": …}``: every integer in between where both
        are, with a ``step`` those values, else any number in between.

    Returns
    -------
    dict
        Parameter → axis.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput
        If a parameter or a range cannot be used.
    """
    if not ranges:
        raise InvalidInput(
            "A search needs a parameter that varies", cure='Give {"window": {"min": 5, "max": 50}}'
        )
    made = {}
    for name, given in ranges.items():
        listed = values_of(strategy, name, given)
        bounds = given if isinstance(given, Mapping) else {}
        whole = all(isinstance(bounds.get(end), int) for end in ("min", "max"))
        if bounds and "step" not in bounds and "count" not in bounds:
            low, high = bounds["min"], bounds["max"]
            made[name] = Axis(tuple(range(low, high + 1))) if whole else Axis((), low, high)
        else:
            made[name] = Axis(tuple(listed))
    return made


def drawn(
    strategy: Strategy,
    axes: Mapping[str, Axis],
    count: int,
    fixed: Mapping[str, Any] | None,
    bars: int,
    rng: np.random.Generator,
) -> list[Point]:
    """Different combinations that make sense, drawn evenly.

    Parameters
    ----------
    strategy : Strategy
        Its `valid` and its warm-up are asked.
    axes : mapping
        As `axes_of` makes them.
    count : int
        How many are wanted.
    fixed : mapping, optional
        Parameters with one value.
    bars : int
        Bars that there are.
    rng : numpy.random.Generator
        What draws.

    Returns
    -------
    list of dict
        At most `count`: there may be no more.
    """
    found: dict[tuple[Any, ...], Point] = {}
    for _ in range(TRIES):
        points = [{name: axis.draw(rng) for name, axis in axes.items()} for _ in range(count)]
        space = points_of(strategy, points, fixed)
        good = possible(strategy, space, np.arange(len(points)), bars)
        for point, usable in zip(points, good, strict=True):
            if usable and len(found) < count:
                found.setdefault(tuple(point.values()), point)
        if len(found) >= count:
            break
    return list(found.values())


def search_random(
    strategy: Strategy,
    bars: xr.Dataset,
    axes: Mapping[str, Axis],
    fixed: Mapping[str, Any] | None,
    terms: Terms,
    running: Running,
    *,
    count: int,
    rng: np.random.Generator,
) -> Swept:
    """Try combinations that are drawn at random.

    Parameters
    ----------
    strategy, bars
        As `workbench.backtest.sweeps.run.sweep_space`.
    axes, fixed
        As `drawn`.
    terms, running
        As `workbench.backtest.sweeps.run.sweep_space`.
    count, rng
        As `drawn`.

    Returns
    -------
    Swept
        Of the combinations that were drawn.

    Raises
    ------
    InvalidInput
        If no combination makes sense.
    """
    points = drawn(strategy, axes, count, fixed, bars.sizes["time"], rng)
    if not points:
        raise _nothing_makes_sense(axes)
    return sweep_space(strategy, bars, points_of(strategy, points, fixed), terms, running)


def search_guided(
    strategy: Strategy,
    bars: xr.Dataset,
    axes: Mapping[str, Axis],
    fixed: Mapping[str, Any] | None,
    terms: Terms,
    running: Running,
    *,
    count: int,
    seed: int,
) -> Swept:
    """Try combinations near those that did well (`workbench.backtest.sweeps.optuna`).

    Parameters
    ----------
    strategy, bars
        As `workbench.backtest.sweeps.run.sweep_space`.
    axes, fixed
        As `drawn`.
    terms, running
        As `workbench.backtest.sweeps.run.sweep_space`; one thread, without a checkpoint.
    count : int
        As `drawn`.
    seed : int
        Of the search.

    Returns
    -------
    Swept
        Of the combinations that were tried.

    Raises
    ------
    InvalidInput
        If no combination makes sense.
    MissingExtra
        If optuna is not installed.
    """
    from workbench.backtest.sweeps.optuna import suggestions  # noqa: PLC0415  heavy: optuna

    tried = _Tried(strategy, bars, fixed, terms, running.metric)
    asked = suggestions(axes, seed, BATCH)
    points = next(asked)
    complete = True
    with single_threaded_products():
        while len(tried.points) < count:
            points, scores = points[: count - len(tried.points)], []
            before = len(tried.points)
            scores = tried.measure(points)
            if running.on_progress is not None:
                running.on_progress(len(tried.points), count)
            if running.enough is not None and tried.best >= _goal(running):
                complete = False
                break
            if len(tried.points) == before:
                tried.idle += 1
            if tried.idle > TRIES:
                break
            points = asked.send(scores)
    if not tried.tally.tried:
        raise _nothing_makes_sense(axes)
    return tried.swept(complete=complete)


class _Tried:
    """What a guided search has tried."""

    def __init__(
        self,
        strategy: Strategy,
        bars: xr.Dataset,
        fixed: Mapping[str, Any] | None,
        terms: Terms,
        metric: str,
    ) -> None:
        self.strategy, self.bars, self.fixed = strategy, bars, fixed
        self.terms, self.metric = terms, metric
        self.points: list[Point] = []
        self.scores: dict[tuple[Any, ...], float] = {}
        self.tally = Tally()
        self.idle = 0

    @property
    def best(self) -> float:
        """The best score so far."""
        return max(self.scores.values(), default=-np.inf)

    def measure(self, points: list[Point]) -> list[float]:
        """The score of each point, more is better; NaN where it makes no sense."""
        new = {tuple(point.values()): point for point in points}
        fresh = [point for key, point in new.items() if key not in self.scores]
        if fresh:
            self._try(fresh)
        return [self.scores[tuple(point.values())] for point in points]

    def swept(self, *, complete: bool) -> Swept:
        """All of it as a sweep."""
        space = points_of(self.strategy, self.points, self.fixed)
        job = job_of(self.strategy, self.bars, space, self.terms)
        symbols = job.plan.symbols if self.terms.by == "symbol" else ()
        return Swept(
            job, Kept(self.tally, self._shape(space, job.account_count), symbols), complete
        )

    def _try(self, points: list[Point]) -> None:
        space = points_of(self.strategy, points, self.fixed)
        job = job_of(self.strategy, self.bars, space, self.terms)
        shape = self._shape(space, job.account_count)
        found = job.measure(np.arange(len(points)))
        scores = np.full(len(points), np.nan)
        values = measured(found.statistics, shape.periods_per_year)
        metric = oriented(values[..., MEASURES.index(self.metric)], self.metric)
        scores[found.positions] = metric.mean(axis=1)
        first = len(self.points)
        placed = dataclasses.replace(found, positions=found.positions + first)
        self.tally.merge(Tally.of(placed, shape, (first, first + len(points))), shape)
        self.points += points
        self.scores |= {
            tuple(point.values()): float(score) for point, score in zip(points, scores, strict=True)
        }

    def _shape(self, space: Any, accounts: int) -> Shape:
        return Shape(space, accounts, bars_per_year(self.bars), self.metric, everything=True)


def _goal(running: Running) -> float:
    return float(oriented(np.array(running.enough), running.metric))


def _nothing_makes_sense(axes: Mapping[str, Axis]) -> InvalidInput:
    return InvalidInput(
        "No combination makes sense",
        seen=f"{sorted(axes)}",
        cure="Look at what the strategy asks of its parameters, and at the length of the bars",
    )
