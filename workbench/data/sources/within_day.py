"""From a day's bar to its minutes: they add up to it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

__all__ = ["minutes_of_day"]

TICKS = 4
"""Steps of the path in a minute."""


def minutes_of_day(
    day: Mapping[str, float], minutes: int, step: int, generator: np.random.Generator
) -> dict[str, Column]:
    """Bars within a session that add up to the bar of the session.

    The log price is a Brownian bridge from the opening to the close, as wild as the range of the
    day, stretched so that it touches the high and the low. Volume is higher at both ends.

    Parameters
    ----------
    day : mapping
        Open, high, low, close and volume of the session.
    minutes : int
        Its length.
    step : int
        Minutes of a bar; the last may be shorter.
    generator : numpy.random.Generator
        Decides everything.

    Returns
    -------
    dict
        Name → array with one value for each bar.
    """
    path = _stretched(_bridge(day, minutes * TICKS, generator), day)
    first = np.arange(0, minutes, step) * TICKS
    last = np.append(first[1:], minutes * TICKS)
    ticks = path[:-1]
    volume = generator.multinomial(int(day["volume"]), _busy(minutes)).astype(np.float64)
    close = path[last]
    return {
        "open": path[first],
        "high": np.maximum(np.maximum.reduceat(ticks, first), close),
        "low": np.minimum(np.minimum.reduceat(ticks, first), close),
        "close": close,
        "volume": np.add.reduceat(volume, first // TICKS),
    }


def _bridge(day: Mapping[str, float], steps: int, generator: np.random.Generator) -> Column:
    """Log prices from the opening to the close."""
    begin, end = np.log(day["open"]), np.log(day["close"])
    walk = np.concatenate([[0.0], np.cumsum(generator.standard_normal(steps))])
    share = np.linspace(0.0, 1.0, steps + 1)
    wild = np.log(day["high"] / day["low"]) / np.sqrt(steps)
    made: Column = begin + share * (end - begin) + wild * (walk - share * walk[-1])
    return made


def _stretched(path: Column, day: Mapping[str, float]) -> Column:
    """Prices between low and high that touch both and keep the ends."""
    top, bottom = max(path[0], path[-1]), min(path[0], path[-1])
    peak, trough = int(np.argmax(path[1:-1])) + 1, int(np.argmin(path[1:-1])) + 1
    above, below = path > top, path < bottom
    path[above] = top + (path[above] - top) * _scale(np.log(day["high"]) - top, path[peak] - top)
    path[below] = bottom - (bottom - path[below]) * _scale(
        bottom - np.log(day["low"]), bottom - path[trough]
    )
    prices: Column = np.clip(np.exp(path), day["low"], day["high"])
    prices[peak], prices[trough] = day["high"], day["low"]
    prices[0], prices[-1] = day["open"], day["close"]
    return prices


def _scale(wanted: float, found: float) -> float:
    return wanted / found if found > 0 else 0.0


def _busy(minutes: int) -> Column:
    """Shares of the volume: three times as much at opening and close as at noon."""
    across = np.linspace(-1.0, 1.0, minutes)
    weight = 1 + 2 * across**4
    return np.asarray(weight / weight.sum())
