"""The mean of something measured once per origin, and how far it can be trusted.

Forecasts from neighbouring origins share most of their outcome, so a loss h steps ahead is
dependent over h − 1 origins whatever the forecaster does. Which test bears that depends on how
many windows the origins hold that do not overlap:

=====================  ====================================================================
h ≤ n / 50             Harvey, Leybourne and Newbold, "Testing the equality of prediction
                       mean squared errors", International Journal of Forecasting 13 (1997)
h ≤ n / 20             fixed-b by equal-weighted cosines: Lazarus, Lewis, Stock and Watson,
                       "HAR inference: recommendations for practice", Journal of Business &
                       Economic Statistics 36 (2018)
beyond                 none: the mean is given without a probability
=====================  ====================================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from workbench.errors import InvalidInput, OutOfRange
from workbench.forecast.evaluation.student import t_cdf, t_quantile

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["Alternative", "MeanTest", "Method", "cosine_error", "mean_test", "windows_in"]

Alternative = Literal["greater", "two-sided"]
Method = Literal["Harvey-Leybourne-Newbold", "equal-weighted cosines", "not testable"]

FEW_LAGS = 50
"""Origins per step of the horizon from which on h − 1 autocovariances are well estimated."""

FEWEST_WINDOWS = 20
"""Origins per step of the horizon below which nothing is tested."""

BAND = 0.4
"""Cosines per window: the spectrum of sums over h steps has lost a tenth at 0.4 n / h."""


@dataclass(frozen=True)
class MeanTest:
    """A mean, its standard error and the probability of as much without any.

    Parameters
    ----------
    mean : float
        Of what was measured.
    error : float
        Its standard error; NaN where nothing can be tested.
    statistic : float
        Mean over error.
    freedom : int
        Degrees of freedom of the t distribution that the statistic is compared with.
    p_value : float
        NaN where nothing can be tested, or all values are the same.
    method : str
        Which test.
    windows : int
        How many windows of the horizon the origins hold that do not overlap.
    """

    mean: float
    error: float
    statistic: float
    freedom: int
    p_value: float
    method: Method
    windows: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The mean, as far as it is known: NaN twice where nothing can be tested."""
        if not self.error >= 0:
            return math.nan, math.nan
        reach = self.error * t_quantile(0.5 + level / 2, self.freedom) if self.error else 0.0
        return self.mean - reach, self.mean + reach


def mean_test(values: Floats, horizon: int, alternative: Alternative = "greater") -> MeanTest:
    """Test whether the mean of overlapping measurements is zero.

    Parameters
    ----------
    values : numpy.ndarray, shape (origins,)
        One measurement per origin, in the order of time, without NaN; origins one step apart.
    horizon : int
        Steps over which one measurement reaches: neighbours nearer than that are dependent.
    alternative : {"greater", "two-sided"}
        What is held against a mean of zero.

    Returns
    -------
    MeanTest
        By the method that bears this horizon (see the module).

    Raises
    ------
    OutOfRange
        If the horizon is below 1.
    InvalidInput
        If a measurement is missing or infinite.
    """
    if horizon < 1:
        raise OutOfRange("horizon", horizon, 1, None)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise InvalidInput(
            f"{bad} of {len(values)} measurements are missing or infinite",
            cure="Leave out the forecasts that are missing, for every forecaster alike",
        )
    count = len(values)
    mean = float(np.mean(values)) if count else math.nan
    windows = windows_in(count, horizon)
    if horizon * FEWEST_WINDOWS > count:
        return MeanTest(mean, math.nan, math.nan, 0, math.nan, "not testable", windows)
    method: Method = "Harvey-Leybourne-Newbold"
    error, freedom = _few_lags_error(values, horizon) if horizon * FEW_LAGS <= count else (-1.0, 0)
    if error < 0:  # too few windows for it, or a variance that came out negative
        method = "equal-weighted cosines"
        error, freedom = cosine_error(values, cosines_for(count, horizon))
    if error <= 1e-13 * float(np.max(np.abs(values))):
        return MeanTest(mean, 0.0, math.nan, freedom, math.nan, method, windows)
    statistic = mean / error
    p_value = 1.0 - t_cdf(statistic, freedom)
    if alternative == "two-sided":
        p_value = 2.0 * (1.0 - t_cdf(abs(statistic), freedom))
    return MeanTest(mean, error, statistic, freedom, p_value, method, windows)


def windows_in(origins: int, horizon: int) -> int:
    """How many windows do not overlap: the first origin of each is a horizon later."""
    return (origins - 1) // horizon + 1 if origins else 0


def cosines_for(origins: int, horizon: int) -> int:
    """How many cosines measure the variance of the mean.

    0.4 n^(2/3) is the rule of Lazarus and others for persistent series; 0.4 n / h keeps the
    cosines so slow that overlapping windows of h steps look like noise to them.
    """
    return max(2, int(BAND * min(math.pow(origins, 2 / 3), origins / horizon)))


def cosine_error(values: Floats, cosines: int) -> tuple[float, int]:
    """The standard error of a mean by equal-weighted cosines.

    The weights √(2/n) cos(π j (t − ½) / n) are orthogonal to a constant and to each other, so
    the squared sums have the variance of the mean as their own, and the ratio is a t variable
    with as many degrees of freedom as there are cosines.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        No NaN.
    cosines : int
        How many.

    Returns
    -------
    error : float
    freedom : int
    """
    count = len(values)
    place = (np.arange(1, count + 1) - 0.5) / count
    basis = np.sqrt(2.0 / count) * np.cos(np.pi * np.outer(np.arange(1, cosines + 1), place))
    variance = float(np.mean((basis @ (values - values.mean())) ** 2))
    return math.sqrt(variance / count), cosines


def _few_lags_error(values: Floats, horizon: int) -> tuple[float, int]:
    """The error of Diebold and Mariano with h − 1 autocovariances, corrected for small samples.

    The correction of Harvey, Leybourne and Newbold multiplies the statistic; here it divides
    the error. −1 if the variance is negative, which unweighted autocovariances allow.
    """
    count = len(values)
    centred = values - values.mean()
    products = [float(centred[lag:] @ centred[: count - lag]) for lag in range(horizon)]
    variance = (products[0] + 2.0 * sum(products[1:])) / count**2
    correction = (count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count
    return (math.sqrt(variance / correction) if variance >= 0 else -1.0), count - 1
