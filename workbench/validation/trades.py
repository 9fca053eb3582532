"""Measures of trades by their profit or loss after costs, shape (trades,); NaN when undefined."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

__all__ = ["profit_factor", "win_rate"]

Profits = npt.NDArray[np.float64]


def win_rate(profits: Profits) -> float:
    """Share of trades with a profit above 0; NaN without a trade."""
    return float(np.mean(profits > 0)) if profits.size else math.nan


def profit_factor(profits: Profits) -> float:
    """Sum of the profits over the sum of the losses; NaN when nothing was lost."""
    lost = -float(profits[profits < 0].sum())
    return float(profits[profits > 0].sum()) / lost if lost > 0 else math.nan
