"""To depart from repeat-last or not: a decision on held-out forecasts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from workbench.forecast.abstaining.results import Decision
from workbench.forecast.evaluation.means import (
    FEWEST_WINDOWS,
    cosine_error,
    cosines_for,
    windows_in,
)
from workbench.forecast.evaluation.student import t_cdf
from workbench.forecast.evaluation.wording import p_in_words

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.forecast.evaluation import RollingOrigins

    Floats = npt.NDArray[np.float64]

__all__ = ["SIZE", "decide", "undecided"]

SIZE = 0.05
"""The one-sided p-value below which a forecaster departs."""


def decide(windows: RollingOrigins, name: str, units: Floats, *, tried: int = 1) -> Decision:
    """Decide by the skill of one forecaster over the first of its rivals, repeat-last.

    The gain in absolute error at each origin, averaged over series and over the steps of the
    horizon and measured in units of the volatility then, so that wild times do not drown calm ones,
    is tested by equal-weighted cosines: valid for windows that overlap and for forecasts that
    are slow to change.

    Parameters
    ----------
    windows : RollingOrigins
        Held-out forecasts; the first forecaster is repeat-last.
    name : str
        The candidate.
    units : numpy.ndarray, shape (series, origins)
        The volatility known at each origin, in units of the series.
    tried : int
        How many candidates could have been chosen: the p-value is multiplied by it.

    Returns
    -------
    Decision
        It departs where the skill is positive, its p-value below 5%, and at least 20 windows do
        not overlap.
    """
    naive = windows.names[0]
    errors = {who: np.abs(windows.actual - windows.point(who)) for who in (naive, name)}
    gains = ((errors[naive] - errors[name]) / units[..., None]).mean(axis=(0, 2))
    skill = _skill(errors[name], errors[naive])
    count = windows_in(windows.origins, windows.horizon)
    p_value = _p_value(gains, windows.horizon, tried) if count >= FEWEST_WINDOWS else math.nan
    departs = bool(skill > 0 and p_value < SIZE)
    return Decision(
        candidate=name,
        departs=departs,
        skill=skill,
        p_value=p_value,
        origins=windows.origins,
        windows=count,
        tried=tried,
        statement=_in_words(name, skill, p_value, count, departs=departs),
    )


def undecided(name: str, windows: int) -> Decision:
    """Repeat-last, because there is too little history to hold any out."""
    return Decision(
        candidate=name,
        departs=False,
        skill=math.nan,
        p_value=math.nan,
        origins=0,
        windows=windows,
        tried=1,
        statement=_in_words(name, math.nan, math.nan, windows, departs=False),
    )


def _skill(ours: Floats, theirs: Floats) -> float:
    total = float(theirs.mean())
    return 1.0 - float(ours.mean()) / total if total > 0 else math.nan


def _p_value(gains: Floats, horizon: int, tried: int) -> float:
    if not gains.any():
        return math.nan  # the same forecasts
    error, freedom = cosine_error(gains, cosines_for(len(gains), horizon))
    gain = float(gains.mean())
    statistic = gain / error if error > 0 else math.copysign(math.inf, gain)
    return min(1.0, tried * (1.0 - t_cdf(statistic, freedom)))


def _in_words(name: str, skill: float, p_value: float, windows: int, *, departs: bool) -> str:
    if windows < FEWEST_WINDOWS:
        return (
            f"It is repeat-last: with {windows} independent windows held out, no skill of {name} "
            f"can be told from luck ({FEWEST_WINDOWS} are needed)."
        )
    if math.isnan(p_value):
        return f"It is repeat-last: {name} says the same."
    found = (
        f"skill {skill:+.1%}, one-sided {p_in_words(p_value)}, over {windows:,} windows held out"
    )
    if departs:
        return f"It is {name}, which beats repeat-last by more than luck ({found})."
    return f"It is repeat-last: {name} does not beat it by more than luck ({found})."
