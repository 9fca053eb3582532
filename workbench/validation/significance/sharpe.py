"""The Sharpe ratio of one series, per bar and never annualised, and how well it is known.

Formulas take the skewness and the raw kurtosis of the returns (3 for the normal distribution).
A Sharpe ratio of a year over 250 daily bars is divided by √250 first; its variance by 250.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import OutOfRange
from workbench.validation.metrics import kurtosis, sharpe_per_bar, skewness
from workbench.validation.resampling.longrun import long_run_covariance

__all__ = [
    "SharpeMoments",
    "minimum_track_record",
    "probabilistic_sharpe",
    "sharpe_moments",
    "standard_error_hac",
    "standard_error_iid",
]

Floats = npt.NDArray[np.floating[Any]]

_NORMAL = NormalDist()


@dataclass(frozen=True)
class SharpeMoments:
    """What the formulas of this file need of a series.

    Parameters
    ----------
    sharpe : float
        Mean over standard deviation of one bar.
    skewness : float
        Third standardised moment.
    kurtosis : float
        Fourth standardised moment, 3 for the normal distribution.
    bars : int
        Length of the series.
    """

    sharpe: float
    skewness: float = 0.0
    kurtosis: float = 3.0
    bars: int = 0

    @property
    def spread(self) -> float:
        """``1 − γ₃·SR + (γ₄ − 1)/4·SR²``: the variance of the ratio times the bars."""
        ratio = self.sharpe
        return 1 - self.skewness * ratio + (self.kurtosis - 1) / 4 * ratio**2


def sharpe_moments(returns: Floats) -> SharpeMoments:
    """Measure a series.

    Parameters
    ----------
    returns : ndarray, shape (time,)
        Simple returns; NaN is left out.

    Returns
    -------
    SharpeMoments
        With NaN for what constant returns do not have.
    """
    known = np.asarray(returns, np.float64)
    known = known[~np.isnan(known)]
    return SharpeMoments(sharpe_per_bar(known), skewness(known), kurtosis(known), known.size)


def standard_error_iid(moments: SharpeMoments) -> float:
    """Standard error of the Sharpe ratio of independent returns (Mertens 2002).

    Parameters
    ----------
    moments : SharpeMoments
        Of the series; with normal moments it is the formula of Lo (2002).

    Returns
    -------
    float
        ``√((1 − γ₃·SR + (γ₄ − 1)/4·SR²) / (bars − 1))``, NaN with fewer than two bars.
    """
    if moments.bars < 2:
        return math.nan
    return math.sqrt(moments.spread / (moments.bars - 1))


def standard_error_hac(returns: Floats) -> float:
    """Standard error of the Sharpe ratio of autocorrelated, heteroskedastic returns.

    Lo (2002), section "Non-IID returns": the delta method on mean and variance, here by the
    influence of each bar, ``(r − μ)/σ − SR·((r − μ)² − σ²)/(2σ²)``, whose long-run variance is
    measured by a prewhitened kernel with automatic bandwidth (Andrews 1991; Andrews & Monahan
    1992). Without autocorrelation it agrees with `standard_error_iid`.

    Parameters
    ----------
    returns : ndarray, shape (time,)
        Simple returns; NaN is left out.

    Returns
    -------
    float
        NaN for constant returns and fewer than ten bars.
    """
    known = np.asarray(returns, np.float64)
    known = known[~np.isnan(known)]
    ratio = sharpe_per_bar(known)
    if known.size < 10 or math.isnan(ratio):
        return math.nan
    standard = (known - known.mean()) / known.std()
    influence = standard - ratio * (standard**2 - 1) / 2
    long_run = long_run_covariance((influence - influence.mean())[:, None])[0, 0]
    return math.sqrt(float(long_run) / known.size)


def probabilistic_sharpe(moments: SharpeMoments, benchmark: float = 0.0) -> float:
    """The probability that the true Sharpe ratio is above a benchmark (PSR).

    Bailey & López de Prado (2012), "The Sharpe ratio efficient frontier". It knows nothing of
    other trials.

    Parameters
    ----------
    moments : SharpeMoments
        Of the series.
    benchmark : float
        Another Sharpe ratio per bar.

    Returns
    -------
    float
        From 0 to 1, by the normal approximation; NaN where it is not defined.
    """
    error = standard_error_iid(moments)
    if math.isnan(error) or error == 0:
        return math.nan
    return _NORMAL.cdf((moments.sharpe - benchmark) / error)


def minimum_track_record(
    moments: SharpeMoments, benchmark: float = 0.0, confidence: float = 0.95
) -> float:
    """Bars until the probabilistic Sharpe ratio reaches a confidence, all else as measured.

    Parameters
    ----------
    moments : SharpeMoments
        Of the series; its `bars` do not matter.
    benchmark : float
        Another Sharpe ratio per bar.
    confidence : float
        Above 0.5 and below 1.

    Returns
    -------
    float
        ``1 + (1 − γ₃·SR + (γ₄ − 1)/4·SR²)·(z / (SR − benchmark))²`` (Bailey & López de Prado
        2012); infinite when the ratio is not above the benchmark, NaN when it is not defined.

    Raises
    ------
    OutOfRange
        If `confidence` is outside its bounds.
    """
    if not 0.5 < confidence < 1:
        raise OutOfRange("confidence", confidence, 0.5, 1)
    if math.isnan(moments.spread):
        return math.nan
    ahead = moments.sharpe - benchmark
    if ahead <= 0:
        return math.inf
    return 1 + moments.spread * (_NORMAL.inv_cdf(confidence) / ahead) ** 2
