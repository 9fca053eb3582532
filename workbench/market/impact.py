"""How hard a market is to move: volatility and volume of the bars before an order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["WINDOW", "pressure"]

Floats = npt.NDArray[np.float64]

WINDOW = 20
"""Bars over which volatility and volume are taken: a month of days."""


def pressure(close: Floats, volume: Floats, window: int = WINDOW) -> Floats:
    """Pressure σ / √V as it was known before each bar: times Y · √Q it is the impact of an order.

    Parameters
    ----------
    close, volume : ndarray, shape (time, symbol)
        Prices and units traded; NaN in a hole.
    window : int
        Bars before the bar of the order that count, at most; two returns are the least.

    Returns
    -------
    ndarray, shape (time, symbol)
        Per root of a unit. 0 as long as no volatility is known (the first three bars), NaN
        where nothing was traded in the whole window: an order finds no market.

    Notes
    -----
    The square-root law Y · σ · √(Q / V): Tóth et al., Phys. Rev. X 1, 021006 (2011). σ is the
    standard deviation (``ddof=1``) of simple returns between known closes, V the mean volume.
    """
    returns = pd.DataFrame(close).ffill().pct_change(fill_method=None)
    sigma = returns.rolling(window, min_periods=2).std().shift(1)
    mean = pd.DataFrame(volume).rolling(window, min_periods=1).mean().shift(1)
    found = (sigma / np.sqrt(mean.where(mean > 0))).to_numpy()
    known = (sigma.notna() & mean.notna()).to_numpy()
    made: Floats = np.where(known, found, 0.0)
    return made
