"""Student's t with whole degrees of freedom: the base install has no scipy."""

from __future__ import annotations

import math
from statistics import NormalDist

__all__ = ["t_cdf", "t_quantile"]

LIKE_NORMAL = 100_000
"""Degrees of freedom from which on the normal is as good, to seven digits."""


def t_cdf(value: float, freedom: int) -> float:
    """The probability that a t variable lies below a value.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4: a finite
    sum in the powers of the cosine.

    Parameters
    ----------
    value : float
        Any; NaN gives NaN.
    freedom : int
        Degrees of freedom, at least 1.

    Returns
    -------
    float
        In [0, 1].
    """
    if math.isnan(value):
        return math.nan
    if freedom >= LIKE_NORMAL:
        return NormalDist().cdf(value)
    angle = math.atan(value / math.sqrt(freedom))
    square = math.cos(angle) ** 2
    odd = freedom % 2
    term = math.sin(angle) * (math.cos(angle) if odd else 1.0)
    within = 0.0
    for power in range(odd, freedom - 1, 2):
        within += term
        term *= square * (power + 1) / (power + 2)
    inside = 2.0 / math.pi * (angle + within) if odd else within
    return 0.5 * (1.0 + inside)


def t_quantile(probability: float, freedom: int) -> float:
    """The value below which a t variable lies with a probability.

    Parameters
    ----------
    probability : float
        In (0, 1).
    freedom : int
        Degrees of freedom, at least 1.

    Returns
    -------
    float
        By bisection of `t_cdf`, to 1e-12 of its size.
    """
    if probability < 0.5:
        return -t_quantile(1.0 - probability, freedom)
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < probability:
        low, high = high, 2.0 * high
    while high - low > 1e-12 * high:
        middle = 0.5 * (low + high)
        if t_cdf(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
