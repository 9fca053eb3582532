"""Has a model left its band? Alarms with a bound on how often they are false."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from workbench.compute import kernel
from workbench.errors import OutOfRange

if TYPE_CHECKING:
    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

__all__ = ["Watch", "watch"]

BETS = (-0.5, -0.25, 0.05, 0.1, 0.2, 0.4)
"""Stakes as shares of what can be staked: below 0 on fewer misses than promised, above on more."""

PROBATION = 20
"""Windows without an alarm after which a model has its band again."""


@dataclass(frozen=True, eq=False)
class Watch:
    """When a model left its band.

    Parameters
    ----------
    alarms : tuple of int
        Origins whose outcome raised an alarm.
    demoted : numpy.ndarray of bool, shape (origins + horizon,)
        Whether the model is out of its band at each time, by outcomes known there; the last is
        when the outcome of the last origin is known.
    misses : float
        The share of outcomes outside, over all.
    expected : float
        The share that was promised.
    """

    alarms: tuple[int, ...]
    demoted: Bools = field(repr=False)
    misses: float
    expected: float

    @property
    def is_demoted(self) -> bool:
        """Whether it is out of its band now."""
        return bool(self.demoted[-1]) if len(self.demoted) else False

    @property
    def statement(self) -> str:
        """In words."""
        share = f"{self.misses:.1%} of outcomes lay outside, {self.expected:.1%} were promised"
        if self.is_demoted:
            return f"It has left its band and is demoted: {share}"
        if self.alarms:
            return f"It left its band {len(self.alarms)} times and is back: {share}"
        return f"It has kept its band: {share}"


def watch(missed: Bools, horizon: int, expected: float, *, false_alarm_bars: int = 10_000) -> Watch:
    """Watch the outcomes of an interval for misses that come too often or too rarely.

    An e-detector of Shin, Ramdas and Rinaldo ("E-detectors: a nonparametric framework for
    sequential change detection", New England Journal of Statistics in Data Science 2, 2024): the
    Shiryaev-Roberts sum of wealth that bets against the promised share. Outcomes of windows
    that overlap are not independent, so each of the h sequences of windows that do not overlap
    has its own. If the promise is kept, the chance of any alarm within n bars is at most
    n / `false_alarm_bars`, whatever the market does.

    Parameters
    ----------
    missed : numpy.ndarray of bool, shape (origins,)
        Whether the outcome lay outside, origins one step apart.
    horizon : int
        Steps after which an outcome is known.
    expected : float
        The share of misses that is promised, in (0, 1).
    false_alarm_bars : int
        Bars with one false alarm at most, in the mean.

    Returns
    -------
    Watch
        A model is demoted from the time at which the outcome of an alarm is known, until 20
        windows have passed without another.

    Raises
    ------
    OutOfRange
        If the horizon is below 1 or the promised share is not in (0, 1).
    """
    if horizon < 1:
        raise OutOfRange("horizon", horizon, 1, None)
    if not 0.0 < expected < 1.0:
        raise OutOfRange("expected", expected, 0, 1)
    raised = np.zeros(len(missed), dtype=np.bool_)
    low, high = 1.0 / (1.0 - expected), 1.0 / expected
    stakes = np.array([bet * (low if bet < 0 else high) for bet in BETS])
    _detect(
        np.asarray(missed, np.bool_), horizon, expected, stakes, float(false_alarm_bars), raised
    )
    alarms = np.flatnonzero(raised)
    demoted = np.zeros(len(missed) + horizon, dtype=np.bool_)
    for alarm in alarms:
        demoted[alarm + horizon : alarm + horizon + PROBATION * horizon] = True
    return Watch(
        alarms=tuple(int(alarm) for alarm in alarms),
        demoted=demoted,
        misses=float(np.mean(missed)) if len(missed) else float("nan"),
        expected=expected,
    )


@kernel
def _detect(
    missed: Bools, horizon: int, expected: float, stakes: Floats, threshold: float, raised: Bools
) -> None:
    wealth = np.zeros((horizon, stakes.size))
    for origin in range(missed.size):
        lane = origin % horizon
        surprise = (1.0 if missed[origin] else 0.0) - expected
        total = 0.0
        for bet in range(stakes.size):
            wealth[lane, bet] = (wealth[lane, bet] + 1.0) * (1.0 + stakes[bet] * surprise)
            total += wealth[lane, bet]
        if total >= threshold * stakes.size:
            raised[origin] = True
            wealth[lane, :] = 0.0
