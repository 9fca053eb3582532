"""What a search makes better: a measure of forecasts, and the loss that tests it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import UnknownName
from workbench.forecast.evaluation.accuracy import diebold_mariano
from workbench.forecast.evaluation.losses import absolute_error, pinball_loss, squared_error
from workbench.forecast.evaluation.results import Comparison
from workbench.forecast.evaluation.scoring import gain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from workbench.forecast.evaluation.origins import RollingOrigins

    Floats = npt.NDArray[np.float64]
    Loss = Callable[[Floats, Floats, Sequence[float]], Floats]

__all__ = ["METRICS", "Metric", "compared", "measured", "metric_named"]


def _share_of_value(predicted: Floats, actual: Floats, quantiles: Sequence[float]) -> Floats:
    """The absolute error as a share of what came."""
    share: Floats = absolute_error(predicted, actual, quantiles) / np.abs(actual)
    return share


@dataclass(frozen=True)
class Metric:
    """A measure of forecasts.

    Parameters
    ----------
    loss : callable
        Of a single forecast.
    value : callable
        From the mean loss, and the mean loss of the mean outcome, to the measure.
    higher_is_better : bool
        Whether more of it is better.
    """

    loss: Loss
    value: Callable[[float, float], float]
    higher_is_better: bool = False


METRICS = {
    "mae": Metric(absolute_error, lambda mean, _: mean),
    "rmse": Metric(squared_error, lambda mean, _: mean**0.5),
    "mape": Metric(_share_of_value, lambda mean, _: mean),
    "r2_score": Metric(squared_error, gain, higher_is_better=True),
    "loss": Metric(pinball_loss, lambda mean, _: mean),
}
"""What can be made better; ``loss`` is the quantile loss in units of the series."""


def metric_named(name: str) -> Metric:
    """A metric by its name, or the error that names the others."""
    if name not in METRICS:
        raise UnknownName("metric", name, METRICS)
    return METRICS[name]


def measured(windows: RollingOrigins, name: str, metric: Metric) -> float:
    """One metric of one forecaster, over all origins and steps.

    Parameters
    ----------
    windows : RollingOrigins
        What it said and what came, of one series.
    name : str
        The forecaster.
    metric : Metric
        What is measured.

    Returns
    -------
    float
        In units of the series; ``mape`` is a fraction.
    """
    spread = float(np.mean((windows.actual - windows.actual.mean()) ** 2))
    return metric.value(float(np.mean(_losses(windows, name, metric))), spread)


def compared(windows: RollingOrigins, name: str, rival: str, metric: str) -> Comparison:
    """How much less one forecaster loses than another, and whether that is more than luck.

    Parameters
    ----------
    windows : RollingOrigins
        What both said and what came, of one series.
    name, rival : str
        Who is judged, and against whom.
    metric : str
        Whose loss is compared: squares for ``rmse`` and ``r2_score``.

    Returns
    -------
    Comparison
        Diebold-Mariano on one loss per origin, averaged over the steps. Its ``skill`` is the part
        of the rival's metric that is saved, negative where there is more of it; of ``r2_score``
        the part of the squared error.
    """
    asked = metric_named(metric)
    ours, theirs = (_losses(windows, who, asked)[0].mean(axis=1) for who in (name, rival))
    mean, mean_of_rival = float(ours.mean()), float(theirs.mean())
    if not asked.higher_is_better:
        mean, mean_of_rival = asked.value(mean, 0.0), asked.value(mean_of_rival, 0.0)
    found = diebold_mariano(ours, theirs, windows.horizon)
    return Comparison(
        name=name,
        rival=rival,
        step=None,
        loss=metric,
        test="Diebold-Mariano",
        skill=gain(mean, mean_of_rival),
        difference=found.mean,
        statistic=found.statistic,
        p_value=found.p_value,
        p_holm=found.p_value,
        method=found.method,
        windows=found.windows,
    )


def _losses(windows: RollingOrigins, name: str, metric: Metric) -> Floats:
    return metric.loss(windows.of(name), windows.actual, windows.quantiles)
