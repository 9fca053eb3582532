"""Stops, targets and trailing stops on bars: one rule for every engine.

What a bar does not tell is settled the same way everywhere, and against the trader. The
rule is that of ``Portfolio.from_signals`` of vectorbt 1.0 (``get_stop_price_nb``):

- a bar that opens beyond a level fills at its open; else the level is hit when it lies
  between low and high, and fills at the level;
- the stop is looked at before the target, so that of two hit in one bar the loss counts;
- the trailing level follows the furthest price of *earlier* bars (and the fill itself): a
  bar's own high moves it only after the bar;
- without highs and lows a bar reaches from its open to its close, without an open it is
  its close; a hole hits nothing.

One thing differs: a position that was opened at a bar's open is watched from that bar on,
where vectorbt begins one bar later. A position opened at a close is watched from the next bar
in both.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from workbench.compute import kernel

__all__ = ["Bracket", "furthest", "protective_exit", "stop_level"]


class Bracket(NamedTuple):
    """The exposure wanted, with the exits that protect it from its fill on.

    A step strategy returns one as its intent; a kernel builds it with arguments in their order
    (numba knows no keywords here).

    Parameters
    ----------
    exposure : float
        From −1 (short) to 1 (long); NaN keeps what is held, and its exits.
    stop, take : float
        Prices at which the loss or the profit is taken; NaN for none.
    trail : float
        How far, in price, the stop follows the best price since the fill; NaN for not at all.
    """

    exposure: float
    stop: float = math.nan
    take: float = math.nan
    trail: float = math.nan


@kernel
def stop_level(side: float, stop: float, trail: float, best: float) -> float:
    """The nearer of a fixed stop and a trailing one.

    Parameters
    ----------
    side : float
        The position held; only its sign counts.
    stop, trail : float
        Price of the stop, distance of the trailing stop; NaN where there is none.
    best : float
        The furthest favourable price before this bar (`furthest`).

    Returns
    -------
    float
        A price; NaN where there is neither.
    """
    if np.isnan(trail):
        return stop
    following = best - trail if side > 0 else best + trail
    if np.isnan(stop):
        return following
    return max(stop, following) if side > 0 else min(stop, following)


@kernel
def protective_exit(
    side: float,
    levels: tuple[float, float],
    bar: tuple[float, float, float, float],
) -> float:
    """The price at which a stop or a target closes a position inside a bar.

    Parameters
    ----------
    side : float
        The position held when the bar begins, or from its open on; only its sign counts.
    levels : tuple of float
        Stop (`stop_level`) and target, prices; NaN where there is none.
    bar : tuple of float
        Open, high, low, close; NaN where the data have none.

    Returns
    -------
    float
        The price before slippage; NaN when nothing is hit, or nothing is held.
    """
    stop, take = levels
    if side == 0 or (np.isnan(stop) and np.isnan(take)):
        return np.nan
    opened, high, low, closed = bar
    opened = closed if np.isnan(opened) else opened
    low = min(opened, closed) if np.isnan(low) else low
    high = max(opened, closed) if np.isnan(high) else high
    if side > 0:
        hit = _from_above(stop, opened, high, low)
        return _from_below(take, opened, high, low) if np.isnan(hit) else hit
    hit = _from_below(stop, opened, high, low)
    return _from_above(take, opened, high, low) if np.isnan(hit) else hit


@kernel
def furthest(side: float, best: float, bar: tuple[float, float, float, float]) -> float:
    """The best price since the fill, once this bar is over.

    Parameters
    ----------
    side : float
        The position held; only its sign counts.
    best : float
        The fill price, or what this function returned for the bar before.
    bar : tuple of float
        Open, high, low, close; NaN where the data have none.

    Returns
    -------
    float
        The highest price for a long, the lowest for a short position.
    """
    opened, high, low, closed = bar
    opened = closed if np.isnan(opened) else opened
    if side > 0:
        high = max(opened, closed) if np.isnan(high) else high
        return max(best, high)
    low = min(opened, closed) if np.isnan(low) else low
    return min(best, low)


@kernel
def _from_above(level: float, opened: float, high: float, low: float) -> float:
    """Where a falling price meets a level."""
    if opened <= level:
        return opened
    return level if low <= level <= high else np.nan


@kernel
def _from_below(level: float, opened: float, high: float, low: float) -> float:
    """Where a rising price meets a level."""
    if opened >= level:
        return opened
    return level if low <= level <= high else np.nan
