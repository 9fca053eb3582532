"""What a portfolio's risk is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

__all__ = ["beta", "concentration", "contributions", "diversification_ratio", "r_squared"]


def contributions(covariance: Array, weights: Array) -> Array:
    """The share of the portfolio's variance that each position brings.

    ``w * (C w) / (w' C w)``, the Euler allocation of the volatility (Tasche, Risk
    Contributions and Performance Measurement, 1999).

    Parameters
    ----------
    covariance : numpy.ndarray, shape (assets, assets)
        Of the returns.
    weights : numpy.ndarray, shape (assets,)
        Negative for a short position.

    Returns
    -------
    numpy.ndarray, shape (assets,)
        Sums to 1; negative for a hedge. NaN where the portfolio has no variance.
    """
    marginal = covariance @ weights
    variance = float(weights @ marginal)
    return weights * marginal / (variance if variance > 0 else np.nan)


def diversification_ratio(covariance: Array, weights: Array) -> float:
    """The weighted mean of the volatilities over the volatility of the portfolio.

    From Choueifaty and Coignard, Journal of Portfolio Management 35, 2008.

    Parameters
    ----------
    covariance : numpy.ndarray, shape (assets, assets)
        Of the returns.
    weights : numpy.ndarray, shape (assets,)
        Absolute values are taken above the line.

    Returns
    -------
    float
        1 for a single position, higher the more they offset each other; NaN without variance.
    """
    variance = float(weights @ covariance @ weights)
    apart = float(np.abs(weights) @ np.sqrt(np.diag(covariance)))
    return apart / np.sqrt(variance) if variance > 0 else np.nan


def concentration(weights: Array) -> float:
    """The Herfindahl index of the absolute weights.

    Parameters
    ----------
    weights : numpy.ndarray, shape (assets,)
        Need not sum to 1.

    Returns
    -------
    float
        1 over n when equal, 1 for one position; NaN if all are zero.
    """
    total = float(np.abs(weights).sum())
    return float(np.sum((weights / total) ** 2)) if total > 0 else np.nan


def beta(returns: Array, benchmark: Array) -> float:
    """The slope of the returns on the benchmark's.

    Parameters
    ----------
    returns, benchmark : numpy.ndarray, shape (periods,)
        Of the same periods, two at least, without NaN.

    Returns
    -------
    float
        NaN where the benchmark does not move.
    """
    covariance = np.cov(returns, benchmark)
    return float(covariance[0, 1] / covariance[1, 1]) if covariance[1, 1] > 0 else np.nan


def r_squared(returns: Array, benchmark: Array) -> float:
    """The share of the variance that moves with the benchmark.

    Parameters
    ----------
    returns, benchmark : numpy.ndarray, shape (periods,)
        Of the same periods, two at least, without NaN.

    Returns
    -------
    float
        0 to 1; NaN where either does not move.
    """
    covariance = np.cov(returns, benchmark)
    product = covariance[0, 0] * covariance[1, 1]
    return float(covariance[0, 1] ** 2 / product) if product > 0 else np.nan
