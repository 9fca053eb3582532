"""From the statistics of accounts to the measures of a report, for many accounts at once.

Definitions are those of `workbench.validation.metrics` and of the trades of a report.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from workbench.backtest.sweeps.trips import STATISTICS

__all__ = ["MEASURES", "SMALLER_IS_BETTER", "measured", "oriented"]

Floats = npt.NDArray[np.float64]

MEASURES = (
    "total_return", "annualized_return", "volatility", "sharpe_ratio", "sharpe_per_bar",
    "sortino_ratio", "calmar_ratio", "max_drawdown", "total_trades", "win_rate", "profit_factor",
    "exposure", "longest_holding",
)  # fmt: skip
"""What is measured of each combination: ``exposure`` is the share of bars with a position,
``longest_holding`` the most bars in one; the others are those of a report."""

SMALLER_IS_BETTER = ("volatility", "longest_holding", "total_trades", "exposure")
"""Measures of which less is better, where one is asked for the best."""

_FLAT = 1e-28
"""A variance below this share of the squared mean is rounding: the returns are constant."""


def measured(statistics: Floats, periods_per_year: float) -> Floats:
    """Measure accounts by their statistics.

    Parameters
    ----------
    statistics : ndarray, shape (…, len(STATISTICS))
        As the kernels write them.
    periods_per_year : float
        Bars in a year.

    Returns
    -------
    ndarray, shape (…, len(MEASURES))
        NaN where a measure is not defined.
    """
    of = {name: statistics[..., index] for index, name in enumerate(STATISTICS)}
    bars = of["bars"]
    year = math.sqrt(periods_per_year)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        varies = of["spread"] > _FLAT * bars * of["mean"] ** 2
        deviation = np.where(
            bars > 1, np.sqrt(np.where(varies, of["spread"], 0.0) / (bars - 1)), np.nan
        )
        sharpe = _ratio(of["mean"], deviation)
        annual = np.maximum(of["growth"], 0.0) ** (periods_per_year / bars) - 1.0
        made = {
            "total_return": of["growth"] - 1.0,
            "annualized_return": annual,
            "volatility": deviation * year,
            "sharpe_ratio": sharpe * year,
            "sharpe_per_bar": sharpe,
            "sortino_ratio": _ratio(of["mean"], np.sqrt(of["downside"] / bars)) * year,
            "calmar_ratio": _ratio(annual, -of["drawdown"]),
            "max_drawdown": of["drawdown"],
            "total_trades": of["trades"],
            "win_rate": of["wins"] / of["trades"],
            "profit_factor": _ratio(of["won"], of["lost"]),
            "exposure": of["held"] / bars,
            "longest_holding": of["longest"],
        }
    return np.stack([made[name] for name in MEASURES], axis=-1)


def oriented(values: Floats, measure: str) -> Floats:
    """The values of a measure such that more is better; NaN is worst."""
    turned = -values if measure in SMALLER_IS_BETTER else values
    return np.where(np.isnan(turned), -np.inf, turned)


def _ratio(value: Floats, divisor: Floats) -> Floats:
    return np.where(divisor > 0, value / divisor, np.nan)
