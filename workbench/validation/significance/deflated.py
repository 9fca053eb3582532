"""The deflated Sharpe ratio: a diagnostic, never the gate.

It asks whether a Sharpe ratio is significantly above the one that the best of as many trials
without skill is expected to have. That is a test against an already exceptional competitor:
with 5,000 trials over ten years it has a size of 0 instead of 5%, and finds a Sharpe ratio of 1.5
in 3 of 10 cases where the bootstrap finds it in 7; with another count of the trials its answer
is another (`workbench.validation.significance.measured_corrections`).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import OutOfRange
from workbench.validation.significance.sharpe import probabilistic_sharpe

if TYPE_CHECKING:
    from workbench.validation.significance.sharpe import SharpeMoments

__all__ = ["deflated_sharpe", "expected_best"]

_NORMAL = NormalDist()


def expected_best(trials: float, variance: float) -> float:
    """The Sharpe ratio that the best of independent trials without skill is expected to have.

    Parameters
    ----------
    trials : float
        How many, at least 1.
    variance : float
        Of their Sharpe ratios per bar: of those of a year, divided by the bars of a year.

    Returns
    -------
    float
        ``√V·((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)))``, γ Euler's constant (Bailey & López
        de Prado 2014); 0 for one trial.

    Raises
    ------
    OutOfRange
        If `trials` is below 1 or `variance` below 0.
    """
    if not trials >= 1:
        raise OutOfRange("trials", trials, low=1)
    if variance < 0:
        raise OutOfRange("variance", variance, low=0)
    if trials == 1:
        return 0.0
    ordinary = -_NORMAL.inv_cdf(1 / trials)
    rarer = -_NORMAL.inv_cdf(1 / (trials * math.e))
    return math.sqrt(variance) * ((1 - np.euler_gamma) * ordinary + np.euler_gamma * rarer)


def deflated_sharpe(moments: SharpeMoments, trials: float, variance: float) -> float:
    """The probability that the true Sharpe ratio is above the expected best of the trials.

    Parameters
    ----------
    moments : SharpeMoments
        Of the series that was chosen.
    trials : float
        Independent trials; Bailey & López de Prado (2014) leave the counting to the reader.
    variance : float
        Of the Sharpe ratios per bar over the trials; NaN counts as that of trials without
        skill, ``1 / bars``.

    Returns
    -------
    float
        From 0 to 1; NaN where it is not defined.

    Raises
    ------
    OutOfRange
        If `trials` is below 1 or `variance` below 0.

    Examples
    --------
    The worked example of the paper, ratios of a year over 250 bars:

    >>> from workbench.validation.significance import SharpeMoments, deflated_sharpe
    >>> chosen = SharpeMoments(2.5 / 250**0.5, skewness=-3, kurtosis=10, bars=1_250)
    >>> round(deflated_sharpe(chosen, trials=100, variance=0.5 / 250), 4)
    0.9004
    """
    if moments.bars < 2:
        return math.nan
    spread = 1 / moments.bars if math.isnan(variance) else variance
    return probabilistic_sharpe(moments, expected_best(trials, spread))
