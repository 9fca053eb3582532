"""A trained model on data that it has not learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import MissingExtra, UnknownName
from workbench.forecast.calibration.watching import Watch, watch
from workbench.forecast.evaluation.arch import model_confidence_set
from workbench.forecast.evaluation.evaluating import evaluate
from workbench.forecast.evaluation.losses import inside
from workbench.forecast.evaluation.results import (
    BaselineComparison,
    EvaluationReport,
    MetricResults,
    PredictionStatistics,
)
from workbench.forecast.evaluation.rivals import season_of
from workbench.forecast.evaluation.scoring import COST_BPS, gain
from workbench.forecast.models import is_of
from workbench.forecast.naive import fit_repeat_last

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.forecast.evaluation.origins import RollingOrigins
    from workbench.forecast.evaluation.results import ConfidenceSet, Evaluation, Scores
    from workbench.forecast.models import TrainedModel
    from workbench.forecast.series import Series

    Floats = npt.NDArray[np.float64]

__all__ = ["METRICS", "judge"]

METRICS = ("mae", "rmse", "mape", "r2_score", "mse", "accuracy", "precision", "recall")
"""What can be asked for; the last three are of the direction over the horizon."""

_HIGHER_IS_BETTER = {"r2_score", "accuracy", "precision", "recall"}
_FEWEST_BEFORE = 60


def judge(
    model: TrainedModel,
    series: Series,
    metrics: Sequence[str],
    rng: np.random.Generator,
    *,
    cost_bps: float = COST_BPS,
) -> EvaluationReport:
    """Forecast from every origin that a model has not learned from, and say what it is worth.

    Parameters
    ----------
    model : TrainedModel
        The model.
    series : Series
        On what. Of the model's own series only what came after its training counts; of any
        other the first third is left to fit repeat-last and its plain rivals.
    metrics : sequence of str
        Of `METRICS`.
    rng : numpy.random.Generator
        For the model confidence set.
    cost_bps : float
        What the simple rule pays for a unit of the position.

    Returns
    -------
    EvaluationReport
        Repeat-last first, tests, and whether the model has kept its band.

    Raises
    ------
    UnknownName
        If there is no such metric.
    TooLittleHistory
        If too little comes after the training, or before the first origin.
    InvalidInput
        If the series is not positive and the model is of logarithms.
    """
    for metric in metrics:
        if metric not in METRICS:
            raise UnknownName("metric", metric, METRICS)
    forecaster = model.forecaster
    first, warnings = _first_unseen(model, series)
    details = evaluate(
        forecaster,
        fit_repeat_last(series.closes[:first], forecaster.horizon),
        series.closes,
        first,
        quantiles=forecaster.architecture.quantiles,
        name=model.model_id,
        season=season_of(series.timeframe),
        cost_bps=cost_bps,
    )
    windows = details.windows
    details = details.model_copy(update={"confidence_set": _best(windows, rng)})
    watched = _watched(windows, model.model_id)
    return EvaluationReport(
        model_id=model.model_id,
        series=series.name,
        evaluation=MetricResults(
            results={name: _metric(name, windows, details.model) for name in metrics},
            prediction_statistics=_statistics(windows, model.model_id),
        ),
        comparison_to_baseline={name: _beside(name, windows, details) for name in metrics},
        details=details,
        band="It learned no 90% interval." if watched is None else f"{watched.statement}.",
        demoted=watched is not None and watched.is_demoted,
        warnings=warnings,
        statement=details.statement,
    )


def _first_unseen(model: TrainedModel, series: Series) -> tuple[int, list[str]]:
    least = max(model.forecaster.input_size, _FEWEST_BEFORE) + model.forecaster.horizon
    if is_of(model, series):
        return max(series.bars_until(model.trained_until), least), []
    warning = (
        f"The model was trained on another series ({model.series}): if the two move together, it "
        "has seen more of this one than its dates say."
    )
    return max(len(series.closes) // 3, least), [warning]


def _best(windows: RollingOrigins, rng: np.random.Generator) -> ConfidenceSet | None:
    try:
        return model_confidence_set(windows, rng)
    except MissingExtra:
        return None  # the report is whole without it


def _watched(windows: RollingOrigins, name: str) -> Watch | None:
    """The model's own 90% interval one step ahead, if it has one."""
    places = [windows.quantiles.index(q) for q in (0.05, 0.95) if q in windows.quantiles]
    if len(places) < 2:
        return None
    low, high = (windows.of(name)[0, :, 0, place] for place in places)
    return watch(~inside(low, high, windows.actual[0, :, 0]), 1, 0.1)


def _statistics(windows: RollingOrigins, name: str) -> PredictionStatistics:
    said, came = _changes(windows, name)
    both = bool(said.std() > 0 and came.std() > 0)
    return PredictionStatistics(
        total_predictions=len(said),
        correct_direction=int(((np.sign(said) == np.sign(came)) & (said != 0)).sum()),
        avg_prediction_error=float((said - came).mean()),
        prediction_correlation=float(np.corrcoef(said, came)[0, 1]) if both else float("nan"),
    )


def _changes(windows: RollingOrigins, name: str) -> tuple[Floats, Floats]:
    """Predicted and real changes over the whole horizon."""
    last = windows.last[0]
    return windows.point(name)[0, :, -1] - last, windows.actual[0, :, -1] - last


def _metric(metric: str, windows: RollingOrigins, scores: Scores) -> float:
    if metric == "mse":
        return scores.rmse**2
    if metric == "accuracy":
        return scores.directional_accuracy
    if metric in ("precision", "recall"):
        said, came = (change > 0 for change in _changes(windows, scores.name))
        of = said if metric == "precision" else came
        return float((said & came).sum() / of.sum()) if of.any() else float("nan")
    return float(getattr(scores, metric))


def _beside(metric: str, windows: RollingOrigins, details: Evaluation) -> BaselineComparison:
    model, naive = (_metric(metric, windows, one) for one in (details.model, details.naive))
    better = model - naive if metric in _HIGHER_IS_BETTER else gain(model, naive)
    return BaselineComparison(model=model, repeat_last=naive, improvement=better)
