"""Tables over the prices of a symbol: what holding it between any two bars earns.

They are made once and read by every combination of a sweep, so that a round trip costs the same
whether it lasts a day or a year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel

__all__ = ["Ground", "fall_between", "ground_of"]

Floats = npt.NDArray[np.float64]

SUMS = 4
"""Returns, their squares, the squares of the losses, and their cubes."""


class Ground(NamedTuple):
    """The tables of several symbols.

    Parameters
    ----------
    falls : ndarray, shape (symbol, level, bar, 3)
        As `falls_of` makes them.
    enter, leave : ndarray, shape (symbol, bar + 1, 5)
        As `trips_of` makes them.
    squares : ndarray, shape (symbol,)
        The sum of the squared returns of the price, against which rounding is measured.
    edges : ndarray, shape (symbol, block + 1)
        The sum of the returns of the price before each block.
    steady : ndarray of bool, shape (symbol,)
        Whether no order can fill before the first close is known.
    """

    falls: Floats
    enter: Floats
    leave: Floats
    squares: Floats
    edges: Floats
    steady: npt.NDArray[np.bool_]


def ground_of(
    closes: Floats,
    prices: Floats,
    rates: tuple[float, float, float],
    edges: npt.NDArray[np.int64],
) -> Ground:
    """Make the tables.

    Parameters
    ----------
    closes : ndarray, shape (symbol, bar)
        Carried forward over holes; NaN before the first.
    prices : ndarray, shape (symbol, bar)
        What an order fills at before slippage; NaN where there is no price.
    rates : tuple of float
        Fee and slippage, fractions, and the fixed fee, which these tables leave out.
    edges : ndarray, shape (block + 1,)
        The first bar of each block, and the number of bars.

    Returns
    -------
    Ground
        For the symbols in their order.
    """
    symbols, bars = closes.shape
    levels = max((bars - 1).bit_length(), 1)
    falls = np.empty((symbols, levels, bars, 3))
    enter, leave = np.full((2, symbols, bars + 1, SUMS + 1), np.nan)
    squares = np.empty(symbols)
    for symbol in range(symbols):
        falls_of(closes[symbol], falls[symbol])
        squares[symbol] = trips_of(
            closes[symbol], prices[symbol], (rates[0], rates[1]), enter[symbol], leave[symbol]
        )
    steady = ~(np.isnan(closes) & ~np.isnan(prices)).any(axis=1) & ~np.isnan(closes[:, -1])
    gains = np.zeros((symbols, bars + 1))
    gains[:, 2:] = np.nan_to_num(closes[:, 1:] / closes[:, :-1] - 1.0)
    sums = np.cumsum(gains, axis=1)[:, edges]
    return Ground(falls, enter, leave, squares, sums, steady)


@kernel
def trips_of(
    closes: Floats, prices: Floats, rates: tuple[float, float], enter: Floats, leave: Floats
) -> float:
    """What a round trip adds to the sums of an account, split into its two ends.

    A wholly invested account has the returns of the price, but for the bar of its entry and that
    of its exit, so that the sums over a trip are ``enter[entry] + leave[exit]``: prefix sums up
    to the exit with the exit's own return, less those up to the entry with the entry's. The last
    column is the growth: what one unit of cash buys, and what one unit of the symbol brings.

    Parameters
    ----------
    closes, prices : ndarray, shape (bar,)
        Of the symbol.
    rates : tuple of float
        Fee and slippage.
    enter, leave : ndarray, shape (bar + 1, 5)
        Written where the bar has a price; the last row of `leave` is the last close, for what is
        still held.

    Returns
    -------
    float
        The sum of the squared returns of the price.
    """
    fee, slippage = rates
    bars = closes.size
    before = (0.0, 0.0, 0.0, 0.0)  # sums of the returns of earlier bars
    for bar in range(bars):
        close, price = closes[bar], prices[bar]
        last = closes[bar - 1] if bar > 0 else np.nan
        if not np.isnan(price) and not np.isnan(last):
            brings = price * (1 - slippage) * (1 - fee)
            _write(leave[bar], before, brings / last - 1.0, 1.0)
            leave[bar, SUMS] = brings
        gain = 0.0 if np.isnan(last) else close / last - 1.0
        before = _added(before, gain)
        if not np.isnan(price) and not np.isnan(close):
            buys = 1.0 / (price * (1 + slippage) * (1 + fee))
            _write(enter[bar], before, close * buys - 1.0, -1.0)
            enter[bar, SUMS] = buys
    _write(leave[bars], before, 0.0, 1.0)
    leave[bars, SUMS] = closes[bars - 1]
    return before[1]


@kernel
def _added(
    sums: tuple[float, float, float, float], gain: float
) -> tuple[float, float, float, float]:
    loss = min(gain, 0.0)
    squared = gain * gain
    return sums[0] + gain, sums[1] + squared, sums[2] + loss * loss, sums[3] + squared * gain


@kernel
def _write(
    row: Floats, before: tuple[float, float, float, float], gain: float, sign: float
) -> None:
    """Prefix sums with a sign, and the return of the bar itself."""
    own = _added((0.0, 0.0, 0.0, 0.0), gain)
    row[0] = sign * before[0] + own[0]
    row[1] = sign * before[1] + own[1]
    row[2] = sign * before[2] + own[2]
    row[3] = sign * before[3] + own[3]


@kernel
def falls_of(closes: Floats, out: Floats) -> None:
    """The lowest and highest close and the deepest fall from any middle outwards.

    A disjoint sparse table: on level k the bars lie in blocks of 2 ** (k + 1), and each bar
    knows the stretch between itself and the middle of its block. Two such stretches make any
    other (`fall_between`), because of a fall across the seam only the lowest behind it and
    the highest before it matter.

    Parameters
    ----------
    closes : ndarray, shape (bar,)
        NaN before the first.
    out : ndarray, shape (level, bar, 3)
        Lowest, highest, and the smallest close over the highest before it.
    """
    bars = closes.size
    for level in range(out.shape[0]):
        half = 1 << level
        for middle in range(half, bars + half, 2 * half):
            low, high, fall = np.inf, 0.0, 1.0
            for bar in range(min(middle, bars) - 1, middle - half - 1, -1):
                close = closes[bar]
                low, high = min(low, close), max(high, close)
                fall = min(fall, low / close)
                out[level, bar, 0] = low
                out[level, bar, 1] = high
                out[level, bar, 2] = fall
            low, high, fall = np.inf, 0.0, 1.0
            for bar in range(middle, min(middle + half, bars)):
                close = closes[bar]
                low, high = min(low, close), max(high, close)
                fall = min(fall, close / high)
                out[level, bar, 0] = low
                out[level, bar, 1] = high
                out[level, bar, 2] = fall


@kernel
def fall_between(
    closes: Floats, falls: Floats, first: int, last: int
) -> tuple[float, float, float]:
    """The lowest and highest close of some bars, and the deepest fall in them.

    Parameters
    ----------
    closes : ndarray, shape (bar,)
        Of the symbol.
    falls : ndarray, shape (level, bar, 3)
        Of the symbol.
    first, last : int
        Bars, both included.

    Returns
    -------
    tuple of float
        Lowest, highest, and the smallest close over the highest before it, at most 1.
    """
    if first == last:
        return closes[first], closes[first], 1.0
    level = 0
    distance = (first ^ last) >> 1
    while distance > 0:
        distance >>= 1
        level += 1
    before, after = falls[level, first], falls[level, last]
    fall = min(before[2], after[2], after[0] / before[1])
    return min(before[0], after[0]), max(before[1], after[1]), fall
