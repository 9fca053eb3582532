"""From the values that a caller gives to a prediction."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import InvalidInput, OutOfRange
from workbench.forecast.cards import card_of, interval_of
from workbench.forecast.models import NAIVE
from workbench.forecast.serving.inputs import given_values, windows_for
from workbench.forecast.serving.results import Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.forecast.models import TrainedModel
    from workbench.forecast.serving.server import ModelServer

    Floats = npt.NDArray[np.float64]

__all__ = ["chances_of_rise", "predict"]


def predict(
    server: ModelServer, model: str | TrainedModel, values: Any, confidence: float
) -> Prediction:
    """What a model of a server says of the values that come next.

    Parameters
    ----------
    server : ModelServer
        Where the model is.
    model : str or TrainedModel
        A name, an id, or the model itself.
    values : sequence, numpy.ndarray, pandas.Series or pandas.DataFrame
        As `given_values` takes them.
    confidence : float
        Of the central interval.

    Returns
    -------
    Prediction

    Raises
    ------
    UnknownName
        If there is no such model.
    OutOfRange
        If the confidence is beyond the model.
    TooLittleHistory
        If a series is too short.
    InvalidInput
        If a value of a series cannot be used, or repeat-last is asked for.
    """
    if model == NAIVE:
        raise InvalidInput(
            "Repeat-last is no trained model: its forecast is the last value",
            seen=model,
            cure="For its calibrated intervals ask neural_forecast with model_id='naive'",
        )
    given = given_values(values)
    begun = perf_counter()
    found = server.model(model) if isinstance(model, str) else model
    asked = _quantiles(found, confidence)
    windows = windows_for(found.forecaster, given, found.model_id)
    answer = server.predict(found, windows, asked)  # this one, whatever is swapped meanwhile
    taken = perf_counter() - begun
    low, middle, high = (asked.index(one) for one in _ends(found, confidence))
    said = answer.values
    rises = chances_of_rise(said, asked, windows[:, -1])
    parts = [said[..., middle], said[..., low], said[..., high], np.maximum(rises, 1 - rises)]
    medians, lower, upper, sure = [(one[0] if given.is_one else one).tolist() for one in parts]
    return Prediction(
        model=card_of(found),
        horizon=found.forecaster.horizon,
        series=given.names,
        confidence_level=confidence,
        predictions=medians,
        lower=lower,
        upper=upper,
        confidence=sure,
        milliseconds=taken * 1e3,
        from_cache=answer.from_cache,
        device="cpu",
        skill=found.evaluation["skill"],
        statement=found.evaluation["statement"],
        history=given.rows,
        quantiles=said,
        probabilities=asked,
    )


def chances_of_rise(values: Floats, probabilities: Sequence[float], last: Floats) -> Floats:
    """The probability that a quantile forecast gives to a value above the last one.

    Parameters
    ----------
    values : numpy.ndarray, shape (series, horizon, quantiles)
        Not decreasing along the quantiles.
    probabilities : sequence of float
        Of the quantiles; a last value beyond all of them has the outermost.
    last : numpy.ndarray, shape (series,)
        The last value that is known.

    Returns
    -------
    numpy.ndarray, shape (series, horizon)
        Linear between quantiles.
    """
    levels = np.asarray(probabilities)
    place = last[:, None, None]
    below = (values <= place).sum(axis=-1, keepdims=True)
    right = np.clip(below, 1, len(levels) - 1)
    left, after = (np.take_along_axis(values, at, axis=-1) for at in (right - 1, right))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(below == 0, 0.0, (place - left) / (after - left))
    share = np.where(below == len(levels), 1.0, share)
    found: Floats = levels[right - 1] + share * (levels[right] - levels[right - 1])
    return 1.0 - found[..., 0]


def _quantiles(model: TrainedModel, confidence: float) -> list[float]:
    """Those that were learned, and the ends of the interval."""
    known = model.forecaster.architecture.quantiles
    low, _, high = ends = _ends(model, confidence)
    if not known[0] <= low < high:
        raise OutOfRange("confidence_level", confidence, 0, round(1 - 2 * known[0], 6))
    return sorted({*known, *ends})


def _ends(model: TrainedModel, confidence: float) -> tuple[float, float, float]:
    """Both ends of the interval around the median, those that were learned exactly."""
    known = model.forecaster.architecture.quantiles
    low, high = interval_of(confidence)
    if abs(low - known[0]) < 1e-9:
        low, high = known[0], known[-1]
    return low, 0.5, high
