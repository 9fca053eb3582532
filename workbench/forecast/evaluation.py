"""What a forecaster is worth on data it has not seen, beside repeat-last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput
from workbench.forecast.results import Evaluation, Scores
from workbench.forecast.scaling import origins

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.ports import Forecaster

    Floats = npt.NDArray[np.float64]

__all__ = ["evaluate", "score"]


def evaluate(
    model: Forecaster,
    naive: Forecaster,
    values: Floats,
    first: int,
    *,
    quantiles: Sequence[float],
    name: str,
) -> Evaluation:
    """Forecast from every origin of a held-out tail and compare with what came.

    The forecasters are used as they are and see only values before each origin: neither is
    fitted again on the tail.

    Parameters
    ----------
    model, naive : Forecaster
        What is judged, and repeat-last.
    values : numpy.ndarray, shape (time,)
        The whole series, no NaN.
    first : int
        Where the tail begins: the first value that is forecast.
    quantiles : sequence of float
        Increasing and symmetric around 0.5, which is among them.
    name : str
        The model's name in tables and words.

    Returns
    -------
    Evaluation
        Both rows, skill, and in words whether the model beats repeat-last.

    Raises
    ------
    TooLittleHistory
        If the tail is shorter than the horizon.
    """
    start = max(first - model.input_size, 0)
    history, actual = origins(values[start:], model.input_size, model.horizon)
    rows = [
        score(label, one.predict(history, quantiles), history[:, -1], actual, quantiles)
        for label, one in (("repeat-last", naive), (name, model))
    ]
    skill = _gain(rows[1].mae, rows[0].mae)
    pinball_skill = _gain(rows[1].pinball, rows[0].pinball)
    return Evaluation(
        naive=rows[0],
        model=rows[1],
        skill=skill,
        pinball_skill=pinball_skill,
        origins=len(actual),
        horizon=model.horizon,
        statement=_in_words(rows, skill, pinball_skill, len(actual)),
    )


def score(
    name: str, predicted: Floats, last: Floats, actual: Floats, quantiles: Sequence[float]
) -> Scores:
    """Score quantile forecasts, pooled over origins and steps.

    Parameters
    ----------
    name : str
        The forecaster.
    predicted : numpy.ndarray, shape (origins, horizon, quantiles)
        No NaN; the median is the point forecast.
    last : numpy.ndarray, shape (origins,)
        The last value before each forecast.
    actual : numpy.ndarray, shape (origins, horizon)
        What came.
    quantiles : sequence of float
        The probabilities along the last axis.

    Returns
    -------
    Scores
        ``pinball`` is the mean quantile loss of Koenker and Bassett, "Regression Quantiles",
        Econometrica 1978; ``r2_change`` the out-of-sample R² of Campbell and Thompson,
        Review of Financial Studies 2008, against no change; ``directional_accuracy`` the
        share of moves whose direction was right, NaN where none was predicted.
    """
    point = predicted[:, :, _middle(quantiles)]
    error = actual - point
    squares = float(np.sum(error**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        mape = float(np.mean(np.abs(error / actual)))
    return Scores(
        name=name,
        mae=float(np.mean(np.abs(error))),
        rmse=float(np.sqrt(np.mean(error**2))),
        mape=mape,
        r2_score=_gain(squares, float(np.sum((actual - actual.mean()) ** 2))),
        r2_change=_gain(squares, float(np.sum((actual - last[:, None]) ** 2))),
        pinball=_pinball(predicted, actual, np.asarray(quantiles)),
        directional_accuracy=_direction(point - last[:, None], actual - last[:, None]),
        coverage=_coverage(predicted, actual, quantiles),
    )


def _pinball(predicted: Floats, actual: Floats, quantiles: Floats) -> float:
    error = actual[:, :, None] - predicted
    return float(np.mean(np.maximum(quantiles * error, (quantiles - 1) * error)))


def _direction(predicted: Floats, actual: Floats) -> float:
    moved = (np.abs(predicted) > 0) & (np.abs(actual) > 0)
    right = np.sign(predicted[moved]) == np.sign(actual[moved])
    return float(np.mean(right)) if moved.any() else float("nan")


def _coverage(predicted: Floats, actual: Floats, quantiles: Sequence[float]) -> dict[str, float]:
    pairs = zip(range(len(quantiles) // 2), reversed(range(len(quantiles))), strict=False)
    return {
        f"{quantiles[high] - quantiles[low]:.0%}": float(
            np.mean((actual >= predicted[:, :, low]) & (actual <= predicted[:, :, high]))
        )
        for low, high in pairs
    }


def _middle(quantiles: Sequence[float]) -> int:
    middle = len(quantiles) // 2
    if not np.allclose(np.add(quantiles, quantiles[::-1]), 1.0) or quantiles[middle] != 0.5:
        raise InvalidInput(
            "The quantiles are not symmetric around the median",
            seen=list(quantiles),
            cure="Give 0.5 and pairs that add up to 1, for example 0.1, 0.5, 0.9",
        )
    return middle


def _gain(loss: float, reference: float) -> float:
    return 1.0 - loss / reference if reference > 0 else float("nan")


def _in_words(rows: list[Scores], skill: float, pinball_skill: float, count: int) -> str:
    naive, model = rows
    numbers = f"mean absolute error {model.mae:,.4g} against {naive.mae:,.4g}, skill {skill:+.1%}"
    over = f"over {count:,} overlapping held-out forecasts"
    spread = f"Its quantiles are {'better' if pinball_skill > 0 else 'no better'}: "
    spread += f"quantile loss {pinball_skill:+.1%}."
    if skill > 0:
        verdict = f"{model.name} is nearer than repeat-last ({numbers}) {over}"
        return f"{verdict}; whether this is more than luck is not tested. {spread}"
    return f"{model.name} does not beat repeat-last ({numbers}) {over}. {spread}"
