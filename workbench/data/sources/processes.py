"""Processes without an edge: how prices move when nothing but risk can be foreseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from workbench.data.sources.process import STEP, Path, Process, lognormal_moments, number
from workbench.data.sources.recursions import garch_variance, markov_states, square_root_variance
from workbench.errors import OutOfRange

if TYPE_CHECKING:
    from workbench.data.sources.process import Days

__all__ = ["Garch", "Gbm", "Heston", "Merton", "Regimes"]


@dataclass(frozen=True)
class Gbm(Process):
    """Geometric Brownian motion: dS/S = drift dt + volatility dW.

    Parameters
    ----------
    drift, volatility : float
        Of the simple return, for a year.
    """

    code: ClassVar[str] = "GBM"
    state: ClassVar[str] = "nothing: always 0"

    drift: float = number(0.08, -1, 1)
    volatility: float = number(0.20, 0.001, 3)

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw independent normal log returns."""
        count = len(days)
        diffusion = self.volatility**2 * STEP
        mean = self.drift * STEP - diffusion / 2
        expected, variance = lognormal_moments(mean, diffusion)
        return Path(
            log_return=mean + np.sqrt(diffusion) * generator.standard_normal(count),
            diffusion=np.full(count, diffusion),
            jump=np.zeros(count),
            expected=np.full(count, expected),
            variance=np.full(count, variance),
            state=np.zeros(count),
        )


@dataclass(frozen=True)
class Heston(Process):
    """Stochastic volatility: dv = reversion (level - v) dt + wildness √v dW', corr(dW, dW').

    S. Heston, Review of Financial Studies 6, 1993; simulated by Andersen's scheme of 2008. The
    first variance is drawn from the stationary distribution, a gamma.

    Parameters
    ----------
    drift : float
        Of the simple return, for a year.
    reversion : float
        How fast variance returns to its level, for a year.
    level : float
        The variance of a year in the long run.
    wildness : float
        The volatility of variance.
    correlation : float
        Between returns and changes of variance.
    start_variance : float, optional
        Variance of a year before the first session, if it is not to be drawn.
    """

    code: ClassVar[str] = "HESTON"
    state: ClassVar[str] = "volatility for a year, at the close before"

    drift: float = number(0.08, -1, 1)
    reversion: float = number(5.0, 0.1, 50)
    level: float = number(0.04, 1e-4, 2)
    wildness: float = number(0.5, 0.01, 5)
    correlation: float = number(-0.7, -0.99, 0.99)
    start_variance: float | None = None

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw the variance first and the returns given it."""
        of_variance, of_low, of_return, of_start = generator.spawn(4)
        shape = 2 * self.reversion * self.level / self.wildness**2
        variance = np.empty(len(days) + 1)
        variance[0] = self.start_variance or of_start.gamma(shape, self.level / shape)
        normals, uniforms = of_variance.standard_normal(len(days)), of_low.random(len(days))
        square_root_variance(
            normals, uniforms, (self.reversion, self.level, self.wildness), STEP, variance
        )
        before, after = variance[:-1], variance[1:]
        passed = (before + after) / 2 * STEP  # what diffuses in the session
        tilt = self.correlation / self.wildness
        mean = self.drift * STEP - passed / 2
        mean += tilt * (after - before - self.reversion * (self.level * STEP - passed))
        rest = (1 - self.correlation**2) * passed
        decay = -np.expm1(-self.reversion * STEP) / self.reversion
        foreseen = self.level * STEP + (before - self.level) * decay
        expected = np.full(len(days), np.expm1(self.drift * STEP))
        return Path(
            log_return=mean + np.sqrt(rest) * of_return.standard_normal(len(days)),
            diffusion=passed,
            jump=np.zeros(len(days)),
            expected=expected,
            variance=(1 + expected) ** 2 * np.expm1(foreseen),
            state=np.sqrt(before),
        )


@dataclass(frozen=True)
class Merton(Process):
    """Jump diffusion: Brownian motion, and normal jumps of the log price at Poisson times.

    R. Merton, Journal of Financial Economics 3, 1976. Jumps happen between the sessions.

    Parameters
    ----------
    drift, volatility : float
        Of the simple return and of its diffusion, for a year.
    jumps : float
        How many there are in a year.
    jump_mean, jump_volatility : float
        Of the log jump.
    """

    code: ClassVar[str] = "MERTON"
    state: ClassVar[str] = "number of jumps before the session"

    drift: float = number(0.08, -1, 1)
    volatility: float = number(0.15, 0.001, 3)
    jumps: float = number(6.0, 0, 250)
    jump_mean: float = number(-0.02, -1, 1)
    jump_volatility: float = number(0.04, 0, 1)

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw the diffusion, the number of jumps and their sum."""
        of_return, of_number, of_jump = generator.spawn(3)
        count = len(days)
        diffusion = self.volatility**2 * STEP
        number_of = of_number.poisson(self.jumps * STEP, count).astype(np.float64)
        size = self.jump_volatility * np.sqrt(number_of) * of_jump.standard_normal(count)
        jump = number_of * self.jump_mean + size
        once = np.expm1(self.jump_mean + self.jump_volatility**2 / 2)
        twice = np.expm1(2 * self.jump_mean + 2 * self.jump_volatility**2)
        mean = (self.drift - self.jumps * once) * STEP - diffusion / 2
        expected = np.expm1(self.drift * STEP)
        squares = diffusion + self.jumps * STEP * (twice - 2 * once)
        return Path(
            log_return=mean + np.sqrt(diffusion) * of_return.standard_normal(count) + jump,
            diffusion=np.full(count, diffusion),
            jump=jump,
            expected=np.full(count, expected),
            variance=np.full(count, (1 + expected) ** 2 * np.expm1(squares)),
            state=number_of,
        )


@dataclass(frozen=True)
class Regimes(Process):
    """Two regimes, calm and storm, that follow one another as a Markov chain.

    J. Hamilton, Econometrica 57, 1989. What is foreseen of a session is what yesterday's regime
    tells.

    Parameters
    ----------
    calm_drift, storm_drift, calm_volatility, storm_volatility : float
        Of the simple return, for a year.
    stay_calm, stay_stormy : float
        Probability that the next session has the same regime.
    """

    code: ClassVar[str] = "REGIMES"
    state: ClassVar[str] = "regime of the session: 0 calm, 1 storm"

    calm_drift: float = number(0.14, -2, 2)
    storm_drift: float = number(-0.25, -2, 2)
    calm_volatility: float = number(0.11, 0.001, 3)
    storm_volatility: float = number(0.32, 0.001, 3)
    stay_calm: float = number(0.99, 0.01, 0.9999)
    stay_stormy: float = number(0.96, 0.01, 0.9999)

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw the regimes first and the returns given them."""
        of_regime, of_return = generator.spawn(2)
        stormy = (1 - self.stay_calm) / (2 - self.stay_calm - self.stay_stormy)
        start = float(of_regime.random() < stormy)
        regime = np.empty(len(days))
        markov_states(of_regime.random(len(days)), start, self.stay_calm, self.stay_stormy, regime)
        which = regime.astype(np.intp)
        diffusions = np.array([self.calm_volatility, self.storm_volatility]) ** 2 * STEP
        means = np.array([self.calm_drift, self.storm_drift]) * STEP - diffusions / 2
        expected, variance = lognormal_moments(means, diffusions)
        squares = variance + expected**2
        storm_ahead = np.array([1 - self.stay_calm, self.stay_stormy])
        yesterday = np.concatenate([[int(start)], which[:-1]])
        ahead = storm_ahead[yesterday]
        foreseen = expected[0] + ahead * (expected[1] - expected[0])
        return Path(
            log_return=means[which]
            + np.sqrt(diffusions[which]) * of_return.standard_normal(len(days)),
            diffusion=diffusions[which],
            jump=np.zeros(len(days)),
            expected=foreseen,
            variance=squares[0] + ahead * (squares[1] - squares[0]) - foreseen**2,
            state=regime,
        )


@dataclass(frozen=True)
class Garch(Process):
    """GARCH(1,1) of simple returns with Student's t: volatility comes in clusters.

    T. Bollerslev, Review of Economics and Statistics 69, 1987.

    Parameters
    ----------
    drift, volatility : float
        Of the simple return, for a year, in the long run.
    alpha, beta : float
        Weight of the last squared shock and of the last variance; their sum is below 1.
    degrees : float
        Degrees of freedom of Student's t.
    """

    code: ClassVar[str] = "GARCH"
    state: ClassVar[str] = "volatility for a year, foreseen at the close before"

    drift: float = number(0.08, -1, 1)
    volatility: float = number(0.20, 0.001, 1)
    alpha: float = number(0.08, 0, 0.999)
    beta: float = number(0.90, 0, 0.999)
    degrees: float = number(6.0, 2.1, 1000)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.alpha + self.beta >= 1:
            raise OutOfRange("alpha + beta", self.alpha + self.beta, 0, 0.999)

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw shocks of variance 1 and scale them."""
        shocks = generator.standard_t(self.degrees, len(days))
        shocks *= np.sqrt((self.degrees - 2) / self.degrees)
        long_run = self.volatility**2 * STEP
        omega = long_run * (1 - self.alpha - self.beta)
        variance = np.empty(len(days))
        garch_variance(shocks, omega, self.alpha, self.beta, long_run, variance)
        returns = self.drift * STEP + np.sqrt(variance) * shocks
        return Path(
            log_return=np.log1p(np.maximum(returns, -0.95)),
            diffusion=variance,
            jump=np.zeros(len(days)),
            expected=np.full(len(days), self.drift * STEP),
            variance=variance,
            state=np.sqrt(variance / STEP),
        )
