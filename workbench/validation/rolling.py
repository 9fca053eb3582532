"""Measures over a moving window of bars: how steady they were."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["rolling_beta", "rolling_sharpe"]


def rolling_sharpe(returns: pd.Series, window: int, periods_per_year: float) -> pd.Series:
    """Sharpe ratio of the last `window` bars, of a year.

    Parameters
    ----------
    returns : pandas.Series, shape (time,)
        Simple returns.
    window : int
        Bars, at least 2.
    periods_per_year : float
        Bars in a year.

    Returns
    -------
    pandas.Series, shape (time,)
        NaN until the window is full, where it holds a NaN and where nothing varied.
    """
    seen = returns.rolling(window)
    spread = seen.std().where(seen.max() > seen.min())
    ratio: pd.Series = seen.mean() / spread * math.sqrt(periods_per_year)
    return ratio.rename("sharpe")


def rolling_beta(returns: pd.Series, benchmark: pd.Series, window: int) -> pd.Series:
    """Slope on the benchmark's returns over the last `window` bars.

    Parameters
    ----------
    returns, benchmark : pandas.Series, shape (time,)
        Simple returns of the same bars.
    window : int
        Bars, at least 2.

    Returns
    -------
    pandas.Series, shape (time,)
        NaN until the window is full, where it holds a NaN and where the benchmark stood still.
    """
    moved = benchmark.rolling(window)
    variance = moved.var().where(moved.max() > moved.min())
    slope: pd.Series = returns.rolling(window).cov(benchmark) / variance
    return slope.replace([np.inf, -np.inf], np.nan).rename("beta")
