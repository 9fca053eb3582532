"""Trial after trial: each is trained on the first part of a series and judged on the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.forecast.evaluation.origins import rolling_origins
from workbench.forecast.optimizing.kept import Tried
from workbench.forecast.optimizing.measuring import measured
from workbench.forecast.optimizing.optuna import Study
from workbench.forecast.optimizing.ranges import changed
from workbench.forecast.training import FEWEST_WINDOWS, learn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import numpy.typing as npt

    from workbench.forecast.learning import Schedule
    from workbench.forecast.networks.architecture import Architecture
    from workbench.forecast.networks.network import Network
    from workbench.forecast.optimizing.kept import Kept
    from workbench.forecast.optimizing.measuring import Metric
    from workbench.forecast.optimizing.ranges import Axis, Point
    from workbench.forecast.training import Split

    Floats = npt.NDArray[np.float64]
    Told = Callable[[float, float, str], None]

__all__ = ["Ground", "best_of", "search", "validated"]

IDLE = 50
"""Suggestions in a row that bring nothing new, after which it is believed that there is none."""
_WORST = 1e9
"""What a training that failed is worth."""


class _HopelessError(Exception):
    """Ends a training that is not worth its end."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What all trials of a search share.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        Closes, finite; those after the second part are not looked at.
    split : Split
        Where the parts end.
    architecture : Architecture
        Of the model that it began with.
    schedule : Schedule
        How that one learned.
    metric : Metric
        What is made better.
    """

    values: Floats
    split: Split
    architecture: Architecture
    schedule: Schedule
    metric: Metric


def validated(ground: Ground, model: Network) -> float:
    """The metric of a model on the part that chooses.

    Parameters
    ----------
    ground : Ground
        Series, parts and metric.
    model : Network
        Trained on the first part.

    Returns
    -------
    float
        As `measured` gives it.
    """
    windows = rolling_origins(
        {"model": model},
        ground.values[: ground.split.evaluation],
        ground.split.validation,
        horizon=model.horizon,
        quantiles=model.architecture.quantiles,
    )
    return measured(windows, "model", ground.metric)


def best_of(tried: list[Tried], metric: Metric) -> Tried | None:
    """The complete trial of the best value, the first of equals; None if there is none."""
    complete = [one for one in tried if one.value is not None]
    return min(complete, key=lambda one: _score(one, metric), default=None)


def search(
    ground: Ground,
    axes: Mapping[str, Axis],
    trials: int,
    kept: Kept,
    *,
    on_progress: Told,
    on_trial: Callable[[Tried], None],
) -> list[Tried]:
    """Try what a study suggests, until there were so many trials or nothing is new.

    Parameters
    ----------
    ground : Ground
        What all trials share.
    axes : mapping
        Parameter → where it is drawn from.
    trials : int
        How many are trained.
    kept : Kept
        Where they are written after each; a search that finds some goes on after them.
    on_progress : callable
        Takes ``(trials done, trials, message)``; what it raises ends the search.
    on_trial : callable
        Takes each new trial.

    Returns
    -------
    list of Tried
        Every suggestion, in order.

    Raises
    ------
    InvalidInput
        If no suggestion could be trained to its end.
    MissingExtra
        If a library of the extra 'forecast' is not installed.
    StoreError
        If what was kept is damaged.
    """
    study = Study(axes, ground.schedule.seed)
    tried = kept.read()
    for one in tried:
        study.tell(one.point, one.losses, _told(one, ground.metric))
    while (done := _count(tried)) < trials and _is_fruitful(tried):
        on_progress(done, trials, _message(tried, ground.metric))
        point = study.ask(len(tried))
        telling = _Telling(on_progress, done, trials)
        one = _known(point, tried) or _attempted(ground, point, study, kept, len(tried), telling)
        study.tell(point, one.losses, _told(one, ground.metric))
        tried.append(one)
        if one.is_trial:
            on_trial(one)
        kept.write(tried)
    if best_of(tried, ground.metric) is None:
        raise InvalidInput(
            "No trial could be trained",
            seen=next((one.reason for one in tried if one.reason), "no trials"),
            cure="Give other ranges",
        )
    return tried


@dataclass(frozen=True)
class _Telling:
    """The news of one training as news of the whole search."""

    on_progress: Told
    done: int
    trials: int

    def __call__(self, epochs: float, of: float, message: str) -> None:
        message = f"trial {self.done + 1} of {self.trials}: {message}"
        self.on_progress(self.done + min(epochs / of, 0.99), self.trials, message)


def _attempted(
    ground: Ground, point: Point, study: Study, kept: Kept, number: int, telling: Told
) -> Tried:
    losses: list[float] = []

    def on_epoch(epoch: int, loss: float) -> None:
        losses.append(loss)
        if study.is_hopeless(epoch, loss):
            raise _HopelessError

    try:
        shape, schedule = changed(ground.architecture, ground.schedule, point)
        _must_fit(ground, shape)
    except (InvalidInput, TooLittleHistory) as error:
        return Tried(point, "impossible", reason=str(error))
    place = kept.checkpoint(number)
    try:
        learned = learn(
            ground.values[: ground.split.evaluation],
            shape,
            schedule,
            ground.split,
            on_progress=telling,
            on_epoch=on_epoch,
            checkpoint=place,
        )
        value = validated(ground, learned.model)
    except _HopelessError:
        place.unlink(missing_ok=True)
        return Tried(point, "pruned", losses=tuple(losses))
    except InvalidInput as error:
        return Tried(point, "failed", reason=str(error))
    return Tried(point, "complete", value, tuple(losses), learned.fit.seconds)


def _must_fit(ground: Ground, shape: Architecture) -> None:
    needs = shape.input_size + shape.horizon + FEWEST_WINDOWS
    if ground.split.validation < needs:
        raise TooLittleHistory(needs, ground.split.validation, f"Input of {shape.input_size}")


def _known(point: Point, tried: list[Tried]) -> Tried | None:
    known = any(one.point == point for one in tried)
    return Tried(point, "known") if known else None


def _count(tried: list[Tried]) -> int:
    return sum(one.is_trial for one in tried)


def _is_fruitful(tried: list[Tried]) -> bool:
    return len(tried) < IDLE or any(one.is_trial for one in tried[-IDLE:])


def _score(one: Tried, metric: Metric) -> float:
    """The value of a complete trial, less is better."""
    value = one.value if one.value is not None else _WORST
    return -value if metric.higher_is_better else value


def _told(one: Tried, metric: Metric) -> float | None:
    if one.state == "failed":
        return _WORST
    return _score(one, metric) if one.value is not None else None


def _message(tried: list[Tried], metric: Metric) -> str:
    best = best_of(tried, metric)
    return "first trial" if best is None else f"best so far {best.value:.4g}"
