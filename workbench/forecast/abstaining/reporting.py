"""The report of a forecast for which nobody has named a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from workbench.errors import TooLittleHistory
from workbench.forecast.abstaining.default import fit_default
from workbench.forecast.calibration import calibrated_fan, fewest_scores, supported_level
from workbench.forecast.evaluation.results import Evaluation
from workbench.forecast.evaluation.wording import p_in_words
from workbench.forecast.forecasting import (
    forecast_by_model,
    framed,
    quantile_frame,
    summarised,
    wanted_quantiles,
)
from workbench.forecast.naive import fit_repeat_last
from workbench.forecast.results import ForecastReport, ModelCard

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from workbench.forecast.abstaining.results import Decision
    from workbench.forecast.models import TrainedModel
    from workbench.forecast.series import Series
    from workbench.ports import Forecaster

    Floats = npt.NDArray[np.float64]

__all__ = ["forecast_by_default", "forecast_by_repeat_last"]

_REPEAT_LAST = ModelCard(
    id="naive",
    type="repeat-last",
    architecture="the last close, with errors of the past around it",
)


def forecast_by_default(
    series: Series, horizon: int, confidence: float, model: TrainedModel | None
) -> ForecastReport:
    """Repeat-last, unless a trained model or an autoregression has shown skill.

    Parameters
    ----------
    series : Series
        The history.
    horizon : int
        Bars ahead.
    confidence : float
        Of the intervals.
    model : TrainedModel, optional
        The newest of this series that reaches the horizon.

    Returns
    -------
    ForecastReport
        With the decision; the model that abstains is named in the statement.

    Raises
    ------
    TooLittleHistory
        If the history is too short for the interval.
    InvalidInput
        If the series does not move.
    """
    asked = None if model is None else Evaluation.model_validate(model.evaluation).decision
    if model is not None and asked is not None and asked.departs:
        report = forecast_by_model(model, series, horizon, confidence)
        return report.model_copy(update={"decision": asked})
    default = fit_default(series.closes, horizon)
    decision = default.decision
    heard = [] if model is None else [_abstains(model, asked)]
    if not decision.departs:
        return _report(series, horizon, confidence, None, decision, [decision.statement, *heard])
    chosen, told = default.chosen, [decision.statement, *heard]
    return _report(series, horizon, confidence, chosen, decision, told)


def forecast_by_repeat_last(series: Series, horizon: int, confidence: float) -> ForecastReport:
    """Repeat-last, because it was asked for.

    Parameters
    ----------
    series : Series
        The history, from which intervals are calibrated.
    horizon : int
        Bars ahead.
    confidence : float
        Of the intervals.

    Returns
    -------
    ForecastReport
        Repeat-last as the forecast and beside itself.

    Raises
    ------
    TooLittleHistory
        If the history is too short for the interval.
    """
    told = ["This is repeat-last, not a model: it was asked for."]
    return _report(series, horizon, confidence, None, None, told)


def _report(
    series: Series,
    horizon: int,
    confidence: float,
    chosen: Forecaster | None,
    decision: Decision | None,
    told: list[str],
) -> ForecastReport:
    naive, calibrated = _fan(series, horizon, confidence, None)
    quantiles = naive if chosen is None else _fan(series, horizon, confidence, chosen)[0]
    card = _REPEAT_LAST if chosen is None or decision is None else _card(decision)
    return ForecastReport(
        symbol=series.symbol,
        model=card,
        forecast=summarised(quantiles, series, confidence),
        repeat_last=summarised(naive, series, confidence),
        model_performance=None,
        skill=0.0 if chosen is None or decision is None else decision.skill,
        decision=decision,
        statement=" ".join([*told, _of_intervals(len(series.closes), horizon, calibrated)]),
        warnings=[],
        device="cpu",
        survivorship=series.survivorship,
        history=series.to_pandas(),
        quantiles=quantiles,
        naive_quantiles=naive,
    )


def _fan(
    series: Series, horizon: int, confidence: float, chosen: Forecaster | None
) -> tuple[pd.DataFrame, bool]:
    """Calibrated quantiles, and whether they are; past moves where the history is too short."""
    values = series.closes
    if supported_level(len(values), horizon) is None:
        forecaster = chosen or fit_repeat_last(values, horizon)
        return quantile_frame(forecaster, series, horizon, wanted_quantiles(confidence)), False
    errors = len(values) - horizon
    if errors < fewest_scores(confidence):
        needs = fewest_scores(confidence) + horizon
        raise TooLittleHistory(needs, len(values), f"A calibrated interval of {confidence:g}")
    levels = [level for level in wanted_quantiles(confidence) if _is_known(level, errors)]
    medians = None if chosen is None else _medians(chosen, values, horizon)
    return framed(calibrated_fan(values, horizon, levels, medians=medians), series, levels), True


def _is_known(level: float, errors: int) -> bool:
    beyond = min(level, 1.0 - level)
    return beyond == 0.5 or errors >= fewest_scores(1.0 - 2.0 * beyond)


def _medians(chosen: Forecaster, values: Floats, horizon: int) -> Floats:
    """What it says at each time for each step, shape (time, horizon); NaN before its input."""
    size = chosen.input_size
    medians = np.full((len(values), horizon), np.nan)
    said = chosen.predict(sliding_window_view(values, size), (0.5,))
    medians[size - 1 :] = said[:, :horizon, 0]
    return medians


def _abstains(model: TrainedModel, decision: Decision | None) -> str:
    if decision is None:
        return f"The model {model.model_id} was trained before decisions were kept."
    found = f"skill {decision.skill:+.1%}, {p_in_words(decision.p_value)}"
    if np.isnan(decision.p_value):
        found = f"{decision.windows} windows held out tell nothing"
    return f"The model {model.model_id} abstains ({found}); it forecasts when it is named."


def _of_intervals(bars: int, horizon: int, calibrated: bool) -> str:  # noqa: FBT001  one of two
    if calibrated:
        return "Its intervals are calibrated by its own past errors."
    return f"Its intervals are not calibrated: {bars} bars hold too few errors {horizon} ahead."


def _card(decision: Decision) -> ModelCard:
    return ModelCard(
        id=decision.candidate,
        type=decision.candidate,
        architecture="steps that depend on the last steps and on the level, chosen by Schwarz",
    )
