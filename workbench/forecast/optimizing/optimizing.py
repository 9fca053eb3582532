"""From a trained model and ranges to the best of other options, and what it is worth."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput
from workbench.forecast.evaluation.origins import rolling_origins
from workbench.forecast.evaluation.rivals import season_of
from workbench.forecast.keeping import keep, parameters_of, source_of_models
from workbench.forecast.learning import Schedule
from workbench.forecast.models import is_of
from workbench.forecast.optimizing.kept import Kept
from workbench.forecast.optimizing.measuring import compared, measured, metric_named
from workbench.forecast.optimizing.ranges import axes_of, changed
from workbench.forecast.optimizing.reporting import Chosen, Searched, reported
from workbench.forecast.optimizing.searching import Ground, best_of, search, validated
from workbench.forecast.series import load_series
from workbench.forecast.training import Split, train
from workbench.settings import cache_folder
from workbench.validation import Attempt, question_of, reason_of, record_trial, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from workbench.context import Context
    from workbench.domain import DatasetRef
    from workbench.forecast.models import TrainedModel
    from workbench.forecast.optimizing.kept import Tried
    from workbench.forecast.optimizing.results import NeuralOptimization
    from workbench.forecast.series import Series

__all__ = ["CPU_TRIALS", "Asked", "optimized", "series_of_model"]

CPU_TRIALS = 50
"""The most trials without a GPU."""


@dataclass(frozen=True)
class Asked:
    """What is looked for, and how.

    Parameters
    ----------
    ranges : mapping
        As `axes_of` takes them.
    trials : int
        How many are trained; at most `CPU_TRIALS` on a CPU.
    metric : str
        One of `METRICS`.
    device : str
        ``cpu`` or ``cuda``.
    max_seconds : float
        Of one training.
    resume : bool
        Whether to go on with an interrupted search.
    name : str, optional
        What the id of the optimised model begins with.
    """

    ranges: Mapping[str, Any]
    trials: int
    metric: str
    device: str = "cpu"
    max_seconds: float = 60.0
    resume: bool = True
    name: str | None = None

    @property
    def most(self) -> int:
        """How many trials there may be."""
        return self.trials if self.device == "cuda" else min(self.trials, CPU_TRIALS)


def series_of_model(
    model: TrainedModel, data: DatasetRef | None, *, end: date | None, context: Context
) -> Series:
    """The series that a model was trained on, and what came after.

    Parameters
    ----------
    model : TrainedModel
        The model.
    data : str, path or frame, optional
        Where its series is; by default it is found by its name.
    end : date, optional
        Only bars before this date.
    context : Context
        Whose lake to read.

    Returns
    -------
    Series

    Raises
    ------
    InvalidInput
        If the name of the series does not say where it is, or it is another one.
    """
    if data is None and model.series.startswith("frame:"):
        raise InvalidInput(
            "The model was trained on a frame or a file, which is not kept",
            seen=model.series,
            cure="Give it again as data_path",
        )
    series = load_series(model.series if data is None else data, end=end, context=context)
    if not is_of(model, series):
        raise InvalidInput(
            "The model was trained on other data",
            seen=series.name,
            cure=f"Give those of its training, {model.series} until {model.trained_until}",
        )
    return series


def optimized(
    model: TrainedModel, series: Series, asked: Asked, *, context: Context
) -> NeuralOptimization:
    """Search for better options of a model, and put the best beside it.

    Parameters
    ----------
    model : TrainedModel
        Where it begins.
    series : Series
        Its own: the first part is learned from, the second chooses, what came after its
        training judges the one that was chosen.
    asked : Asked
        What is looked for, and how.
    context : Context
        Whose models, ledger and progress.

    Returns
    -------
    NeuralOptimization
        With every trial recorded, and the chosen one in the registry.

    Raises
    ------
    UnknownName
        If there is no such metric or parameter.
    InvalidInput
        If a range cannot be used, or no trial could be trained.
    TooLittleHistory
        If what came after the training is shorter than the horizon.
    """
    metric = metric_named(asked.metric)
    network = model.forecaster
    axes = axes_of(network.architecture, asked.ranges)
    share = float(model.parameters["validation_split"])
    split = Split.seen(series.bars_until(model.trained_until), share)
    ground = Ground(series.closes, split, network.architecture, _schedule(model, asked), metric)
    before = validated(ground, network)
    kept = Kept(cache_folder("trainings"), _name(series, model, ground, asked))
    if not asked.resume:
        kept.clear()
    tried = search(
        ground,
        axes,
        asked.most,
        kept,
        on_progress=context.progress,
        on_trial=_recorder(series, ground, share, asked.metric, context),
    )
    found = Searched(model, series, asked.metric, before, tried, ground)
    best = best_of(tried, metric)
    chosen = None
    if best is not None and found.is_better(best):
        chosen = _chosen(model, series, ground, best, kept, asked, context)
    kept.clear()
    count = context.ledger.question(question_of(series.bars)).count
    return reported(found, asked, chosen, trials=count)


def _chosen(
    model: TrainedModel,
    series: Series,
    ground: Ground,
    best: Tried,
    kept: Kept,
    asked: Asked,
    context: Context,
) -> Chosen:
    """The best trial trained once more, kept, and compared on what it has not seen."""
    shape, schedule = changed(ground.architecture, ground.schedule, best.point)
    done = train(
        series.closes,
        shape,
        replace(schedule, epochs=len(best.losses), max_seconds=math.inf),
        validation_split=float(model.parameters["validation_split"]),
        split=ground.split,
        on_progress=lambda _done, _of, message: context.progress(
            asked.most, asked.most, f"the best once more: {message}"
        ),
        season=season_of(series.timeframe),
        checkpoint=kept.checkpoint("best"),
    )
    name = asked.name or f"{model.model_type.lower()}_optimized_{context.now():%Y%m%d}"
    done = replace(done, schedule=schedule)
    report = keep(done, series, kind=model.model_type, name=name, context=context)
    both = {model.model_id: model.forecaster, report.model_id: done.model}
    windows = rolling_origins(
        both,
        series.closes,
        ground.split.evaluation,
        horizon=shape.horizon,
        quantiles=shape.quantiles,
    )
    old, new = (measured(windows, who, ground.metric) for who in both)
    comparison = compared(windows, report.model_id, model.model_id, asked.metric)
    return Chosen(best, report, (old, new), comparison)


def _schedule(model: TrainedModel, asked: Asked) -> Schedule:
    """How the model learned, on the device that is asked for."""
    known = {one.name for one in fields(Schedule)} & set(model.parameters)
    of_model = {name: model.parameters[name] for name in known}
    return replace(Schedule(**of_model), device=asked.device, max_seconds=asked.max_seconds)


def _name(series: Series, model: TrainedModel, ground: Ground, asked: Asked) -> str:
    """One place for each search; how many trials there may be is not part of it."""
    about = {
        "closes": series.digest(model.trained_until),
        "architecture": ground.architecture.to_json(),
        "schedule": {k: v for k, v in asdict(ground.schedule).items() if k != "max_seconds"},
        "split": asdict(ground.split),
        "ranges": dict(asked.ranges),
        "metric": asked.metric,
        "source": source_of_models(),
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:24]


def _recorder(
    series: Series, ground: Ground, share: float, metric: str, context: Context
) -> Callable[[Tried], None]:
    """Writes each trial into the ledger as the training that it is."""
    question, scope = question_of(series.bars), scope_of(series.bars)
    reason, source = reason_of(series.bars), source_of_models()

    def record(one: Tried) -> None:
        shape, schedule = changed(ground.architecture, ground.schedule, one.point)
        seen = {"state": one.state, "epochs": len(one.losses), f"validation_{metric}": one.value}
        attempt = Attempt(
            question,
            shape.kind,
            source,
            parameters_of(shape, schedule, share),
            {name: value for name, value in seen.items() if value is not None},
            scope=scope,
            reason=reason,
        )
        record_trial(attempt, "train", context=context)

    return record
