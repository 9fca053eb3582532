"""Processes with an edge: part of the next return can be foreseen, and it is known how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from workbench.data.sources.process import STEP, Path, Process, lognormal_moments, number
from workbench.data.sources.recursions import autoregression

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.data.sources.process import Column, Days

__all__ = ["Momentum", "Pair", "TurnOfMonth"]


@dataclass(frozen=True)
class Momentum(Process):
    """Simple returns follow an AR(1): what rose yesterday rises a little more today.

    Parameters
    ----------
    drift, volatility : float
        Of the simple return, for a year.
    persistence : float
        Correlation of a session's return with the one before; its square is the attainable R².
        Negative is reversal.
    """

    code: ClassVar[str] = "EDGE-MOMENTUM"
    state: ClassVar[str] = "what the return of the session before adds to the expected one"

    drift: float = number(0.05, -1, 1)
    volatility: float = number(0.20, 0.001, 1)
    persistence: float = number(0.10, -0.95, 0.95)

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw independent shocks and let them last."""
        count = len(days)
        variance = self.volatility**2 * STEP * (1 - self.persistence**2)
        around = np.empty(count)
        autoregression(
            np.sqrt(variance) * generator.standard_normal(count), self.persistence, around
        )
        carried = self.persistence * np.concatenate([[0.0], around[:-1]])
        mean = self.drift * STEP
        return Path(
            log_return=np.log1p(np.maximum(mean + around, -0.95)),
            diffusion=np.full(count, variance),
            jump=np.zeros(count),
            expected=mean + carried,
            variance=np.full(count, variance),
            state=carried,
        )


@dataclass(frozen=True)
class Pair(Process):
    """Two log prices that share a random walk and stray from it, each as far as the other.

    The log ratio of the two is an Ornstein-Uhlenbeck process (a discrete AR(1) at the closes):
    they are cointegrated with the vector (1, -1).

    Parameters
    ----------
    drift, volatility : float
        Of the walk that they share, for a year.
    spread : float
        Standard deviation of the log ratio.
    half_life : float
        Sessions in which half of a deviation is gone.
    leg : {"A", "B"}
        Which of the two.
    """

    code: ClassVar[str] = "EDGE-PAIR"
    state: ClassVar[str] = "log of the price of A over that of B, at the close before"

    drift: float = number(0.05, -1, 1)
    volatility: float = number(0.20, 0.001, 1)
    spread: float = number(0.05, 0.001, 1)
    half_life: float = number(10.0, 0.5, 1000)
    leg: Literal["A", "B"] = "A"

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw the walk and the ratio; each leg has half of the ratio."""
        of_walk, of_ratio = generator.spawn(2)
        count = len(days)
        keep = 0.5 ** (1 / self.half_life)
        walk, stray = self.volatility**2 * STEP, self.spread**2 * (1 - keep**2)
        ratio = np.empty(count)
        autoregression(np.sqrt(stray) * of_ratio.standard_normal(count), keep, ratio)
        before = np.concatenate([[0.0], ratio[:-1]])
        side = 0.5 if self.leg == "A" else -0.5
        mean = self.drift * STEP - walk / 2
        shared = mean + np.sqrt(walk) * of_walk.standard_normal(count)
        diffusion = np.full(count, walk + stray / 4)
        expected, variance = lognormal_moments(mean + side * (keep - 1) * before, diffusion)
        return Path(
            log_return=shared + side * (ratio - before),
            diffusion=diffusion,
            jump=np.zeros(count),
            expected=expected,
            variance=variance,
            state=before,
        )

    def covariance(self, legs: Sequence[Path]) -> Column:
        """Covariance of the simple returns of both legs, given the close before.

        Parameters
        ----------
        legs : sequence of Path
            A and B.

        Returns
        -------
        numpy.ndarray
        """
        keep = 0.5 ** (1 / self.half_life)
        shared = self.volatility**2 * STEP - self.spread**2 * (1 - keep**2) / 4
        grown = (1 + legs[0].expected) * (1 + legs[1].expected)
        return np.asarray(grown * np.expm1(shared))


@dataclass(frozen=True)
class TurnOfMonth(Process):
    """The last session of a month and the first three of the next pay a premium.

    The effect of J. Lakonishok and S. Smidt, Review of Financial Studies 1, 1988.

    Parameters
    ----------
    drift, volatility : float
        Of the simple return of all other sessions, for a year.
    premium : float
        Simple return that each of these four sessions adds.
    """

    code: ClassVar[str] = "EDGE-CALENDAR"
    state: ClassVar[str] = "1 at the turn of the month, else 0"

    drift: float = number(0.02, -1, 1)
    volatility: float = number(0.20, 0.001, 1)
    premium: float = number(0.0015, -0.1, 0.1)

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw independent returns around the mean of their day."""
        turning = turns_of_months(days).astype(np.float64)
        diffusion = np.full(len(days), self.volatility**2 * STEP)
        mean = np.log1p(np.expm1(self.drift * STEP) + self.premium * turning) - diffusion / 2
        expected, variance = lognormal_moments(mean, diffusion)
        return Path(
            log_return=mean + np.sqrt(diffusion) * generator.standard_normal(len(days)),
            diffusion=diffusion,
            jump=np.zeros(len(days)),
            expected=expected,
            variance=variance,
            state=turning,
        )


def turns_of_months(days: Days) -> npt.NDArray[np.bool_]:
    """Whether a session is the last of a month or one of the first three.

    Parameters
    ----------
    days : numpy.ndarray of datetime64[D]
        Sessions without a gap. The first of them is not taken for the first of its month, nor
        the last for the last.

    Returns
    -------
    numpy.ndarray of bool
    """
    months = days.astype("datetime64[M]")
    begins = np.flatnonzero(months[1:] != months[:-1]) + 1
    turning = np.zeros(len(days), dtype=bool)
    for offset in (-1, 0, 1, 2):
        at = begins + offset
        turning[at[at < len(days)]] = True
    return turning
