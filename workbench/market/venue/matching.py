"""What a trade, a quote or a change of depth does to the orders that rest at the venue.

A buy at a price above a sale that traded is filled whole: whoever sold would have met it first.
At the price of the trade its queue decides. A best ask that falls to a buy fills it, at the
price of the buy. A taking order fills at the best price whole, or (``partial``) level by level;
the book is not changed by our own orders, which do not see each other either. Stops go off by
trades. These are the rules of hftbacktest's `NoPartialFillExchange` and `PartialFillExchange`;
one differs: what a taking limit order leaves unfilled rests at its price (hftbacktest fills it).

Most events meet no order: `meets` looks, and moves the queues; only where an order is to be
filled does `settle` follow.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.market.venue.layout import (
    AHEAD,
    FILLED,
    HELD,
    LEFT,
    LIMIT,
    LIVE,
    PARTIAL,
    PRICE,
    SIDE,
    STATE,
    SYMBOL,
    TRADE,
    TRADED,
    TYPE,
    VENUE,
    World,
)
from workbench.market.venue.orders import fill, tidy, trigger
from workbench.market.venue.queue import after_change

__all__ = ["meets", "requeue", "settle"]

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Event = tuple[int, int, int, int, int]


@kernel
def meets(orders: Whole, live: Whole, queue: Floats, event: Event) -> bool:
    """Whether an event fills an order or sets a stop off; a trade moves the queues.

    Parameters
    ----------
    orders : ndarray of int64
        Of the world.
    live : ndarray of int64
        The orders that live at the venue.
    queue : ndarray of float64
        Of the world.
    event : tuple of int
        Kind, side, symbol, price, size.

    Returns
    -------
    bool
        Whether `settle` has something to do.
    """
    kind, side, symbol, price, size = event
    found = False
    for place in range(live.size):
        order = live[place]
        if orders[order, SYMBOL] != symbol or orders[order, STATE] == HELD:
            continue
        own, limit = orders[order, SIDE], orders[order, TYPE] == LIMIT
        if own == side or not (limit or kind == TRADE):
            found |= kind == TRADE and not limit
            continue
        better = (orders[order, PRICE] - price) * own
        if kind == TRADE and limit and better == 0:
            queue[order, AHEAD] -= size
            queue[order, TRADED] += size
            found |= _reached(queue[order, AHEAD]) > 0
        elif better >= 0 or not limit:
            found |= size > 0
    return found


@kernel
def requeue(
    orders: Whole, live: Whole, queue: Floats, level: Event, model: tuple[int, float]
) -> None:
    """Move the orders at a level that changes its size.

    Parameters
    ----------
    orders : ndarray of int64
        Of the world.
    live : ndarray of int64
        The orders that live at the venue.
    queue : ndarray of float64
        Of the world.
    level : tuple of int
        Side, symbol, price, size before, size after.
    model : tuple
        Queue model and its exponent.
    """
    side, symbol, price, before, after = level
    for place in range(live.size):
        order = live[place]
        if orders[order, PRICE] != price or orders[order, SIDE] != side:
            continue
        if orders[order, SYMBOL] == symbol and orders[order, TYPE] == LIMIT:
            queue[order, AHEAD] = after_change(
                (queue[order, AHEAD], queue[order, TRADED]), before, after, model[0], model[1]
            )
            queue[order, TRADED] = 0.0


@kernel
def settle(world: World, event: Event, now: int) -> None:
    """Fill the orders that an event reaches, in the order in which they arrived.

    Parameters
    ----------
    world : World
        Of the run.
    event : tuple of int
        Kind, side, symbol, price, size.
    now : int
        Its time.
    """
    kind, side, symbol, price, size = event
    for place in range(world.registers[LIVE]):
        order = world.lists[VENUE, place]
        row = world.orders[order]
        if row[SYMBOL] != symbol or row[STATE] == HELD or row[STATE] >= FILLED:
            continue
        if row[TYPE] != LIMIT:
            if kind == TRADE:
                trigger(world, order, price, now)
            continue
        better = (row[PRICE] - price) * row[SIDE]
        if row[SIDE] == side or better < 0:
            continue
        if kind != TRADE or better > 0:
            if size > 0:
                fill(world, order, row[PRICE], row[LEFT], 1, now)
        else:
            _by_queue(world, order, now)
    tidy(world, now)


@kernel
def _by_queue(world: World, order: int, now: int) -> None:
    """What of a trade is left behind the queue is ours."""
    reached = _reached(world.queue[order, AHEAD])
    if reached > 0:
        world.queue[order, AHEAD] = 0.0
        left = world.orders[order, LEFT]
        part = min(reached, left) if world.registers[PARTIAL] else left
        fill(world, order, world.orders[order, PRICE], part, 1, now)


@kernel
def _reached(ahead: float) -> int:
    """Whole lots of the order that a trade has come to."""
    return math.floor(0.5 - ahead)
