"""Scores of one forecaster: pooled, by step of the horizon, and by quantile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.forecast.evaluation.direction import direction_of
from workbench.forecast.evaluation.losses import (
    absolute_error,
    crps,
    inside,
    interval_score,
    levels_of,
    pinball_loss,
    squared_error,
)
from workbench.forecast.evaluation.origins import RollingOrigins, middle_of
from workbench.forecast.evaluation.results import Scores
from workbench.forecast.evaluation.trading import trade_the_sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]

__all__ = ["COST_BPS", "gain", "score", "scores_by_step", "scores_of", "shares_below"]

COST_BPS = 3.0
"""One basis point of fee and two of slippage: what a backtest charges by default."""


def score(
    name: str, predicted: Floats, last: Floats, actual: Floats, quantiles: Sequence[float]
) -> Scores:
    """Score quantile forecasts of one series, pooled over origins and steps.

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
        As `scores_of`, without MASE.
    """
    windows = RollingOrigins(
        quantiles=tuple(quantiles),
        last=last[None],
        actual=actual[None],
        unit=np.array([np.nan]),
        predicted={name: predicted[None]},
    )
    return scores_of(windows, name)


def scores_of(windows: RollingOrigins, name: str, *, cost_bps: float = COST_BPS) -> Scores:
    """Score one forecaster, pooled over series, origins and steps.

    Parameters
    ----------
    windows : RollingOrigins
        What it said and what came.
    name : str
        The forecaster.
    cost_bps : float
        What the simple rule pays for a unit of the position.

    Returns
    -------
    Scores
        ``smape`` is ``2|y − f| / (|y| + |f|)`` as in the M4 competition, ``mase`` that of
        Hyndman and Koehler, International Journal of Forecasting 22 (2006), ``r2_change`` the
        out-of-sample R² of Campbell and Thompson, Review of Financial Studies 21 (2008), against
        no change.
    """
    predicted, point = windows.of(name), windows.point(name)
    actual, last, quantiles = windows.actual, windows.last, windows.quantiles
    absolute = absolute_error(predicted, actual, quantiles)
    squares = squared_error(predicted, actual, quantiles)
    total = (actual - actual.mean(axis=(1, 2), keepdims=True)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        mape = float(np.mean(absolute / np.abs(actual)))
        both = np.abs(actual) + np.abs(point)
        smape = float(np.mean(np.where(both > 0, 2.0 * absolute / both, 0.0)))
        mase = float(np.mean(absolute.mean(axis=(1, 2)) / windows.unit))
    levels = levels_of(quantiles)
    ends = {
        level: (predicted[..., low], predicted[..., high]) for level, (low, high) in levels.items()
    }
    direction = direction_of(point, last, actual)
    return Scores(
        name=name,
        mae=float(absolute.mean()),
        rmse=float(np.sqrt(squares.mean())),
        mape=mape,
        smape=smape,
        mase=mase,
        r2_score=gain(float(squares.sum()), float(total.sum())),
        r2_change=gain(float(squares.sum()), float(np.sum((actual - last[..., None]) ** 2))),
        pinball=float(pinball_loss(predicted, actual, quantiles).mean()),
        crps=float(crps(predicted, actual, quantiles).mean()),
        directional_accuracy=direction.accuracy,
        direction=direction,
        coverage={level: float(inside(*pair, actual).mean()) for level, pair in ends.items()},
        width={level: float((high - low).mean()) for level, (low, high) in ends.items()},
        interval_score={
            level: float(interval_score(*pair, actual, 2 * quantiles[levels[level][0]]).mean())
            for level, pair in ends.items()
        },
        rule=trade_the_sign(point, last, actual, cost_bps),
    )


def scores_by_step(windows: RollingOrigins) -> pd.DataFrame:
    """Errors, coverage, width and interval score of each step of the horizon.

    Parameters
    ----------
    windows : RollingOrigins
        What was said and what came.

    Returns
    -------
    pandas.DataFrame
        Index ``(name, step)``; columns mae, rmse, pinball, crps and for each central interval
        ``coverage_80%``, ``width_80%`` and ``interval_score_80%``; means over series and
        origins, in units of the series.
    """
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    tables = {name: pd.DataFrame(_columns(windows, name)) for name in windows.names}
    whole = pd.concat(tables, names=["name", "step"])
    return whole.rename(index=lambda place: place + 1, level="step")


def shares_below(windows: RollingOrigins) -> pd.DataFrame:
    """How often outcomes fell below each quantile: what a calibration plot shows.

    Parameters
    ----------
    windows : RollingOrigins
        What was said and what came.

    Returns
    -------
    pandas.DataFrame
        Index ``quantile``, one column per forecaster; half of the outcomes that equal a
        quantile count as below, so that a series that stands still is not always above.
    """
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    columns = {}
    for name in windows.names:
        predicted, actual = windows.of(name), windows.actual[..., None]
        below = (actual < predicted) + 0.5 * (actual == predicted)
        columns[name] = below.mean(axis=(0, 1, 2))
    return pd.DataFrame(columns, index=pd.Index(windows.quantiles, name="quantile"))


def gain(loss: float, reference: float) -> float:
    """1 − loss / reference; NaN where the reference loses nothing."""
    return 1.0 - loss / reference if reference > 0 else float("nan")


def _columns(windows: RollingOrigins, name: str) -> dict[str, Floats]:
    predicted, actual, quantiles = windows.of(name), windows.actual, windows.quantiles
    middle_of(quantiles)
    each = {
        "mae": absolute_error(predicted, actual, quantiles),
        "rmse": squared_error(predicted, actual, quantiles),
        "pinball": pinball_loss(predicted, actual, quantiles),
        "crps": crps(predicted, actual, quantiles),
    }
    for level, (low, high) in levels_of(quantiles).items():
        ends = predicted[..., low], predicted[..., high]
        each[f"coverage_{level}"] = inside(*ends, actual).astype(np.float64)
        each[f"width_{level}"] = ends[1] - ends[0]
        each[f"interval_score_{level}"] = interval_score(*ends, actual, 2 * quantiles[low])
    means: dict[str, Floats] = {column: values.mean(axis=(0, 1)) for column, values in each.items()}
    return {**means, "rmse": np.sqrt(means["rmse"])}
