"""What a strategy can see and do, in compiled code or from Python.

Everything here is as it has arrived: the book may have moved on, an order may be filled already.
Prices are ticks, sizes are lots; symbols and orders are numbers.
"""

from __future__ import annotations

from workbench.compute import kernel
from workbench.market.venue.book import size_at
from workbench.market.venue.layout import (
    ASK,
    ASKED,
    BID,
    CANCEL,
    EXPIRES,
    FILLED,
    FORCE,
    GROUP,
    GTC,
    LAST,
    LEFT,
    LIMIT,
    MARKET,
    MINE,
    NEVER,
    NOW,
    ORDERS,
    OURS,
    PARENT,
    PENDING,
    PRICE,
    SEEN,
    SENT,
    SIDE,
    SIZE,
    STATE,
    STOP,
    STOP_MARKET,
    SYMBOL,
    TO_VENUE,
    TYPE,
    World,
)
from workbench.market.venue.orders import send

__all__ = [
    "ask", "ask_size", "bid", "bid_size", "buy", "cancel", "clock", "has_ask", "has_bid", "last",
    "my_order", "my_orders", "order_price", "order_side", "place", "position", "sell", "stop",
    "trade_now",
]  # fmt: skip


@kernel
def clock(world: World) -> int:
    """Now, in nanoseconds since 1970 UTC."""
    return int(world.registers[NOW])


@kernel
def bid(world: World, symbol: int) -> int:
    """The best bid, in ticks; see `has_bid`."""
    return int(world.top[OURS, symbol, BID])


@kernel
def ask(world: World, symbol: int) -> int:
    """The best ask, in ticks; see `has_ask`."""
    return int(world.top[OURS, symbol, ASK])


@kernel
def has_bid(world: World, symbol: int) -> bool:
    """Whether there is a bid."""
    return bool(world.top[OURS, symbol, BID] != -NEVER)


@kernel
def has_ask(world: World, symbol: int) -> bool:
    """Whether there is an ask."""
    return bool(world.top[OURS, symbol, ASK] != NEVER)


@kernel
def bid_size(world: World, symbol: int, price: int) -> int:
    """Lots bid at a price, as far as the feed shows."""
    return size_at(world, OURS, symbol, BID, price)


@kernel
def ask_size(world: World, symbol: int, price: int) -> int:
    """Lots offered at a price, as far as the feed shows."""
    return size_at(world, OURS, symbol, ASK, price)


@kernel
def last(world: World, symbol: int) -> int:
    """The price of the last trade, in ticks; `NEVER` before the first."""
    return int(world.top[OURS, symbol, LAST])


@kernel
def position(world: World, symbol: int) -> int:
    """Lots held, by the fills that we have heard of; negative is short."""
    return int(world.positions[OURS, symbol])


@kernel
def my_orders(world: World) -> int:
    """How many of our orders have not ended, as far as we have heard."""
    return int(world.registers[MINE])


@kernel
def my_order(world: World, index: int) -> int:
    """The number of one of `my_orders`, the oldest first."""
    return int(world.lists[OURS, index])


@kernel
def order_price(world: World, order: int) -> int:
    """The limit of an order, in ticks."""
    return int(world.orders[order, PRICE])


@kernel
def order_side(world: World, order: int) -> int:
    """1 for a buy, −1 for a sale."""
    return int(world.orders[order, SIDE])


@kernel
def place(
    world: World, symbol: int, side: int, kind: int, force: int, price: int, size: int
) -> int:
    """Send an order.

    Parameters
    ----------
    world : World
        Of the run.
    symbol : int
        Its number.
    side : int
        1 for a buy, −1 for a sale.
    kind, force : int
        A type and a time in force of `workbench.market.venue.layout`.
    price : int
        Limit in ticks; ignored by a market order.
    size : int
        Lots, above 0.

    Returns
    -------
    int
        The number of the order. Until the end of this call, terms may be added to its row:
        ``STOP``, ``TRAIL``, ``EXPIRES``, ``PARENT``, ``GROUP``.
    """
    registers = world.registers
    order = registers[ORDERS]
    registers[ORDERS] = order + 1
    row = world.orders[order]
    row[:] = 0
    row[SYMBOL], row[SIDE], row[TYPE], row[FORCE] = symbol, side, kind, force
    row[STATE], row[SEEN], row[PRICE], row[SIZE], row[LEFT] = PENDING, PENDING, price, size, size
    row[EXPIRES], row[PARENT], row[GROUP], row[SENT] = NEVER, -1, -1, registers[NOW]
    world.lists[OURS, registers[MINE]] = order
    registers[MINE] += 1
    send(world, TO_VENUE, registers[NOW], (order, PENDING, -1))
    return int(order)


@kernel
def buy(world: World, symbol: int, price: int, size: int) -> int:
    """Send a limit order to buy, good until cancelled; returns its number."""
    return place(world, symbol, 1, LIMIT, GTC, price, size)


@kernel
def sell(world: World, symbol: int, price: int, size: int) -> int:
    """Send a limit order to sell, good until cancelled; returns its number."""
    return place(world, symbol, -1, LIMIT, GTC, price, size)


@kernel
def trade_now(world: World, symbol: int, side: int, size: int) -> int:
    """Send a market order; returns its number."""
    return place(world, symbol, side, MARKET, GTC, 0, size)


@kernel
def stop(world: World, symbol: int, side: int, price: int, size: int) -> int:
    """Send a stop order, a market order once a trade reaches the price; returns its number."""
    order = place(world, symbol, side, STOP_MARKET, GTC, 0, size)
    world.orders[order, STOP] = price
    return order


@kernel
def cancel(world: World, order: int) -> bool:
    """Ask the venue to cancel an order; False if it has ended or was asked before."""
    row = world.orders[order]
    if row[SEEN] >= FILLED or row[ASKED] != 0:
        return False
    row[ASKED] = 1
    send(world, TO_VENUE, world.registers[NOW], (order, CANCEL, -1))
    return True
