"""Support and resistance: prices near which a market has turned more than once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Prices = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

__all__ = ["Level", "price_levels", "swing_points", "true_range"]


@dataclass(frozen=True)
class Level:
    """A price near which a market has turned.

    Parameters
    ----------
    price : float
        The mean of the turning points.
    touches : int
        How many there are.
    first, last : int
        The places of the first and the last of them.
    """

    price: float
    touches: int
    first: int
    last: int


def swing_points(prices: Prices, wing: int, *, low: bool = False) -> Places:
    """Where a path has turned: bars above (or below) all of the `wing` bars on either side.

    A turn is known only `wing` bars later, and the last `wing` bars hold none: what comes later
    takes no turn away. Of equal neighbours the first counts. Bill Williams (Trading Chaos, 1995)
    calls them fractals, with two bars on either side.

    Parameters
    ----------
    prices : numpy.ndarray, shape (bars,)
        Highs, or lows, without NaN.
    wing : int
        Bars on either side, one at least.
    low : bool
        Whether turns upwards are looked for.

    Returns
    -------
    numpy.ndarray of int
        The places of the turns, in order.
    """
    heights = -prices if low else prices
    if len(heights) < 2 * wing + 1:
        return np.empty(0, dtype=np.intp)
    windows = np.lib.stride_tricks.sliding_window_view(heights, 2 * wing + 1)
    middle = windows[:, wing]
    above_before = middle > windows[:, :wing].max(axis=1)
    not_below_after = middle >= windows[:, wing + 1 :].max(axis=1)
    return np.flatnonzero(above_before & not_below_after) + wing


def price_levels(prices: Prices, places: Places, width: float, *, touches: int = 2) -> list[Level]:
    """Turning points that lie close together, as levels.

    From the lowest upwards, a level takes in every turn that lies within `width` of its lowest
    one. That markets turn more often at such prices than at others is in Osler, Economic Policy
    Review of the Federal Reserve Bank of New York 6, 2000; how they are gathered is a convention
    of the workbench.

    Parameters
    ----------
    prices : numpy.ndarray, shape (turns,)
        Where each turn was.
    places : numpy.ndarray of int, shape (turns,)
        At which bar.
    width : float
        Between the lowest and the highest turn of a level at most, in the unit of the price.
    touches : int
        The fewest turns that make a level.

    Returns
    -------
    list of Level
        From the lowest to the highest.
    """
    order = np.argsort(prices, kind="stable")
    groups: list[list[int]] = []
    for turn in order:
        if groups and prices[turn] - prices[groups[-1][0]] <= width:
            groups[-1].append(int(turn))
        else:
            groups.append([int(turn)])
    return [
        Level(
            price=float(prices[group].mean()),
            touches=len(group),
            first=int(places[group].min()),
            last=int(places[group].max()),
        )
        for group in groups
        if len(group) >= touches
    ]


def true_range(high: Prices, low: Prices, close: Prices) -> float:
    """The mean distance that a bar covers, with the gap before it.

    The true range is the greatest of high − low, high − close before, and close before − low
    (Wilder, New Concepts in Technical Trading Systems, 1978).

    Parameters
    ----------
    high, low, close : numpy.ndarray, shape (bars,)
        Without NaN, two bars at least.

    Returns
    -------
    float
        The mean over all bars but the first, in the unit of the price.
    """
    before = close[:-1]
    reach = np.maximum(high[1:], before) - np.minimum(low[1:], before)
    return float(reach.mean())
