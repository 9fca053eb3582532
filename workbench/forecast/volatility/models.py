"""Forecasts of the variance of the next days: the default, and HAR."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.forecast.calibration.scales import exponential_average
from workbench.forecast.volatility.arch import garch_forecasts
from workbench.forecast.volatility.variances import LEAST

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["VOLATILITY_MODELS", "forecast_variance", "har_forecasts", "log_har_forecasts"]

VOLATILITY_MODELS = ("log-HAR", "HAR", "GARCH")
"""The default first."""

MEMORIES = (0.5, 0.8, 0.94, 0.985)
"""Days of two, five, seventeen and sixty-seven in the mean."""

FEWEST_DAYS = 250
MONTH = 22
_SETTLED = 50


def forecast_variance(
    returns: Floats,
    variances: Floats,
    first: int,
    *,
    model: str = "log-HAR",
    horizon: int = 1,
    refit_every: int = MONTH,
) -> Floats:
    """Forecast the mean variance of the next days, each from what was known the day before.

    Parameters
    ----------
    returns : numpy.ndarray, shape (days,)
        Log returns from close to close, no NaN.
    variances : numpy.ndarray, shape (days,)
        Of the same days, as `daily_variance` gives them.
    first : int
        The first day that is forecast, at least 250.
    model : {"log-HAR", "HAR", "GARCH"}
        `log_har_forecasts` by default; GARCH looks at returns only.
    horizon : int
        Days whose mean variance is forecast.
    refit_every : int
        Days after which the parameters are estimated anew, on all days before.

    Returns
    -------
    numpy.ndarray, shape (days,)
        At day t the forecast for t … t + horizon − 1, made at the close of t − 1; NaN before
        `first`.

    Raises
    ------
    OutOfRange
        If the horizon, or the days between estimations, are below 1.
    TooLittleHistory
        If `first` is below 250 plus the horizon, or there is no day after it.
    InvalidInput
        If a return is missing, a variance is missing or not positive, or there is not one of each
        for every day.
    UnknownName
        If there is no such model.
    MissingExtra
        If GARCH is asked for and arch is not installed.
    """
    makers = {"log-HAR": log_har_forecasts, "HAR": har_forecasts, "GARCH": garch_forecasts}
    if model not in makers:
        raise UnknownName("volatility model", model, VOLATILITY_MODELS)
    for name, value in (("horizon", horizon), ("refit_every", refit_every)):
        if value < 1:
            raise OutOfRange(name, value, 1, None)
    if first < FEWEST_DAYS + horizon:
        raise TooLittleHistory(FEWEST_DAYS + horizon, first, f"The first forecast by {model}")
    if first >= len(returns):
        raise TooLittleHistory(first + 1, len(returns), "A forecast of the first day asked for")
    _must_be_usable(returns, variances)
    return makers[model](returns, variances, first, horizon, refit_every)


def log_har_forecasts(
    returns: Floats, variances: Floats, first: int, horizon: int, refit_every: int
) -> Floats:
    """The default: a regression of the log variance on its own past at four speeds.

    Corsi's heterogeneous autoregression (Journal of Financial Econometrics 7, 2009) in
    logarithms, where one wild day does not bend the line, with exponential averages instead of
    steps, the mean of the whole past, and falls counting more than rises (the leverage effect of
    Corsi and Renò, Journal of Business & Economic Statistics 30, 2012). The exponential is scaled
    by the one factor that makes QLIKE on the past smallest.

    Parameters
    ----------
    returns, variances : numpy.ndarray, shape (days,)
        As `forecast_variance` takes them.
    first, horizon, refit_every : int
        As `forecast_variance` takes them.

    Returns
    -------
    numpy.ndarray, shape (days,)
        Forecasts; NaN before `first`.
    """
    inputs, whole = _speeds(returns, variances)
    came = _ahead(variances, horizon)
    targets = np.log(np.maximum(came, 0.02 * whole[: len(came)]))
    penalty = np.eye(inputs.shape[1])
    penalty[0, 0] = 0.0
    found: Floats = np.full(len(variances), np.nan)
    for day in range(first, len(variances), refit_every):
        known = slice(_SETTLED - 1, day - horizon)  # inputs whose outcome had come
        past, outcome = inputs[known], targets[_SETTLED : day - horizon + 1]
        weights = np.linalg.solve(past.T @ past + penalty, past.T @ outcome)
        factor = np.mean(came[_SETTLED : day - horizon + 1] / np.exp(past @ weights))
        block = slice(day, min(day + refit_every, len(variances)))
        found[block] = factor * np.exp(inputs[block.start - 1 : block.stop - 1] @ weights)
    return found


def har_forecasts(
    returns: Floats,  # noqa: ARG001  the models share one signature
    variances: Floats,
    first: int,
    horizon: int,
    refit_every: int,
) -> Floats:
    """HAR-RV: the variance on those of the last day, five days and 22 days, by least squares.

    Corsi, "A simple approximate long-memory model of realized volatility", Journal of Financial
    Econometrics 7 (2009). A forecast outside what was ever seen is replaced by the mean (the
    insanity filter of Bollerslev, Patton and Quaedvlieg, Journal of Econometrics 192, 2016): the
    line can go below zero.

    Parameters
    ----------
    returns : numpy.ndarray, shape (days,)
        Not looked at.
    variances : numpy.ndarray, shape (days,)
        As `forecast_variance` takes them.
    first, horizon, refit_every : int
        As `forecast_variance` takes them.

    Returns
    -------
    numpy.ndarray, shape (days,)
        Forecasts; NaN before `first`.
    """
    inputs = har_terms(variances)
    came = _ahead(variances, horizon)
    found: Floats = np.full(len(variances), np.nan)
    for day in range(first, len(variances), refit_every):
        past, outcome = inputs[MONTH - 1 : day - horizon], came[MONTH : day - horizon + 1]
        weights = np.linalg.lstsq(past, outcome, rcond=None)[0]
        block = slice(day, min(day + refit_every, len(variances)))
        line = inputs[block.start - 1 : block.stop - 1] @ weights
        sane = (line >= outcome.min()) & (line <= outcome.max())
        found[block] = np.where(sane, line, outcome.mean())
    return found


def _must_be_usable(returns: Floats, variances: Floats) -> None:
    if returns.shape != variances.shape:
        raise InvalidInput(
            "Returns and variances are not of the same days",
            seen=(returns.shape, variances.shape),
            cure="Give one of each for every day: daily_variance begins with the second",
        )
    good = np.isfinite(returns) & np.isfinite(variances) & (variances > 0)
    if not good.all():
        day = int(np.argmin(good))
        raise InvalidInput(
            f"The return or the variance of day {day} is missing, or the variance not positive",
            seen=(float(returns[day]), float(variances[day])),
            cure="Correct the day, or choose a period without it",
        )


def har_terms(variances: Floats) -> Floats:
    """A constant, and the mean of the last 1, 5 and 22 days, shape (days, 4); NaN at first."""
    total = np.cumsum(np.r_[0.0, variances])
    terms = np.full((len(variances), 4), np.nan)
    terms[:, 0] = 1.0
    for column, days in enumerate((1, 5, MONTH), start=1):
        terms[days - 1 :, column] = (total[days:] - total[:-days]) / days
    return terms


def _ahead(variances: Floats, horizon: int) -> Floats:
    """The mean variance of the days from each on, shape (days − horizon + 1,)."""
    total = np.cumsum(np.r_[0.0, variances])
    ahead: Floats = (total[horizon:] - total[:-horizon]) / horizon
    return ahead


def _speeds(returns: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """The inputs of the default at each day, and the mean variance of the whole past."""
    begin = float(variances[:_SETTLED].mean())
    averages = [exponential_average(variances, memory, begin)[1:] for memory in MEMORIES]
    logs = [np.log(np.maximum(average, LEAST)) for average in averages]
    days = np.arange(1, len(variances) + 1)
    whole = (np.cumsum(variances) + _SETTLED * begin) / (_SETTLED + days)
    falls = exponential_average(np.minimum(returns, 0.0), 0.7, 0.0)[1:] / np.exp(logs[2] / 2)
    inputs = np.column_stack([np.ones(len(days)), *logs, np.log(whole), falls])
    return inputs, whole
