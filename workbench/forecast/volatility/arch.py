"""The one file that imports arch here: GARCH."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import MissingExtra

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["garch_forecasts"]

PERCENT = 100.0
"""arch estimates returns in percent more reliably than fractions."""


def garch_forecasts(
    returns: Floats,
    variances: Floats,  # noqa: ARG001  the models share one signature
    first: int,
    horizon: int,
    refit_every: int,
) -> Floats:
    """GARCH(1, 1) with a constant mean, estimated by arch.

    Bollerslev, Journal of Econometrics 31 (1986), by normal maximum likelihood. Between two
    estimations the variance is carried on by its own recursion; over several days it is the mean
    of the expected path back to the long run.

    Parameters
    ----------
    returns : numpy.ndarray, shape (days,)
        Log returns from close to close, no NaN.
    variances : numpy.ndarray, shape (days,)
        Not looked at.
    first, horizon, refit_every : int
        As `forecast_variance` takes them.

    Returns
    -------
    numpy.ndarray, shape (days,)
        Forecasts; NaN before `first`.

    Raises
    ------
    MissingExtra
        If arch is not installed.
    """
    try:
        from arch import arch_model  # noqa: PLC0415  heavy: arch
    except ImportError:
        raise MissingExtra("arch", "for GARCH", "forecast") from None
    scaled = PERCENT * returns
    found: Floats = np.full(len(returns), np.nan)
    for day in range(first, len(returns), refit_every):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = arch_model(scaled[:day], mean="Constant", vol="GARCH", rescale=False)
            fitted = model.fit(disp="off", show_warning=False)
        mean, constant, shock, memory = (float(value) for value in fitted.params)
        today = float(fitted.conditional_volatility[-1]) ** 2
        for at in range(day, min(day + refit_every, len(returns))):
            today = constant + shock * (scaled[at - 1] - mean) ** 2 + memory * today
            found[at] = _mean_ahead(today, constant, shock + memory, horizon) / PERCENT**2
    return found


def _mean_ahead(tomorrow: float, constant: float, persistence: float, horizon: int) -> float:
    total, expected = 0.0, tomorrow
    for _ in range(horizon):
        total += expected
        expected = constant + persistence * expected
    return total / horizon
