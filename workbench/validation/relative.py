"""Measures of returns beside those of a benchmark.

`returns` and `benchmark` are simple returns of the same bars, shape (time,); a bar where
either is NaN is left out, and a measure that is not defined is NaN. The risk-free rate is 0.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.validation.metrics import sharpe_ratio, volatility

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["RELATIVE_MEASURES", "RelativeMeasure"]

Returns = npt.NDArray[np.float64]


class RelativeMeasure(StrEnum):
    """What can be measured of returns beside a benchmark."""

    ALPHA = "alpha"
    BETA = "beta"
    CORRELATION = "correlation"
    INFORMATION_RATIO = "information_ratio"
    TRACKING_ERROR = "tracking_error"
    UP_CAPTURE = "up_capture"
    DOWN_CAPTURE = "down_capture"


def beta(returns: Returns, benchmark: Returns, _periods_per_year: float = math.nan) -> float:
    """Slope of the returns on the benchmark's."""
    own, other = _shared(returns, benchmark)
    if own.size < 2 or np.ptp(other) == 0:
        return math.nan
    covariance = np.cov(own, other, ddof=1)
    return float(covariance[0, 1] / covariance[1, 1])


def alpha(returns: Returns, benchmark: Returns, periods_per_year: float) -> float:
    """Mean return that beta does not explain, of a year, not compounded (Jensen 1968)."""
    own, other = _shared(returns, benchmark)
    if not own.size:
        return math.nan
    return float((own.mean() - beta(own, other) * other.mean()) * periods_per_year)


def correlation(returns: Returns, benchmark: Returns, _periods_per_year: float = math.nan) -> float:
    """Pearson correlation."""
    own, other = _shared(returns, benchmark)
    if own.size < 2 or np.ptp(own) == 0 or np.ptp(other) == 0:
        return math.nan
    return float(np.corrcoef(own, other)[0, 1])


def tracking_error(returns: Returns, benchmark: Returns, periods_per_year: float) -> float:
    """Standard deviation of the difference, of a year."""
    own, other = _shared(returns, benchmark)
    return volatility(own - other, periods_per_year)


def information_ratio(returns: Returns, benchmark: Returns, periods_per_year: float) -> float:
    """Sharpe ratio of the difference, of a year (Goodwin 1998)."""
    own, other = _shared(returns, benchmark)
    return sharpe_ratio(own - other, periods_per_year)


def up_capture(returns: Returns, benchmark: Returns, _periods_per_year: float = math.nan) -> float:
    """Mean compound return over the benchmark's, on the bars where the benchmark rose.

    Morningstar's upside capture ratio, a multiple: 1 rises as much as the benchmark.
    """
    own, other = _shared(returns, benchmark)
    return _captured(own[other > 0], other[other > 0])


def down_capture(
    returns: Returns, benchmark: Returns, _periods_per_year: float = math.nan
) -> float:
    """As `up_capture`, on the bars where the benchmark fell: below 1 it lost less."""
    own, other = _shared(returns, benchmark)
    return _captured(own[other < 0], other[other < 0])


RELATIVE_MEASURES: Mapping[RelativeMeasure, Callable[[Returns, Returns, float], float]] = {
    RelativeMeasure.ALPHA: alpha,
    RelativeMeasure.BETA: beta,
    RelativeMeasure.CORRELATION: correlation,
    RelativeMeasure.INFORMATION_RATIO: information_ratio,
    RelativeMeasure.TRACKING_ERROR: tracking_error,
    RelativeMeasure.UP_CAPTURE: up_capture,
    RelativeMeasure.DOWN_CAPTURE: down_capture,
}
"""Measure → its function of ``(returns, benchmark, periods_per_year)``."""


def _shared(returns: Returns, benchmark: Returns) -> tuple[Returns, Returns]:
    own, other = np.asarray(returns, np.float64), np.asarray(benchmark, np.float64)
    known = ~(np.isnan(own) | np.isnan(other))
    return own[known], other[known]


def _captured(own: Returns, other: Returns) -> float:
    if not own.size or (own <= -1).any():
        return math.nan

    def mean_compound(values: Returns) -> float:
        return math.expm1(float(np.log1p(values).mean()))

    return mean_compound(own) / mean_compound(other)
