"""Measures of a series of returns, one plain function each.

`returns` are simple returns of equal bars, shape (time,); NaN is left out. A measure that is
not defined for them (no bar, no variation, no loss …) is NaN, never a made-up number.
Standard deviations have ``ddof=1``; the risk-free rate is 0. `periods_per_year` is the
number of bars in a year (`workbench.validation.periods_per_year`).
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["MEASURES", "Measure", "calmar", "drawdowns", "measure", "total_return"]

Returns = npt.NDArray[np.float64]


class Measure(StrEnum):
    """What can be measured of returns alone."""

    TOTAL_RETURN = "total_return"
    ANNUALIZED_RETURN = "annualized_return"
    VOLATILITY = "volatility"
    SHARPE_PER_BAR = "sharpe_per_bar"
    SHARPE_RATIO = "sharpe_ratio"
    SORTINO_RATIO = "sortino_ratio"
    CALMAR_RATIO = "calmar_ratio"
    MAX_DRAWDOWN = "max_drawdown"
    VAR_95 = "var_95"
    SKEWNESS = "skewness"
    KURTOSIS = "kurtosis"


def measure(which: Measure | str, returns: Returns, periods_per_year: float) -> float:
    """One measure by name.

    Parameters
    ----------
    which : Measure or str
        Its name.
    returns : ndarray, shape (time,)
        Simple returns.
    periods_per_year : float
        Bars in a year.

    Returns
    -------
    float
        NaN where it is not defined.

    Raises
    ------
    ValueError
        If there is no measure of this name.
    """
    return MEASURES[Measure(which)](returns, periods_per_year)


def total_return(returns: Returns, _periods_per_year: float = math.nan) -> float:
    """The compounded return, a fraction."""
    kept = _known(returns)
    return float(np.prod(1.0 + kept) - 1.0) if kept.size else math.nan


def annualized_return(returns: Returns, periods_per_year: float) -> float:
    """The constant yearly return that compounds to the same; −1 after a total loss."""
    kept = _known(returns)
    if not kept.size:
        return math.nan
    growth = max(1.0 + total_return(kept), 0.0)
    return float(growth ** (periods_per_year / kept.size) - 1.0)


def volatility(returns: Returns, periods_per_year: float) -> float:
    """Standard deviation of a year."""
    return _deviation(_known(returns)) * math.sqrt(periods_per_year)


def sharpe_per_bar(returns: Returns, _periods_per_year: float = math.nan) -> float:
    """Mean over standard deviation of one bar (Sharpe 1994), not annualised."""
    kept = _known(returns)
    return _ratio(_mean(kept), _deviation(kept))


def sharpe_ratio(returns: Returns, periods_per_year: float) -> float:
    """`sharpe_per_bar` × √`periods_per_year`, which holds for independent returns (Lo 2002)."""
    return sharpe_per_bar(returns) * math.sqrt(periods_per_year)


def sortino_ratio(returns: Returns, periods_per_year: float) -> float:
    """Mean over the root mean square of the losses of all bars (Sortino & Price 1994), a year."""
    kept = _known(returns)
    downside = math.sqrt(_mean(np.minimum(kept, 0.0) ** 2)) if kept.size else math.nan
    return _ratio(_mean(kept), downside) * math.sqrt(periods_per_year)


def calmar(returns: Returns, periods_per_year: float) -> float:
    """Annualised return over the size of the deepest drawdown (Young 1991), whole period."""
    return _ratio(annualized_return(returns, periods_per_year), -max_drawdown(returns))


def drawdowns(returns: Returns) -> Returns:
    """Loss from the highest value so far, the starting value included; at or below 0."""
    wealth = np.cumprod(1.0 + _known(returns))
    fallen: Returns = wealth / np.maximum(np.maximum.accumulate(wealth), 1.0) - 1.0
    return fallen


def max_drawdown(returns: Returns, _periods_per_year: float = math.nan) -> float:
    """The deepest drawdown, a fraction at or below 0."""
    fallen = drawdowns(returns)
    return float(fallen.min()) if fallen.size else math.nan


def var_95(returns: Returns, _periods_per_year: float = math.nan) -> float:
    """Historical value at risk of one bar: the loss, a fraction, exceeded on 5% of the bars.

    The 5% quantile by linear interpolation; negative when even that bar gained.
    """
    kept = _known(returns)
    return float(-np.quantile(kept, 0.05)) if kept.size else math.nan


def skewness(returns: Returns, _periods_per_year: float = math.nan) -> float:
    """Third standardised moment, moments divided by n."""
    return _standard_moment(_known(returns), 3)


def kurtosis(returns: Returns, _periods_per_year: float = math.nan) -> float:
    """Fourth standardised moment, moments divided by n: 3 for the normal distribution."""
    return _standard_moment(_known(returns), 4)


MEASURES: Mapping[Measure, Callable[[Returns, float], float]] = {
    Measure.TOTAL_RETURN: total_return,
    Measure.ANNUALIZED_RETURN: annualized_return,
    Measure.VOLATILITY: volatility,
    Measure.SHARPE_PER_BAR: sharpe_per_bar,
    Measure.SHARPE_RATIO: sharpe_ratio,
    Measure.SORTINO_RATIO: sortino_ratio,
    Measure.CALMAR_RATIO: calmar,
    Measure.MAX_DRAWDOWN: max_drawdown,
    Measure.VAR_95: var_95,
    Measure.SKEWNESS: skewness,
    Measure.KURTOSIS: kurtosis,
}
"""Measure → its function of ``(returns, periods_per_year)``."""


def _known(returns: Returns) -> Returns:
    values = np.asarray(returns, dtype=np.float64)
    kept: Returns = values[~np.isnan(values)]
    return kept


def _mean(values: Returns) -> float:
    return float(values.mean()) if values.size else math.nan


def _deviation(values: Returns) -> float:
    """Standard deviation; equal values have none, whatever their rounding."""
    if values.size < 2:
        return math.nan
    return 0.0 if np.ptp(values) == 0 else float(values.std(ddof=1))


def _ratio(value: float, divisor: float) -> float:
    return value / divisor if divisor > 0 else math.nan


def _standard_moment(values: Returns, order: int) -> float:
    if values.size < 2 or np.ptp(values) == 0:
        return math.nan
    centred = values - values.mean()
    return float(np.mean(centred**order) / np.mean(centred**2) ** (order / 2))
