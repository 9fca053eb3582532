"""Pure noise that looks like research: designs of many trials, none with a true gain.

A design gives the simple returns of all trials, shape (trials, bars) in float32 with mean 0 and
a standard deviation near 0.01 a bar, and the longest time that one of them held a position.
Where returns are not normal they are GARCH(1,1) with Student t innovations of 5 degrees of
freedom (Bollerslev 1987), near what daily shares have (α 0.05, β 0.93; kurtosis 18).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DAILY", "DESIGNS", "follow", "garch", "market"]

Single = npt.NDArray[np.float32]

DAILY = 0.01
"""Standard deviation of a bar, of every trial."""

_ALPHA, _BETA, _FREEDOM = 0.05, 0.93, 5
_SYMBOLS = 100
_LONGEST = 250
_SIGNALS, _MONTH, _PERSISTENCE = 20, 21, 0.9
_MARKET = math.sqrt(0.3)  # loading on the market: two symbols have a correlation of 0.3


def _independent(trials: int, bars: int, generator: np.random.Generator) -> tuple[Single, int]:
    """Strategies that have nothing to do with one another, with normal returns."""
    drawn = generator.standard_normal((trials, bars), np.float32)
    drawn *= np.float32(DAILY)
    return drawn, 1


def _fat_tails(trials: int, bars: int, generator: np.random.Generator) -> tuple[Single, int]:
    """The same, each a GARCH of its own: wild and quiet times."""
    return garch(trials, bars, generator), 1


def _look_backs(trials: int, bars: int, generator: np.random.Generator) -> tuple[Single, int]:
    """Long or short each of 100 symbols by the sign of its last 5, 10, …, 250 bars' return.

    As many look-backs, spread evenly, as 100 symbols need for the trials; neighbouring ones are
    almost the same trial.
    """
    symbols = min(_SYMBOLS, trials)
    count = -(-trials // symbols)
    windows = np.unique(np.linspace(_LONGEST // min(count, 50), _LONGEST, count).astype(np.int64))
    moves = market(symbols, bars + _LONGEST, generator)
    made = np.empty((symbols * len(windows), bars), np.float32)
    holding = follow(moves, windows, made)
    return made[:trials], int(holding)


@kernel
def follow(returns: Single, windows: npt.NDArray[np.int64], made: Single) -> int:
    """Write the trials of all symbols and windows; give the longest holding."""
    skipped = returns.shape[1] - made.shape[1]
    longest = 0
    for trial in range(made.shape[0]):
        symbol, window = trial // len(windows), windows[trial % len(windows)]
        total = 0.0
        for bar in range(skipped - window, skipped):
            total += returns[symbol, bar]
        side, since = 0, skipped
        for bar in range(skipped, returns.shape[1]):
            wanted = 1 if total >= 0 else -1
            if wanted != side:
                side, since = wanted, bar
            longest = max(longest, bar - since + 1)
            made[trial, bar - skipped] = side * returns[symbol, bar]
            total += returns[symbol, bar] - returns[symbol, bar - window]
    return longest


def _variants(trials: int, bars: int, generator: np.random.Generator) -> tuple[Single, int]:
    """Long-short portfolios of 100 symbols by random mixtures of 20 monthly signals.

    The weights sum to 0 and change each month.
    """
    moves = market(_SYMBOLS, bars, generator)
    signal = generator.standard_normal((_SIGNALS, _SYMBOLS), np.float32)
    factors = np.empty((_SIGNALS, bars), np.float32)
    for start in range(0, bars, _MONTH):
        neutral = signal - signal.mean(axis=1, keepdims=True)
        factors[:, start : start + _MONTH] = neutral @ moves[:, start : start + _MONTH]
        fresh = generator.standard_normal(signal.shape, np.float32)
        signal = (
            np.float32(_PERSISTENCE) * signal + np.float32(math.sqrt(1 - _PERSISTENCE**2)) * fresh
        )
    mixtures = generator.standard_normal((trials, _SIGNALS), np.float32)
    specific = math.sqrt((_SYMBOLS - 1) * (1 - _MARKET**2))  # the market is hedged away
    mixtures /= np.linalg.norm(mixtures, axis=1, keepdims=True) * np.float32(specific)
    return mixtures @ factors, _MONTH


def market(symbols: int, bars: int, generator: np.random.Generator) -> Single:
    """Returns of symbols that share a market, shape (symbols, bars), pairwise correlation 0.3."""
    drawn = garch(symbols + 1, bars, generator)
    own = np.float32(math.sqrt(1 - _MARKET**2)) * drawn[1:]
    together: Single = own + np.float32(_MARKET) * drawn[0]
    return together


def garch(series: int, bars: int, generator: np.random.Generator) -> Single:
    """Independent GARCH(1,1) series with t innovations, standard deviation 0.01.

    Parameters
    ----------
    series, bars : int
        How many, and how long.
    generator : numpy.random.Generator
        Where randomness comes from.

    Returns
    -------
    ndarray, shape (series, bars)
        Float32.
    """
    normal = generator.standard_normal((series, bars), np.float32)
    chi = generator.standard_gamma(_FREEDOM / 2, (series, bars), np.float32)  # half a χ²
    starts = generator.random(series, np.float32)
    volatile(normal, chi, starts)
    return normal


@kernel
def volatile(normal: Single, chi: Single, starts: Single) -> None:
    """Turn normal numbers into GARCH returns, in place; `chi` holds χ²/2 of 5 degrees."""
    unit = np.float32(math.sqrt((_FREEDOM - 2) / 2))
    omega = np.float32(1 - _ALPHA - _BETA)
    alpha, beta, daily = np.float32(_ALPHA), np.float32(_BETA), np.float32(DAILY)
    for row in range(normal.shape[0]):
        variance = np.float32(0.5) + starts[row]
        for bar in range(normal.shape[1]):
            drawn = normal[row, bar] * unit * np.sqrt(variance / chi[row, bar])
            normal[row, bar] = drawn * daily
            variance = omega + alpha * drawn * drawn + beta * variance


DESIGNS: Mapping[str, Callable[[int, int, np.random.Generator], tuple[Single, int]]] = {
    "independent": _independent,
    "fat tails": _fat_tails,
    "look-backs": _look_backs,
    "variants": _variants,
}
"""Name → its function of ``(trials, bars, generator)``.

It gives the simple returns of all trials, shape (trials, bars), and the longest holding in bars.
"""
