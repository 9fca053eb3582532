"""What a report says of a model and of its intervals, without anything heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.forecast.networks.architecture import title_of
from workbench.forecast.results import ModelCard

if TYPE_CHECKING:
    from workbench.forecast.models import TrainedModel

__all__ = ["card_of", "interval_of"]


def interval_of(confidence: float) -> tuple[float, float]:
    """The probabilities of both ends of a central interval."""
    low = round((1 - confidence) / 2, 12)
    return low, round(1 - low, 12)


def card_of(model: TrainedModel) -> ModelCard:
    """Which model it is, in words."""
    shape = model.forecaster.architecture
    options = ", ".join(f"{name} {_written(value)}" for name, value in shape.options.items())
    return ModelCard(
        id=model.model_id,
        type=model.model_type,
        architecture=f"{title_of(shape.kind)}, {shape.input_size} values in, {shape.horizon} out"
        + (f"; {options}" if options else ""),
        last_trained=model.trained_at,
        trained_until=model.trained_until,
    )


def _written(value: Any) -> str:
    return "/".join(map(str, value)) if isinstance(value, tuple) else str(value)
