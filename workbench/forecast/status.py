"""What models there are, whether they work, and which is best at what."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.forecast.models import NAIVE, load_model, trained_models
from workbench.forecast.networks.architecture import MODEL_TYPES
from workbench.forecast.results import (
    Evaluation,
    ModelStatus,
    Recommendations,
    SystemStatus,
    losses_of,
)
from workbench.forecast.training import models_in_training
from workbench.forecast.trying import random_walks, soundness

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.forecast.models import TrainedModel

__all__ = ["status_of_all", "status_of_one"]

MOST_TIMED = 20
_REPEATS = 5
_OF_NAIVE: tuple[dict[str, Any], ...] = (
    {
        "model_id": NAIVE,
        "type": "repeat-last",
        "statement": "What every model is measured against.",
    },
    {"max_horizon": None, "input_size": 1, "fitted": "to the history of each forecast"},
    {"status": "healthy", "reason": "nothing is trained, so nothing can be damaged"},
)


def status_of_all(context: Context, *, gpu: bool) -> ModelStatus:
    """Every trained model in short; the newest twenty are loaded and timed.

    Parameters
    ----------
    context : Context
        Whose models.
    gpu : bool
        Whether there is a GPU to train on.

    Returns
    -------
    ModelStatus
        Without details of one model.
    """
    models = trained_models(context)
    summary = [_summary(model) for model in models]
    for number, row in enumerate(summary[:MOST_TIMED]):
        context.progress(number, len(summary), f"timing {row['model_id']}")
        row["inference_ms"] = _milliseconds(row["model_id"], context)
    return ModelStatus(
        total_models=len(models),
        models_summary=summary,
        system_status=_system(len(models), gpu=gpu),
        recommendations=_recommended(summary),
        available_types=list(MODEL_TYPES),
    )


def status_of_one(model_id: Any, context: Context, *, gpu: bool) -> ModelStatus:
    """One model in detail, loaded and tried.

    Parameters
    ----------
    model_id : str or TrainedModel
        The model.
    context : Context
        Whose models.
    gpu : bool
        Whether there is a GPU to train on.

    Returns
    -------
    ModelStatus
        With details, capabilities and a health check of the model.

    Raises
    ------
    UnknownName
        If there is no such model.
    """
    summary = [_summary(one) for one in trained_models(context)]
    performance = losses = None
    if model_id == NAIVE:
        details, capabilities, health = _OF_NAIVE
    else:
        model = load_model(model_id, context=context)
        details, capabilities, health = _details(model), _capabilities(model), _health(model)
        performance = Evaluation.model_validate(model.evaluation)
        losses = losses_of(model.losses)
    return ModelStatus(
        total_models=len(summary),
        models_summary=[row for row in summary if row["model_id"] == details["model_id"]],
        model_details=details,
        capabilities=capabilities,
        health_check=health,
        performance=performance,
        losses=losses,
        system_status=_system(len(summary), gpu=gpu),
        recommendations=_recommended(summary),
        available_types=list(MODEL_TYPES),
    )


def _summary(model: dict[str, Any]) -> dict[str, Any]:
    tags, parameters, metrics = model["tags"], model["parameters"], model["metrics"]
    return {
        "model_id": model["model_id"],
        "type": tags.get("model_type"),
        "series": tags.get("series"),
        "horizon": parameters.get("horizon"),
        "trained_until": tags.get("trained_until"),
        "mae": metrics.get("mae"),
        "naive_mae": metrics.get("naive_mae"),
        "skill": metrics.get("skill"),
        "created_at": model["created_at"].isoformat(),
    }


def _details(model: TrainedModel) -> dict[str, Any]:
    return {
        "model_id": model.model_id,
        "type": model.model_type,
        "series": model.series,
        "trained_at": model.trained_at.isoformat(),
        "trained_until": model.trained_until.isoformat(),
        "architecture": model.forecaster.architecture.to_json(),
        "model_size_mb": round(len(model.forecaster.graphs.one) / 1e6, 3),
        "training": model.parameters,
        "statement": model.evaluation["statement"],
    }


def _capabilities(model: TrainedModel) -> dict[str, Any]:
    quantiles = model.forecaster.architecture.quantiles
    return {
        "max_horizon": model.forecaster.horizon,
        "input_size": model.forecaster.input_size,
        "quantiles": list(quantiles),
        "max_confidence_level": round(1 - 2 * quantiles[0], 6),
        "target": "log price" if model.forecaster.transform == "log" else "price",
    }


def _health(model: TrainedModel) -> dict[str, Any]:
    """Try the model on a random walk: a forecast must be finite and its quantiles in order."""
    seconds, quantiles = _timed(model)
    finite, ordered = soundness(quantiles)
    return {
        "status": "healthy" if ordered else "broken",
        "forecast_finite": finite,
        "quantiles_ordered": ordered,
        "inference_ms": round(seconds * 1e3, 3),
    }


def _milliseconds(model_id: str, context: Context) -> float | None:
    try:
        model = load_model(model_id, context=context)
    except WorkbenchError:
        return None  # shown as not timed; asking for this model says what is wrong
    seconds, _ = _timed(model)
    return round(seconds * 1e3, 3)


def _timed(model: TrainedModel) -> tuple[float, Any]:
    """The median time of one forecast."""
    walk = random_walks(1, model.forecaster.input_size)
    taken = []
    for _ in range(_REPEATS):
        started = perf_counter()
        quantiles = model.forecaster.predict(walk, model.forecaster.architecture.quantiles)
        taken.append(perf_counter() - started)
    return sorted(taken)[_REPEATS // 2], quantiles


def _system(trained: int, *, gpu: bool) -> SystemStatus:
    return SystemStatus(
        gpu_available=gpu,
        gpu_enabled_models=len(MODEL_TYPES) if gpu else 0,
        trained_models=trained,
        models_in_training=models_in_training(),
    )


def _recommended(summary: list[dict[str, Any]]) -> Recommendations:
    return Recommendations(
        best_accuracy_model=_best(summary, "skill", 1),
        fastest_inference_model=_best(summary, "inference_ms", -1),
        most_versatile_model=_best(summary, "horizon", 1),
    )


def _best(summary: list[dict[str, Any]], key: str, sign: int) -> str | None:
    rows = [row for row in summary if isinstance(row.get(key), int | float)]
    return max(rows, key=lambda row: sign * row[key])["model_id"] if rows else None
