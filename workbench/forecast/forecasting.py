"""From a forecaster and a series to the forecast in sessions, prices and words."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.errors import OutOfRange
from workbench.forecast.cards import card_of, interval_of
from workbench.forecast.models import is_of
from workbench.forecast.naive import fit_repeat_last
from workbench.forecast.networks.architecture import QUANTILES
from workbench.forecast.results import (
    Evaluation,
    Forecast,
    ForecastReport,
    PredictedDay,
    PredictedInterval,
)
from workbench.forecast.series import future_times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    import numpy.typing as npt

    from workbench.forecast.models import TrainedModel
    from workbench.forecast.series import Series
    from workbench.ports import Forecaster

    Floats = npt.NDArray[np.float64]

__all__ = [
    "forecast_by_model",
    "framed",
    "quantile_frame",
    "summarised",
    "wanted_quantiles",
]

LEAN = 0.6
"""A trend is named when the forecast gives its direction at least this probability."""


def quantile_frame(
    forecaster: Forecaster, series: Series, horizon: int, quantiles: Sequence[float]
) -> pd.DataFrame:
    """The quantiles of the next values.

    Parameters
    ----------
    forecaster : Forecaster
        Gives at least `horizon` values.
    series : Series
        The history; only its end is used.
    horizon : int
        Bars ahead.
    quantiles : sequence of float
        Probabilities.

    Returns
    -------
    pandas.DataFrame
        Shape (horizon, quantiles) in units of the series; index ``time``, columns the
        probabilities.
    """
    predicted = forecaster.predict(series.closes[None, :], quantiles)[0, :horizon]
    return framed(predicted, series, quantiles)


def framed(predicted: Floats, series: Series, quantiles: Sequence[float]) -> pd.DataFrame:
    """Quantiles of the next values as a table over time.

    Parameters
    ----------
    predicted : numpy.ndarray, shape (horizon, quantiles)
        In units of the series.
    series : Series
        The history.
    quantiles : sequence of float
        Probabilities.

    Returns
    -------
    pandas.DataFrame
        Index ``time``, columns the probabilities.
    """
    horizon = len(predicted)
    index = pd.DatetimeIndex(future_times(series, horizon), name="time")
    return pd.DataFrame(predicted, index=index, columns=pd.Index(quantiles, name="quantile"))


def summarised(quantiles: pd.DataFrame, series: Series, confidence: float) -> Forecast:
    """Medians, intervals, trend and volatility of a quantile forecast.

    Parameters
    ----------
    quantiles : pandas.DataFrame
        As `quantile_frame` gives it, with the median and both ends of the interval.
    series : Series
        The history.
    confidence : float
        Of the central interval.

    Returns
    -------
    Forecast
        The part of a report that crosses a wire.
    """
    low, high = interval_of(confidence)
    current = float(series.closes[-1])
    chances = [_chance_of_rise(row, current) for _, row in quantiles.iterrows()]
    days = enumerate(quantiles.index, start=1)
    return Forecast(
        horizon_days=len(quantiles),
        confidence_level=confidence,
        current_price=current,
        current_date=pd.Timestamp(series.times[-1]).to_pydatetime(),
        predictions=[
            PredictedDay(
                day=day,
                date=time.to_pydatetime(),
                predicted_price=float(quantiles.at[time, 0.5]),  # noqa: PD008  one cell
                confidence=max(chances[day - 1], 1 - chances[day - 1]),
            )
            for day, time in days
        ],
        prediction_intervals=[
            PredictedInterval(
                day=day,
                date=time.to_pydatetime(),
                lower_bound=float(lower),
                upper_bound=float(upper),
                confidence_level=confidence,
            )
            for day, (time, lower, upper) in enumerate(
                zip(quantiles.index, quantiles[low], quantiles[high], strict=True), start=1
            )
        ],
        overall_trend=_trend(chances[-1]),
        volatility_forecast=_volatility(quantiles.iloc[-1], current, confidence),
    )


def forecast_by_model(
    model: TrainedModel, series: Series, horizon: int, confidence: float
) -> ForecastReport:
    """A trained model's forecast, repeat-last beside it.

    Parameters
    ----------
    model : TrainedModel
        The model.
    series : Series
        The history.
    horizon : int
        Bars ahead, at most the model's horizon.
    confidence : float
        Of the intervals, within the quantiles that the model learned.

    Returns
    -------
    ForecastReport
        With warnings where the model was made for another series or knows the future.

    Raises
    ------
    OutOfRange
        If the horizon or the confidence is beyond the model.
    TooLittleHistory
        If the history is shorter than the model's input.
    """
    forecaster = model.forecaster
    if horizon > forecaster.horizon:
        raise OutOfRange("horizon", horizon, 1, forecaster.horizon)
    widest = 1 - 2 * forecaster.architecture.quantiles[0]
    if confidence > widest + 1e-9:
        raise OutOfRange("confidence_level", confidence, 0, round(widest, 6))
    wanted = wanted_quantiles(confidence, forecaster.architecture.quantiles)
    quantiles = quantile_frame(forecaster, series, horizon, wanted)
    naive = _naive_frame(series, horizon, confidence)
    evaluation = Evaluation.model_validate(model.evaluation)
    return ForecastReport(
        symbol=series.symbol,
        model=card_of(model),
        forecast=summarised(quantiles, series, confidence),
        repeat_last=summarised(naive, series, confidence),
        model_performance=evaluation,
        skill=evaluation.skill,
        statement=evaluation.statement,
        warnings=_warnings(model, series),
        device="cpu",
        survivorship=series.survivorship,
        history=series.to_pandas(),
        quantiles=quantiles,
        naive_quantiles=naive,
    )


def _naive_frame(series: Series, horizon: int, confidence: float) -> pd.DataFrame:
    naive = fit_repeat_last(series.closes, horizon)
    return quantile_frame(naive, series, horizon, wanted_quantiles(confidence))


def wanted_quantiles(confidence: float, fan: Sequence[float] = QUANTILES) -> list[float]:
    """The quantiles of the fan, and the ends of the interval."""
    return sorted({*fan, *interval_of(confidence)})


def _chance_of_rise(quantiles: pd.Series, current: float) -> float:
    below = np.interp(current, quantiles.to_numpy(), quantiles.index.to_numpy(dtype=np.float64))
    return 1.0 - float(below)


def _trend(chance: float) -> Literal["bullish", "bearish", "neutral"]:
    if chance >= LEAN:
        return "bullish"
    return "bearish" if chance <= 1 - LEAN else "neutral"


def _volatility(quantiles: pd.Series, current: float, confidence: float) -> float:
    low, high = interval_of(confidence)
    width = float(quantiles[high] - quantiles[low])
    wide = 2 * NormalDist().inv_cdf(high)
    return width / wide / current if current > 0 else float("nan")


def _warnings(model: TrainedModel, series: Series) -> list[str]:
    found = []
    if not is_of(model, series):
        found.append(f"The model was trained on another series than this ({model.series}).")
    if model.trained_until > series.last_date:
        found.append(
            f"The model has learned from sessions until {model.trained_until}, later than this "
            f"forecast ({series.last_date}): it knows the future and its error here proves nothing."
        )
    return found
