"""From a path of closes to bars: the gap before a session, its extremes, its volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.sources.process import Path

    Column = npt.NDArray[np.float64]

__all__ = ["OVERNIGHT", "candles"]

OVERNIGHT = 0.2
"""Share of a day's variance that falls between the sessions."""
START_PRICE = 100.0
VOLUME = 1_000_000.0


def candles(path: Path, generator: np.random.Generator) -> dict[str, Column]:
    """Open, high, low, close and volume of every session of a path.

    The opening lies on the Brownian bridge between two closes, after the jump. High and low are
    drawn from the exact distribution of the maximum of the bridge between opening and close, and
    of its minimum (P. Glasserman, Monte Carlo Methods in Financial Engineering, 2004, section
    6.4), each without regard to the other. Volume grows with the size of the move.

    Parameters
    ----------
    path : Path
        The closes.
    generator : numpy.random.Generator
        For what the path leaves open.

    Returns
    -------
    dict
        Name → array with one value for each session.
    """
    of_gap, of_high, of_low, of_volume = generator.spawn(4)
    count = len(path.log_return)
    calm = path.log_return - path.jump
    bridge = np.sqrt(OVERNIGHT * (1 - OVERNIGHT) * path.diffusion)
    gap = path.jump + OVERNIGHT * calm + bridge * of_gap.standard_normal(count)
    within = path.log_return - gap
    left = (1 - OVERNIGHT) * path.diffusion
    close = START_PRICE * np.exp(np.cumsum(path.log_return))
    opening = np.concatenate([[START_PRICE], close[:-1]]) * np.exp(gap)
    above = _extreme(within, left, of_high.random(count))
    below = _extreme(-within, left, of_low.random(count))
    return {
        "open": opening,
        "high": np.maximum(opening * np.exp(above), np.maximum(opening, close)),
        "low": np.minimum(opening * np.exp(-below), np.minimum(opening, close)),
        "close": close,
        "volume": _volume(path, of_volume),
    }


def _extreme(end: Column, variance: Column, uniform: Column) -> Column:
    """The maximum of a Brownian bridge from 0 to `end`."""
    drawn: Column = (end + np.sqrt(end**2 - 2 * variance * np.log1p(-uniform))) / 2
    return drawn


def _volume(path: Path, generator: np.random.Generator) -> Column:
    move = np.minimum(np.abs(path.log_return) / np.sqrt(path.diffusion + 1e-12), 4.0)
    noise = 0.3 * generator.standard_normal(len(move))
    drawn: Column = np.ceil(VOLUME * np.exp(noise + 0.4 * (move - 0.8)))
    return drawn
