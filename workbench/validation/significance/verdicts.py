"""What may be claimed of a result, given all trials of its question."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.validation.significance.deflated import deflated_sharpe
from workbench.validation.significance.maxima import Maxima
from workbench.validation.significance.results import Verdict
from workbench.validation.significance.sharpe import (
    SharpeMoments,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
    standard_error_hac,
    standard_error_iid,
)
from workbench.validation.significance.studentised import studentised_mean

__all__ = ["FEWEST_BARS", "verdict"]

Floats = npt.NDArray[np.floating[Any]]

FEWEST_BARS = 60
"""With fewer bars nothing can be told."""
LEVEL = 0.05
"""The family-wise error that is allowed."""

_SKEWED = -2.0
"""From here on the correction for skewness is too small (see `penalised`)."""
_FOLLOWING = 1.3
"""A robust error that many times the other is no accident with 100 bars or more."""


AGAINST = (
    "Luck alone means earning nothing on average, after costs. Holding a market that rose is"
    " better than that without any skill: look at alpha and at the benchmark for the rest."
)
"""What a claim does not say; it stands beside every claim."""


def verdict(
    returns: Floats,
    maxima: Maxima | None = None,
    *,
    trials: int | None = None,
    sharpe_variance: float = math.nan,
    longest_holding: int = 1,
    unmeasured: int = 0,
    survivors: list[str] | None = None,
) -> Verdict:
    """What may be claimed of one trial among all trials of its question.

    Parameters
    ----------
    returns : ndarray, shape (bars,)
        Simple returns of the trial, usually the best. NaN is a bar without a position: 0 for
        the p-value, left out of the Sharpe ratio and its errors.
    maxima : Maxima, optional
        Of all trials of the question; the trial itself is taken in if it was not. Without it
        the trial is the only one.
    trials : int, optional
        Different trials of the question, as the ledger counts them; by default those of
        `maxima`.
    sharpe_variance : float
        Of the Sharpe ratios per bar over the trials, for the deflated ratio; NaN stands for that
        of trials without skill, ``1 / bars``.
    longest_holding : int
        Longest time this trial held a position, in bars.
    unmeasured : int
        Trials of the question whose returns are not known: each adds its own tail to the
        p-value (Bonferroni).
    survivors : list of str, optional
        Trials that stand after `step_down`.

    Returns
    -------
    Verdict
        With fewer than 60 bars, or constant returns, it cannot tell and its p-value is NaN.

    Raises
    ------
    InvalidInput
        If `maxima` has another number of bars.
    """
    values = np.asarray(returns, np.float64).ravel()
    moments = sharpe_moments(values)
    statistic = studentised_mean(values) if moments.bars >= FEWEST_BARS else math.nan
    asked = None if math.isnan(statistic) else _with_own(values, maxima, longest_holding)
    measured = 1 if maxima is None else maxima.trials
    count = max(1, measured + unmeasured if trials is None else trials)
    errors = standard_error_iid(moments), standard_error_hac(values)
    p_value = _p_value(asked, statistic, unmeasured)
    return Verdict(
        sentence=_sentence(moments, asked, statistic, p_value, count),
        p_value=p_value,
        trials=count,
        effective_trials=asked.effective_trials() if asked else math.nan,
        sharpe_per_bar=moments.sharpe,
        standard_error_iid=errors[0],
        standard_error_hac=errors[1],
        t_statistic=statistic,
        psr=probabilistic_sharpe(moments),
        deflated_sharpe=deflated_sharpe(moments, count, sharpe_variance),
        minimum_track_record=minimum_track_record(moments),
        block_length=asked.block_length if asked else None,
        critical=asked.critical(LEVEL) if asked else math.nan,
        survivors=survivors,
        notes=_notes(moments, asked, p_value, errors) if asked else [],
        luck=asked.maxima[asked.level] if asked else None,
    )


def _with_own(returns: Floats, maxima: Maxima | None, longest_holding: int) -> Maxima:
    """The maxima with the trial in them, those that were given left as they are."""
    asked = Maxima.empty(returns.size)
    asked.add_returns(returns, longest_holding)
    if maxima is not None:
        own, asked = asked, Maxima.from_bytes(maxima.to_bytes())
        asked.merge(own)
        asked.trials = max(maxima.trials, 1)
    return asked


def _p_value(asked: Maxima | None, statistic: float, unmeasured: int) -> float:
    if asked is None:
        return math.nan
    tail = NormalDist().cdf(-statistic)
    return min(1.0, asked.p_value(statistic) + unmeasured * tail)


def _sentence(
    moments: SharpeMoments, asked: Maxima | None, statistic: float, p_value: float, trials: int
) -> str:
    if moments.bars < FEWEST_BARS:
        return (
            f"Cannot tell: {moments.bars} bars are too few to tell skill from luck"
            f" ({FEWEST_BARS} are needed)."
        )
    if asked is None:
        return "Cannot tell: the returns never change."
    chance = "below 0.002" if p_value < 0.002 else f"{p_value:.{2 if p_value >= 0.01 else 3}f}"
    claim = _claim(p_value, trials)
    if trials == 1:
        return f"Luck alone would do as well as this one trial with probability {chance}: {claim}."
    family = f"{trials:,} trials (about {asked.effective_trials():,.0f} independent)"
    if statistic >= asked.observed - 1e-6 * abs(asked.observed):
        luck = f"would be beaten by luck alone with probability {chance}"
        return f"The best of {family} {luck}: {claim}."
    return (
        f"This is not the best of {family}; the best of as many without skill would beat it"
        f" with probability {chance}: {claim}."
    )


def _claim(p_value: float, trials: int) -> str:
    if p_value > LEVEL:
        return "nothing is claimed"
    return "more than luck" if trials == 1 else "more than luck, all trials counted"


def _notes(
    moments: SharpeMoments, asked: Maxima, p_value: float, errors: tuple[float, float]
) -> list[str]:
    notes = [AGAINST] if p_value <= LEVEL else []
    if moments.skewness < _SKEWED:
        notes.append(
            f"Losses are rare and large (skewness {moments.skewness:.1f}): what did not happen in"
            " these bars is not in the p-value, which flatters."
        )
    if errors[1] > _FOLLOWING * errors[0]:
        notes.append(
            "Returns resemble those of the bars before, as of prices that are late or smoothed"
            f" (the robust error is {errors[1] / errors[0]:.1f} times the other): the p-value sees"
            f" that within blocks of {asked.block_length} bars only, which flatters."
        )
    if asked.longest_holding > asked.block_length:
        notes.append(
            f"A position was held for {asked.longest_holding:,} bars, longer than the longest"
            f" block of {asked.block_length}: dependence beyond it is not seen."
        )
    return notes
