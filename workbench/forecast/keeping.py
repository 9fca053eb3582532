"""A training becomes a model of the registry, a line of the ledger and a report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.forecast.models import TrainedModel, save_model
from workbench.forecast.results import (
    ModelInfo,
    Performance,
    TrainingHistory,
    TrainingReport,
    TrainingRun,
    losses_of,
)
from workbench.settings import cache_folder
from workbench.validation import Attempt, question_of, reason_of, record_trial, scope_of

if TYPE_CHECKING:
    from datetime import date

    from workbench.context import Context
    from workbench.forecast.learning import Schedule
    from workbench.forecast.networks.architecture import Architecture
    from workbench.forecast.series import Series
    from workbench.forecast.training import Training

__all__ = ["checkpoint_of", "keep", "parameters_of", "source_of_models"]

SOURCES = (
    "scaling",
    "training",
    "networks/architecture",
    "networks/learning",
    "networks/neuralforecast",
)


def keep(
    training: Training, series: Series, *, kind: str, name: str | None, context: Context
) -> TrainingReport:
    """Save the model, record the trial and report.

    Parameters
    ----------
    training : Training
        What was trained.
    series : Series
        On what.
    kind : str
        The model type.
    name : str, optional
        What the model id begins with; type and date by default.
    context : Context
        Whose stores and clock.

    Returns
    -------
    TrainingReport
        With the model's id.
    """
    parameters = parameters_of(
        training.model.architecture, training.schedule, training.validation_split
    )
    until = _date(series, training.split.evaluation - 1)
    model = TrainedModel(
        model_id="",
        model_type=kind,
        series=series.name,
        forecaster=training.model,
        trained_at=context.now(),
        trained_until=until,
        closes=series.digest(until),
        evaluation=training.evaluation.model_dump(),
        parameters=parameters,
        losses=_losses(training),
    )
    metrics = _metrics(training)
    name = name or f"{kind.lower()}_{context.now():%Y%m%d}"
    model_id = save_model(model, name=name, metrics=metrics, context=context)
    attempt = Attempt(
        question_of(series.bars),
        kind,
        source_of_models(),
        parameters,
        metrics,
        scope=scope_of(series.bars),
        reason=reason_of(series.bars),
    )
    trials = record_trial(attempt, "train", context=context).trial
    return _report(training, series, replace(model, model_id=model_id), trials)


def checkpoint_of(
    series: Series, architecture: Architecture, schedule: Schedule, validation_split: float
) -> Path:
    """Where the state of a training is kept while it runs: one place for each training.

    Parameters
    ----------
    series : Series
        What is learned from.
    architecture : Architecture
        The shape.
    schedule : Schedule
        How it learns; how long it may take is not part of the name.
    validation_split : float
        The share that is not learned from.

    Returns
    -------
    Path
        In the cache of `WORKBENCH_HOME`; the file may not be there.
    """
    asked = {
        "closes": series.digest(series.last_date),
        "architecture": architecture.to_json(),
        "schedule": {k: v for k, v in asdict(schedule).items() if k != "max_seconds"},
        "validation_split": validation_split,
        "source": source_of_models(),
    }
    name = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]
    return cache_folder("trainings") / f"{name}.pt"


def parameters_of(
    architecture: Architecture, schedule: Schedule, validation_split: float
) -> dict[str, Any]:
    """What a training was asked for, as a model and the ledger keep it.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    schedule : Schedule
        How it learns; how long it may take is left out.
    validation_split : float
        The share that is not learned from.

    Returns
    -------
    dict
        JSON values; the options of the architecture stand beside the rest.
    """
    learning = {k: v for k, v in asdict(schedule).items() if k != "max_seconds"}
    shape = architecture.to_json()
    options = shape.pop("options")
    del shape["kind"]  # the name of the trial
    return {**shape, **options, **learning, "validation_split": validation_split}


def source_of_models() -> str:
    """The hash of what makes a model: the network, its scaling and its training."""
    files = [Path(__file__).parent / f"{name}.py" for name in SOURCES]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _report(training: Training, series: Series, model: TrainedModel, trials: int) -> TrainingReport:
    evaluation, device = training.evaluation, training.schedule.device
    return TrainingReport(
        model_id=model.model_id,
        model_type=model.model_type,
        series=series.name,
        training=_run(training, series),
        performance=Performance(
            mae=evaluation.model.mae,
            rmse=evaluation.model.rmse,
            mape=evaluation.model.mape,
            r2_score=evaluation.model.r2_score,
        ),
        evaluation=evaluation,
        model_info=_info(training),
        trials=trials,
        statement=evaluation.statement,
        device=device,
        survivorship=series.survivorship,
        losses=losses_of(model.losses),
        model=model,
    )


def _run(training: Training, series: Series) -> TrainingRun:
    fit, schedule = training.fit, training.schedule
    return TrainingRun(
        epochs=schedule.epochs,
        batch_size=schedule.batch_size,
        learning_rate=schedule.learning_rate,
        validation_split=training.validation_split,
        seed=schedule.seed,
        seconds=fit.seconds,
        training_windows=training.windows[0],
        validation_windows=training.windows[1],
        first=_date(series, 0),
        trained_until=_date(series, training.split.evaluation - 1),
        evaluated_until=series.last_date,
        training_history=TrainingHistory(
            epochs_completed=len(fit.valid_losses),
            final_loss=fit.train_losses[-1],
            final_val_loss=fit.valid_losses[-1],
            best_epoch=fit.best_epoch,
            early_stopping=fit.stopped_by == "early stopping",
            stopped_by=fit.stopped_by,
            resumed_from=fit.resumed_from,
        ),
    )


def _metrics(training: Training) -> dict[str, float]:
    evaluation = training.evaluation
    return {
        "mae": evaluation.model.mae,
        "naive_mae": evaluation.naive.mae,
        "skill": evaluation.skill,
        "pinball_skill": evaluation.pinball_skill,
        "seconds": training.fit.seconds,
    }


def _info(training: Training) -> ModelInfo:
    count = training.fit.parameters
    size = len(training.fit.graphs.one) / 1e6
    return ModelInfo(parameters=count, trainable_parameters=count, model_size_mb=size)


def _losses(training: Training) -> dict[str, list[float]]:
    fit = training.fit
    return {"train": list(fit.train_losses), "validation": list(fit.valid_losses)}


def _date(series: Series, position: int) -> date:
    day: date = series.times[position].astype("datetime64[D]").item()
    return day
