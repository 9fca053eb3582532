"""Trained models by name, kept in the experiment store.

A model is a graph (ONNX) and a card (JSON): loading one runs no code of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from workbench.context import current
from workbench.errors import InvalidInput, StoreError, UnknownName

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.domain import ModelRef
    from workbench.forecast.networks.network import Network
    from workbench.forecast.series import Series
    from workbench.ports import Experiments

__all__ = [
    "NAIVE",
    "TrainedModel",
    "is_of",
    "load_from",
    "load_model",
    "model_names",
    "newest_model",
    "save_model",
    "trained_models",
]

NAIVE = "naive"
CARD = "model.json"
GRAPHS = ("one.onnx", "many.onnx")
FORMAT = 2


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model that forecasts, and what is known of it.

    Parameters
    ----------
    model_id : str
        Its name.
    model_type : str
        One of `MODEL_TYPES`.
    series : str
        The series it was trained on.
    forecaster : Network
        The model itself.
    trained_at : datetime
        When, in UTC.
    trained_until : date
        The last session it has learned from, the choice of the epoch included.
    closes : str
        The hash of the closes that it has learned from.
    evaluation : dict
        The `Evaluation` of its training as JSON values.
    parameters : dict
        Of its training.
    losses : dict
        ``train`` and ``validation``: the mean quantile loss of each epoch, in scaled units.
    """

    model_id: str
    model_type: str
    series: str
    forecaster: Network = field(repr=False)
    trained_at: datetime
    trained_until: date
    closes: str
    evaluation: dict[str, Any] = field(repr=False)
    parameters: dict[str, Any] = field(repr=False)
    losses: dict[str, list[float]] = field(default_factory=dict, repr=False)


def model_names() -> list[str]:
    """``naive``, which is always there, and the trained models of the process's own context."""
    return [NAIVE, *(str(model["model_id"]) for model in trained_models(current()))]


def trained_models(context: Context) -> list[dict[str, Any]]:
    """What is known of every trained model, newest first, without loading it."""
    return _trained(context.experiments)


def newest_model(series: Series, *, horizon: int, context: Context) -> TrainedModel | None:
    """The newest model of a series that reaches far enough and has seen nothing later.

    A model that learned from sessions after the last of the series would know the future.

    Parameters
    ----------
    series : Series
        The history of the forecast.
    horizon : int
        Steps that are wanted.
    context : Context
        Whose models.

    Returns
    -------
    TrainedModel or None
        None if there is no such model.
    """
    for model in trained_models(context):
        tags = model["tags"]
        until = date.fromisoformat(tags["trained_until"])
        reaches = int(model["parameters"]["horizon"]) >= horizon
        if (
            reaches
            and until <= series.last_date
            and _is_of(series, tags["series"], tags["closes"], until)
        ):
            return load_model(model["model_id"], context=context)
    return None


def is_of(model: TrainedModel, series: Series) -> bool:
    """Whether a model was trained on a series: by name, or for a frame by its closes."""
    return _is_of(series, model.series, model.closes, model.trained_until)


def _trained(experiments: Experiments) -> list[dict[str, Any]]:
    return [model for model in experiments.models() if "trained_until" in model["tags"]]


def _is_of(series: Series, name: str, closes: str, until: date) -> bool:
    return name == series.name and (not series.is_frame() or series.digest(until) == closes)


def load_model(model: ModelRef, *, context: Context) -> TrainedModel:
    """A trained model by its id, or the model itself.

    Parameters
    ----------
    model : str or TrainedModel
        What is wanted.
    context : Context
        Whose models.

    Returns
    -------
    TrainedModel
        Ready to forecast.

    Raises
    ------
    UnknownName
        If there is no such model.
    StoreError
        If its files are damaged or of another version.
    """
    if isinstance(model, TrainedModel):
        return model
    if not isinstance(model, str):
        raise InvalidInput("This is no model", seen=model, cure="Give a model id or a TrainedModel")
    return load_from(context.experiments, model)


def load_from(experiments: Experiments, model_id: str) -> TrainedModel:
    """A trained model by its id, from a store of experiments.

    Parameters
    ----------
    experiments : Experiments
        Where it lies.
    model_id : str
        What is wanted.

    Returns
    -------
    TrainedModel
        Ready to forecast.

    Raises
    ------
    UnknownName
        If there is no such model.
    StoreError
        If its files are damaged or of another version.
    """
    try:
        card, *graphs = (experiments.artifact(model_id, file) for file in (CARD, *GRAPHS))
        return _unpacked(model_id, _read(card), *graphs)
    except UnknownName:
        known = [str(model["model_id"]) for model in _trained(experiments)]
        if model_id in known:
            raise  # a file is missing, and it is named
        raise UnknownName("model", model_id, [NAIVE, *known]) from None
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"The model {model_id} cannot be loaded: {error}",
            cure="Its files are damaged or of another version of the workbench; train it again",
        ) from error


def save_model(
    model: TrainedModel, *, name: str, metrics: dict[str, float], context: Context
) -> str:
    """Keep a model in the experiment store; it can be loaded by the id that is returned.

    Parameters
    ----------
    model : TrainedModel
        Its own ``model_id`` is not used.
    name : str
        What the id begins with.
    metrics : dict
        What a list of models shows.
    context : Context
        Whose experiment store.

    Returns
    -------
    str
        The model id.
    """
    card = {
        "format": FORMAT,
        "model_type": model.model_type,
        "series": model.series,
        "architecture": model.forecaster.architecture.to_json(),
        "transform": model.forecaster.transform,
        "at_once": model.forecaster.graphs.at_once,
        "trained_at": model.trained_at.isoformat(),
        "trained_until": model.trained_until.isoformat(),
        "closes": model.closes,
        "evaluation": model.evaluation,
        "parameters": model.parameters,
        "losses": model.losses,
    }
    graphs = (model.forecaster.graphs.one, model.forecaster.graphs.many)
    return context.experiments.log(
        name,
        parameters=model.parameters,
        metrics=metrics,
        artifacts={
            CARD: json.dumps(card, indent=1).encode(),
            **dict(zip(GRAPHS, graphs, strict=True)),
        },
        tags={
            "series": model.series,
            "model_type": model.model_type,
            "trained_until": model.trained_until.isoformat(),
            "closes": model.closes,
        },
    )


def _read(card: bytes) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(card)
    if values["format"] != FORMAT:
        raise ValueError(f"format {values['format']}, not {FORMAT}")
    return values


def _unpacked(model_id: str, card: dict[str, Any], one: bytes, many: bytes) -> TrainedModel:
    from workbench.forecast.networks import (  # noqa: PLC0415  heavy: numpy
        Architecture,
        Graphs,
        Network,
    )

    network = Network(
        Architecture.from_json(card["architecture"]),
        Graphs(one, many, card["at_once"]),
        card["transform"],
    )
    network.check()
    return TrainedModel(
        model_id=model_id,
        model_type=card["model_type"],
        series=card["series"],
        forecaster=network,
        trained_at=datetime.fromisoformat(card["trained_at"]).astimezone(UTC),
        trained_until=date.fromisoformat(card["trained_until"]),
        closes=card["closes"],
        evaluation=card["evaluation"],
        parameters=card["parameters"],
        losses=card.get("losses", {}),  # unknown of the first models
    )
