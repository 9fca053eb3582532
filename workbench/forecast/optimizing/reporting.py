"""A search as a report: before and after, and in words what may be claimed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.forecast.evaluation.wording import SIZE
from workbench.forecast.optimizing.ranges import point_of
from workbench.forecast.optimizing.results import (
    NeuralOptimization,
    OptimizationAdvice,
    OptimizationHistory,
    OptimizationResults,
    OptimizationRun,
)
from workbench.forecast.optimizing.searching import best_of

if TYPE_CHECKING:
    from workbench.forecast.evaluation.results import Comparison
    from workbench.forecast.models import TrainedModel
    from workbench.forecast.optimizing.kept import Tried
    from workbench.forecast.optimizing.optimizing import Asked
    from workbench.forecast.optimizing.searching import Ground
    from workbench.forecast.results import TrainingReport
    from workbench.forecast.series import Series

__all__ = ["Chosen", "Searched", "reported"]

WORTH_MORE = 0.15
"""The improvement above which a longer training is recommended, as in the original."""


@dataclass(frozen=True, eq=False)
class Searched:
    """A search that is done, before anything of it was judged.

    Parameters
    ----------
    model : TrainedModel
        Where it began.
    series : Series
        Its own.
    metric : str
        What was made better.
    before : float
        That of the model itself on the part that chooses.
    tried : list of Tried
        Every suggestion.
    ground : Ground
        What the trials shared.
    """

    model: TrainedModel
    series: Series
    metric: str
    before: float
    tried: list[Tried]
    ground: Ground

    @property
    def trials(self) -> list[Tried]:
        """The suggestions that were trained."""
        return [one for one in self.tried if one.is_trial]

    def is_better(self, one: Tried, than: float | None = None) -> bool:
        """Whether a trial is complete and better, on the part that chooses, than the model."""
        if one.value is None:
            return False
        than = self.before if than is None else than
        return one.value > than if self.ground.metric.higher_is_better else one.value < than


@dataclass(frozen=True, eq=False)
class Chosen:
    """The best of a search, in the registry.

    Parameters
    ----------
    best : Tried
        The trial.
    report : TrainingReport
        Of its training.
    performance : tuple of float
        The metric of the original and of the optimised model, on what neither has seen.
    comparison : Comparison
        Of the two there.
    """

    best: Tried
    report: TrainingReport
    performance: tuple[float, float]
    comparison: Comparison

    @property
    def is_real(self) -> bool:
        """Whether its improvement is more than luck explains."""
        return self.comparison.p_value < SIZE


def reported(
    found: Searched, asked: Asked, chosen: Chosen | None, *, trials: int
) -> NeuralOptimization:
    """The report of a search.

    Parameters
    ----------
    found : Searched
        The search.
    asked : Asked
        What was looked for.
    chosen : Chosen or None
        The best; None where no trial did better than the model itself.
    trials : int
        Of the question, by the ledger.

    Returns
    -------
    NeuralOptimization
    """
    report = chosen.report if chosen else None
    return NeuralOptimization(
        model_id=found.model.model_id,
        optimized_model_id=report.model_id if report else None,
        series=found.series.name,
        optimization=_run(found, asked, chosen),
        results=_results(found, asked, chosen),
        recommendations=_advice(found, chosen),
        evaluation=report.evaluation if report else None,
        trials=trials,
        statement=_of_chosen(found, chosen) if chosen else _of_none(found),
        notes=_notes(found, asked),
        device=asked.device,
        survivorship=found.series.survivorship,
        tried=_frame(found, asked),
    )


def _run(found: Searched, asked: Asked, chosen: Chosen | None) -> OptimizationRun:
    trials = found.trials
    curve = [found.before]
    for one in trials:
        curve.append(one.value if found.is_better(one, curve[-1]) else curve[-1])  # type: ignore[arg-type]
    return OptimizationRun(
        metric=asked.metric,
        trials_requested=asked.trials,
        trials_completed=len(trials),
        trials_pruned=sum(one.state == "pruned" for one in trials),
        trials_failed=sum(one.state == "failed" for one in trials),
        parameter_ranges=dict(asked.ranges),
        optimization_history=OptimizationHistory(
            best_trial=trials.index(chosen.best) + 1 if chosen else None,
            improvement_curve=curve,
        ),
    )


def _results(found: Searched, asked: Asked, chosen: Chosen | None) -> OptimizationResults:
    ground = found.ground
    original = _plain(point_of(ground.architecture, ground.schedule, asked.ranges))
    if chosen is None:
        return OptimizationResults(
            original_parameters=original,
            optimized_parameters=original,
            original_performance=math.nan,
            optimized_performance=math.nan,
            performance_improvement=0.0,
            p_value=math.nan,
            verdict="nothing to compare: the model stays as it is",
        )
    before, after = chosen.performance
    return OptimizationResults(
        original_parameters=original,
        optimized_parameters=_plain(chosen.best.point),
        original_performance=before,
        optimized_performance=after,
        performance_improvement=chosen.comparison.skill,
        p_value=chosen.comparison.p_value,
        verdict=chosen.comparison.verdict,
    )


def _advice(found: Searched, chosen: Chosen | None) -> OptimizationAdvice:
    best = chosen.best if chosen else best_of(found.tried, found.ground.metric)
    epochs = found.ground.schedule.epochs
    seconds = best.seconds / len(best.losses) * epochs if best else math.nan
    gained = chosen.comparison.skill if chosen else 0.0
    real = chosen is not None and chosen.is_real
    return OptimizationAdvice(
        apply_optimization=real,
        retrain_recommended=real and gained > WORTH_MORE,
        validation_needed=gained > 0 and not real,
        estimated_training_time=seconds,
    )


def _of_none(found: Searched) -> str:
    best = best_of(found.tried, found.ground.metric)
    value = best.value if best else math.nan
    return (
        f"None of {len(found.trials)} trials did better than the model itself on the part that "
        f"chooses ({found.metric} {value:.4g} at best, against {found.before:.4g}): it stays as "
        "it is, and nothing was looked at of the part that judges."
    )


def _of_chosen(found: Searched, chosen: Chosen) -> str:
    before, after = chosen.performance
    one = chosen.comparison
    numbers = f"{found.metric} {after:.4g} against {before:.4g}"
    over = f"on what neither has seen, the best of {len(found.trials)} trials chosen elsewhere"
    if not one.skill > 0:
        words = f"The optimised model is no better than the original ({numbers}) {over}"
    elif chosen.is_real:
        words = (
            f"The optimised model is better than the original ({numbers}, {one.skill:.1%} saved) "
            f"{over}; this is more than luck explains"
        )
    else:
        words = (
            f"The optimised model is nearer than the original ({numbers}) {over}; it may be luck"
        )
    judged = f"one-sided {one.verdict}, Diebold-Mariano over {one.windows:,} windows"
    return f"{words} ({judged}). {chosen.report.statement}"


def _notes(found: Searched, asked: Asked) -> list[str]:
    notes = []
    if asked.most < asked.trials:
        notes.append(f"Without a GPU it is {asked.most} trials at most, not {asked.trials}.")
    if len(found.trials) < asked.most:
        notes.append(f"It ended after {len(found.trials)} trials: nothing new was left to try.")
    if found.series.digest(found.model.trained_until) != found.model.closes:
        notes.append(
            f"The closes until {found.model.trained_until} have changed since the model was "
            "trained: part of the difference may be theirs."
        )
    return notes


def _frame(found: Searched, asked: Asked) -> pd.DataFrame:
    rows = [
        {
            **_plain(one.point),
            "state": one.state,
            asked.metric: math.nan if one.value is None else one.value,
            "epochs": len(one.losses),
            "seconds": one.seconds,
        }
        for one in found.trials
    ]
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="trial"))


def _plain(point: dict[str, Any]) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in point.items()}
