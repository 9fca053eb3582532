"""What each correction for many trials says of a study whose truth is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.validation.significance.counts import (
    cluster_count,
    correlations,
    participation_ratio,
)
from workbench.validation.significance.deflated import deflated_sharpe
from workbench.validation.significance.designs import DAILY, DESIGNS
from workbench.validation.significance.maxima import Maxima
from workbench.validation.significance.sharpe import (
    SharpeMoments,
    sharpe_moments,
    standard_error_iid,
)
from workbench.validation.significance.studentised import studentised_mean
from workbench.validation.significance.verdicts import LEVEL, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["CORRECTIONS", "OURS", "YEAR", "Study", "simulate_study", "theory"]

Floats = npt.NDArray[np.floating[Any]]

OURS = "family-wise p-value"
"""The decision statistic of this package."""
YEAR = 252
"""Bars of a year."""

_PLANTED = 10
"""Trials of a study that are given a gain, each alone, one after the other."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Study:
    """What every correction said of one simulated study.

    Parameters
    ----------
    p_value : float
        Of the best trial, all of them noise, by our statistic.
    effective_trials, critical : float
        As the bootstrap gives them.
    rejects : dict
        Correction → whether it took the best trial of pure noise for skill.
    finds : dict
        Correction → in what share of cases it found one trial with a true annual Sharpe ratio,
        for each of the ratios.
    """

    p_value: float
    effective_trials: float
    critical: float
    rejects: dict[str, bool]
    finds: dict[str, list[float]]


@dataclass(frozen=True)
class _Candidate:
    """One trial, and what the corrections know of the others."""

    p_value: float
    t_statistic: float
    moments: SharpeMoments
    variance: float
    trials: float
    by_eigenvalues: float
    by_clusters: float

    @property
    def alone(self) -> float:
        """The p-value of its Sharpe ratio, the only trial there was."""
        return _NORMAL.cdf(-self.moments.sharpe / standard_error_iid(self.moments))

    def sidak(self, count: float) -> bool:
        return -math.expm1(count * math.log1p(-self.alone)) <= LEVEL

    def deflated(self, count: float) -> bool:
        return deflated_sharpe(self.moments, count, self.variance) >= 1 - LEVEL


CORRECTIONS: Mapping[str, Callable[[_Candidate], bool]] = {
    "none: t-test of the best": lambda one: _NORMAL.cdf(-one.t_statistic) <= LEVEL,
    "Bonferroni": lambda one: one.trials * one.alone <= LEVEL,
    "Šidák, eigenvalue count": lambda one: one.sidak(one.by_eigenvalues),
    "Šidák, cluster count": lambda one: one.sidak(one.by_clusters),
    "deflated Sharpe ratio": lambda one: one.deflated(one.trials),
    "deflated Sharpe ratio, eigenvalue count": lambda one: one.deflated(one.by_eigenvalues),
    "deflated Sharpe ratio, cluster count": lambda one: one.deflated(one.by_clusters),
    OURS: lambda one: one.p_value <= LEVEL,
}
"""Name → whether it calls a trial more than luck, at 5%."""


def simulate_study(
    design: str,
    generator: np.random.Generator,
    *,
    trials: int = 5_000,
    bars: int = 2_520,
    sharpes: Sequence[float] = (1.5, 1.75),
) -> Study:
    """Draw a study of pure noise, ask every correction, then give single trials a true gain.

    Parameters
    ----------
    design : str
        A name in `workbench.validation.significance.designs.DESIGNS`.
    generator : numpy.random.Generator
        Where randomness comes from.
    trials, bars : int
        Size of the study.
    sharpes : sequence of float
        Annual Sharpe ratios that are planted, 252 bars a year.

    Returns
    -------
    Study
        What was said.
    """
    returns, holding = DESIGNS[design](trials, bars, generator)
    maxima = Maxima.empty(bars)
    maxima.add_returns(returns, holding)
    ratios = _ratios(returns)
    correlation = correlations(returns)
    known = {
        "variance": float(ratios.var(ddof=1)),
        "trials": trials,
        "by_eigenvalues": participation_ratio(correlation),
        "by_clusters": cluster_count(correlation),
    }
    best = returns[int(ratios.argmax())]
    lucky = _Candidate(maxima.p_value(), studentised_mean(best), sharpe_moments(best), **known)
    chosen = generator.choice(trials, min(_PLANTED, trials), replace=False)
    planted = [
        [
            _Candidate(told.p_value, told.t_statistic, sharpe_moments(skilled), **known)
            for skilled in returns[chosen].astype(np.float64) + ratio * DAILY / math.sqrt(YEAR)
            for told in [verdict(skilled, maxima, longest_holding=holding)]
        ]
        for ratio in sharpes
    ]
    return Study(
        p_value=lucky.p_value,
        effective_trials=maxima.effective_trials(),
        critical=maxima.critical(LEVEL),
        rejects={name: bool(says(lucky)) for name, says in CORRECTIONS.items()},
        finds={
            name: [float(np.mean([says(one) for one in same])) for same in planted]
            for name, says in CORRECTIONS.items()
        },
    )


def theory(sharpe: float, trials: float, bars: int) -> float:
    """How often one trial with skill is found among independent ones without, at 5%.

    Parameters
    ----------
    sharpe : float
        Its true Sharpe ratio of a year of 252 bars.
    trials : float
        Independent trials, or as many as the correlated ones are worth.
    bars : int
        Bars of the study.

    Returns
    -------
    float
        ``Φ(S·√(bars/252) − c)`` with the critical value ``c = Φ⁻¹(0.95^(1/trials))`` (Šidák
        1967): with normal returns its ``t`` is normal around ``S·√years``, with variance 1.
    """
    critical = _NORMAL.inv_cdf(float(np.exp(np.log1p(-LEVEL) / trials)))
    return _NORMAL.cdf(sharpe * math.sqrt(bars / YEAR) - critical)


def _ratios(returns: Floats) -> npt.NDArray[np.float64]:
    """Sharpe ratios per bar, shape (trials,)."""
    mean = returns.mean(axis=1, dtype=np.float64)
    squares = np.einsum("ij,ij->i", returns, returns) / returns.shape[1]
    return np.asarray(mean / np.sqrt(squares - mean**2))
