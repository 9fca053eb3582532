"""The measures of risk, each a pure function of a series of returns."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, TooLittleHistory, UnknownName
from workbench.risk.tail import check_tail, empirical_tail

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

__all__ = ["MEASURES", "RiskMeasure", "measure"]


class RiskMeasure(StrEnum):
    """What can be asked of a series of returns; every answer is positive for a loss."""

    VALUE_AT_RISK = "value_at_risk"
    """The loss of one period that is exceeded with the probability of the tail."""
    EXPECTED_SHORTFALL = "expected_shortfall"
    """The mean loss of the worst periods, as many as the tail says."""
    VOLATILITY = "volatility"
    """The standard deviation of one period, divided by n - 1."""
    DOWNSIDE_DEVIATION = "downside_deviation"
    """The root of the mean squared loss, gains counted as zero (Sortino, target 0)."""
    MAX_DRAWDOWN = "max_drawdown"
    """The largest fraction lost from a peak, the start counted as one."""
    WORST_LOSS = "worst_loss"
    """The loss of the worst period."""


def measure(kind: RiskMeasure | str, returns: npt.ArrayLike, tail: float = 0.05) -> float:
    """One measure of risk of a series of returns.

    Parameters
    ----------
    kind : RiskMeasure or str
        Which measure.
    returns : array-like, shape (periods,)
        Simple returns in the order of time, two at least, without NaN.
    tail : float
        Probability of the tail in (0, 0.5); only tail measures look at it.

    Returns
    -------
    float
        A fraction, positive for a loss.

    Raises
    ------
    UnknownName
        If the measure does not exist.
    InvalidInput
        If a return is not finite.
    OutOfRange
        If `tail` is not in (0, 0.5).
    TooLittleHistory
        If there are fewer than two returns, or fewer than ``1 / tail`` for a tail measure.
    """
    try:
        chosen = RiskMeasure(kind)
    except ValueError:
        known = [one.value for one in RiskMeasure]
        raise UnknownName("measure of risk", str(kind), known) from None
    check_tail(tail)
    series = np.asarray(returns, dtype=np.float64).ravel()
    if series.size < 2:
        raise TooLittleHistory(2, series.size, chosen.value)
    if not np.isfinite(series).all():
        raise InvalidInput("A return is not finite", cure="Drop it, or fill what is missing")
    return MEASURES[chosen](series, tail)


def _value_at_risk(returns: Array, tail: float) -> float:
    return empirical_tail(-returns, tail).var


def _expected_shortfall(returns: Array, tail: float) -> float:
    return empirical_tail(-returns, tail).es


def _volatility(returns: Array, _tail: float) -> float:
    return float(returns.std(ddof=1))


def _downside_deviation(returns: Array, _tail: float) -> float:
    return float(np.sqrt(np.mean(returns.clip(max=0) ** 2)))


def _max_drawdown(returns: Array, _tail: float) -> float:
    wealth = np.concatenate(([1.0], np.cumprod(1 + returns)))
    return float(np.max(1 - wealth / np.maximum.accumulate(wealth)))


def _worst_loss(returns: Array, _tail: float) -> float:
    return float(-returns.min())


MEASURES: dict[RiskMeasure, Callable[[Array, float], float]] = {
    RiskMeasure.VALUE_AT_RISK: _value_at_risk,
    RiskMeasure.EXPECTED_SHORTFALL: _expected_shortfall,
    RiskMeasure.VOLATILITY: _volatility,
    RiskMeasure.DOWNSIDE_DEVIATION: _downside_deviation,
    RiskMeasure.MAX_DRAWDOWN: _max_drawdown,
    RiskMeasure.WORST_LOSS: _worst_loss,
}
"""Measure → its function of (returns, tail)."""
