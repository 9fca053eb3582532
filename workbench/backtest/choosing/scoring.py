"""How strategies are ranked, and how much of a ranking is luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.validation.resampling import resampled

if TYPE_CHECKING:
    from workbench.backtest.choosing.results import MarketConditions

__all__ = ["WEIGHT_OF_SHARPE", "factor_of", "first_places", "score_of"]

Floats = npt.NDArray[np.float64]

WEIGHT_OF_SHARPE = {"low": 0.3, "moderate": 0.5, "high": 0.7}
"""Risk tolerance → the part of the score that the Sharpe ratio has; the drawdown has the rest."""

MOMENTUM = frozenset(
    {
        "momentum",
        "time_series_momentum",
        "momentum_score",
        "enhanced_momentum",
        "moving_average_cross",
    }
)
REVERSION = frozenset({"mean_reversion", "pairs"})
SWING = frozenset({"swing"})


def score_of(sharpe_ratio: float, max_drawdown: float, risk_tolerance: str) -> float:
    """The score of the original workbench: w × Sharpe + (1 − w) × (1 − drawdown).

    Parameters
    ----------
    sharpe_ratio : float
        Of a year; NaN (nothing was traded) counts as 0.
    max_drawdown : float
        A fraction at or below 0.
    risk_tolerance : {"low", "moderate", "high"}
        Sets w (`WEIGHT_OF_SHARPE`).

    Returns
    -------
    float
        Larger is better.
    """
    weight = WEIGHT_OF_SHARPE[risk_tolerance]
    return weight * float(np.nan_to_num(sharpe_ratio)) + (1 - weight) * (
        1 - abs(float(np.nan_to_num(max_drawdown)))
    )


def factor_of(strategy: str, conditions: MarketConditions) -> float:
    """What the original multiplies a score by: 1.3, 1.2 or 1.1 where conditions suit a family."""
    if strategy in MOMENTUM and conditions.trend == "bullish":
        return 1.3
    if strategy in REVERSION and conditions.volatility == "high":
        return 1.2
    return 1.1 if strategy in SWING and conditions.trend == "neutral" else 1.0


def first_places(
    returns: Floats, risk_tolerance: str, *,
    periods_per_year: float, rng: np.random.Generator, draws: int = 300,
) -> Floats:  # fmt: skip
    """How often each strategy would have come first in a history like this one.

    By the score alone: what `factor_of` adds is belief, not evidence.
    The stationary bootstrap (Politis and Romano 1994): blocks of random length, the same for
    all strategies, with a mean of the cube root of the bars, at least 20.

    Parameters
    ----------
    returns : ndarray, shape (time, strategies)
        Simple returns of the same bars, no NaN.
    risk_tolerance : {"low", "moderate", "high"}
        As `score_of`.
    periods_per_year : float
        Bars in a year.
    rng : numpy.random.Generator
        Draws the blocks.
    draws : int
        Resampled histories.

    Returns
    -------
    ndarray, shape (strategies,)
        Shares that sum to 1.
    """
    bars, strategies = returns.shape
    length = min(float(bars), max(20.0, round(bars ** (1 / 3))))
    won = np.zeros(strategies)
    for places in resampled(bars, rng, draws=draws, block=length):
        seen = returns[places]
        spread = seen.std(axis=0, ddof=1)
        mean = seen.mean(axis=0)
        sharpe = np.divide(mean, spread, out=np.zeros(strategies), where=spread > 0)
        wealth = np.cumprod(1.0 + seen, axis=0)
        fallen = (wealth / np.maximum(np.maximum.accumulate(wealth, axis=0), 1.0)).min(axis=0) - 1.0
        scores = [
            score_of(one * np.sqrt(periods_per_year), deep, risk_tolerance)
            for one, deep in zip(sharpe, fallen, strict=True)
        ]
        won[int(np.argmax(scores))] += 1
    return won / draws
