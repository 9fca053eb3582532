"""The variance of a day from its four prices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["LEAST", "daily_variance", "qlike"]

LEAST = 1e-8
"""No variance of a day is below this: a move of one basis point, where prices stood still."""


def daily_variance(open_: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    """The variance from one close to the next, without needing the bars in between.

    The squared move over night plus the estimate of Garman and Klass, Journal of Business 53
    (1980), for the session: ``½ ln²(H/L) − (2 ln 2 − 1) ln²(C/O)``. It is unbiased for a price
    without drift that is watched all the time, and five to seven times as exact as the squared
    return.

    Parameters
    ----------
    open_, high, low, close : numpy.ndarray, shape (days,)
        Prices adjusted alike, positive, no NaN.

    Returns
    -------
    numpy.ndarray, shape (days − 1,)
        From the second day on, in squared log returns, at least 1e-8.

    Raises
    ------
    InvalidInput
        If a price is missing, infinite or not positive.
    """
    prices = np.stack([open_, high, low, close]).astype(np.float64)
    usable = ((prices > 0) & np.isfinite(prices)).all(axis=0)
    if not usable.all():
        day = int(np.argmin(usable))
        raise InvalidInput(
            f"A price of day {day} is missing, infinite or not positive",
            seen=[float(price) for price in prices[:, day]],
            cure="Correct the bars, or choose a period without them",
        )
    logs = np.log(prices)
    session = 0.5 * (logs[1] - logs[2]) ** 2
    session -= (2 * math.log(2) - 1) * (logs[3] - logs[0]) ** 2
    night = (logs[0, 1:] - logs[3, :-1]) ** 2
    variance: Floats = np.maximum(night + np.maximum(session[1:], 0.0), LEAST)
    return variance


def qlike(variance: Floats, forecast: Floats) -> Floats:
    """The loss of a variance forecast that a noisy proxy ranks right.

    ``σ²/f − ln(σ²/f) − 1``: Patton, "Volatility forecast comparison using imperfect volatility
    proxies", Journal of Econometrics 160 (2011); 0 where they are equal.

    Parameters
    ----------
    variance, forecast : numpy.ndarray
        What came and what was forecast, positive, of the same shape.

    Returns
    -------
    numpy.ndarray
        Of the same shape; smaller is better, no units.
    """
    ratio = variance / forecast
    loss: Floats = ratio - np.log(ratio) - 1.0
    return loss
