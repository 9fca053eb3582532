"""What a bar does to an order that rests: market, limit, stop, stop-limit and trailing stop.

For a bar the same is asked as for stops and targets (`workbench.market.brackets`), and answered
the same way: a bar that opens beyond a level fills at its open, else the level is hit when it lies
between low and high. A limit is hit when it is touched. What happened between the trigger of a
stop-limit order and the end of the bar is known only where the close says so; else it waits for
the next bar. A trailing stop follows the extremes of earlier bars. Of a group in which one cancels
the other, the stop is looked at before the limit.
"""

from __future__ import annotations

import numpy as np

from workbench.compute import kernel
from workbench.market.brackets import protective_exit
from workbench.market.venue.layout import LIMIT, MARKET, STOP_LIMIT

__all__ = ["fill_on_bar", "fillable", "trailed"]


@kernel
def fill_on_bar(
    kind: int,
    side: int,
    levels: tuple[float, float],
    bar: tuple[float, float, float, float],
) -> tuple[float, bool]:
    """The price at which a bar fills an order that rested before it.

    Parameters
    ----------
    kind : int
        ``MARKET, LIMIT, STOP_MARKET, STOP_LIMIT`` or ``TRAILING`` of
        `workbench.market.venue.layout`.
    side : int
        1 for a buy, −1 for a sale.
    levels : tuple of float
        Limit and stop; NaN where the order has none.
    bar : tuple of float
        Open, high, low, close; NaN where the data have none.

    Returns
    -------
    price : float
        Before slippage; NaN when nothing happens.
    triggered : bool
        Whether a stop was set off; a stop-limit order that did not fill is a limit order
        from the next bar on.
    """
    limit, stop = levels
    opened, _, _, closed = bar
    if kind == MARKET:
        return (closed if np.isnan(opened) else opened), False
    if kind == LIMIT:
        return protective_exit(-side, (np.nan, limit), bar), False
    price = protective_exit(-side, (stop, np.nan), bar)
    if np.isnan(price) or kind != STOP_LIMIT:
        return price, not np.isnan(price)
    if (limit - price) * side >= 0:
        return price, True
    came_back = (limit - closed) * side >= 0
    return (limit if came_back else np.nan), True


@kernel
def trailed(side: int, stop: float, trail: float, bar: tuple[float, float, float, float]) -> float:
    """The level of a trailing stop once a bar is over.

    Parameters
    ----------
    side : int
        1 for a buy, which follows the lows, −1 for a sale, which follows the highs.
    stop, trail : float
        Where it stands and its distance, in price; NaN for `stop` begins at this bar's close.
    bar : tuple of float
        Open, high, low, close; NaN where the data have none.

    Returns
    -------
    float
        Never further away than before.
    """
    _, high, low, closed = bar
    if np.isnan(closed):
        return stop
    if np.isnan(stop):
        return closed + side * trail
    if side > 0:
        return min(stop, (closed if np.isnan(low) else low) + trail)
    return max(stop, (closed if np.isnan(high) else high) - trail)


@kernel
def fillable(wanted: float, volume: float, share: float) -> float:
    """How much of an order a bar can fill without being the market itself.

    Parameters
    ----------
    wanted : float
        Units left.
    volume : float
        Units traded in the bar; NaN is not known and limits nothing.
    share : float
        The most of it that is ours, from 0 to 1.

    Returns
    -------
    float
        At most `wanted`.
    """
    return wanted if np.isnan(volume) else min(wanted, share * volume)
