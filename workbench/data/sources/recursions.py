"""What cannot be drawn all at once: each value needs the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.compute import kernel

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

__all__ = ["autoregression", "garch_variance", "markov_states", "square_root_variance"]

SWITCH = 1.5
"""The psi at which Andersen's scheme changes; he finds the choice immaterial from 1 to 2."""


@kernel
def autoregression(shocks: Column, persistence: float, values: Column) -> None:
    """Each value is `persistence` times the one before (0 before the first) and a shock."""
    before = 0.0
    for now in range(shocks.size):
        before = persistence * before + shocks[now]
        values[now] = before


@kernel
def markov_states(
    uniforms: Column, start: float, stay_first: float, stay_second: float, states: Column
) -> None:
    """A chain of the states 0 and 1 that leaves each with its own probability."""
    state = start
    for now in range(uniforms.size):
        stay = stay_first if state == 0.0 else stay_second
        if uniforms[now] >= stay:
            state = 1.0 - state
        states[now] = state


@kernel
def garch_variance(
    shocks: Column, omega: float, alpha: float, beta: float, start: float, variance: Column
) -> None:
    """The variance of each shock's return by GARCH(1,1); `shocks` have variance 1.

    h[t] = omega + (alpha · shock[t-1]² + beta) · h[t-1] (Bollerslev, Journal of Econometrics
    31, 1986).
    """
    now_variance = start
    for now in range(shocks.size):
        variance[now] = now_variance
        now_variance = omega + (alpha * shocks[now] ** 2 + beta) * now_variance


@kernel
def square_root_variance(
    normals: Column,
    uniforms: Column,
    parameters: tuple[float, float, float],
    years: float,
    variance: Column,
) -> None:
    """Heston's variance by the quadratic-exponential scheme; ``variance[0]`` is the start.

    L. Andersen, "Simple and efficient simulation of the Heston stochastic volatility model",
    Journal of Computational Finance 11(3), 2008, section 3.2: a squared normal where the
    variance is high, a mass at zero and an exponential tail where it is low, both with the exact
    first two moments. `parameters` are reversion, long-run variance and volatility of variance.
    """
    reversion, level, wildness = parameters
    decay = np.exp(-reversion * years)
    for now in range(normals.size):
        mean = level + (variance[now] - level) * decay
        spread = variance[now] * wildness**2 * decay * (1.0 - decay) / reversion
        spread += level * wildness**2 * (1.0 - decay) ** 2 / (2.0 * reversion)
        psi = spread / mean**2
        if psi <= SWITCH:
            b_squared = 2.0 / psi - 1.0 + np.sqrt(2.0 / psi) * np.sqrt(2.0 / psi - 1.0)
            scale = mean / (1.0 + b_squared)
            variance[now + 1] = scale * (np.sqrt(b_squared) + normals[now]) ** 2
        else:
            at_zero = (psi - 1.0) / (psi + 1.0)
            rate = (1.0 - at_zero) / mean
            tail = uniforms[now] > at_zero
            variance[now + 1] = (
                np.log((1.0 - at_zero) / (1.0 - uniforms[now])) / rate if tail else 0.0
            )
