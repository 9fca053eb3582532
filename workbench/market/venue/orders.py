"""Orders at the venue: they arrive, take, rest, fill and end, and each change is told to us."""

from __future__ import annotations

from workbench.compute import kernel
from workbench.market.venue.book import size_at
from workbench.market.venue.layout import (
    AHEAD,
    ARRIVES,
    ASK,
    BID,
    CANCELLED,
    ENDED,
    EXPIRED,
    EXPIRES,
    FILLED,
    FILLS,
    FOK,
    FORCE,
    GROUP,
    HEAD,
    HELD,
    IOC,
    LAST,
    LATEST,
    LEFT,
    LIMIT,
    LIVE,
    MARKET,
    NEVER,
    NEXT_EXPIRY,
    NO_BID,
    NO_MARKET,
    NO_REASON,
    NOT_NOW,
    OTHER_FILLED,
    PARENT,
    PARENT_ENDED,
    PARTIAL,
    PARTLY,
    POST_ONLY,
    PRICE,
    REASON,
    REJECTED,
    SIDE,
    SIZE,
    STATE,
    STOP,
    STOP_LIMIT,
    STOP_MARKET,
    SYMBOL,
    TIME_IS_UP,
    TO_US,
    TRADED,
    TRAIL,
    TRAILING,
    TYPE,
    VENUE,
    WALKED,
    WORKING,
    WOULD_TAKE,
    World,
)

__all__ = ["arrive", "cancel_at_venue", "end", "expire", "fill", "send", "tidy", "trigger", "work"]


@kernel
def send(world: World, way: int, now: int, message: tuple[int, int, int]) -> None:
    """Put a message on its way; it arrives after those sent before it.

    Parameters
    ----------
    world : World
        Of the run.
    way : int
        `TO_VENUE` or `TO_US`.
    now : int
        When it leaves.
    message : tuple of int
        Order, what it says, fill.
    """
    registers, ring = world.registers, world.messages[way]
    head, latest, drawn = HEAD + 2 * way, LATEST + way, LATEST + 2 + way
    delay = world.delays[way, registers[drawn] % world.delays.shape[1]]
    registers[drawn] += 1
    arrives = max(now + delay, registers[latest])
    registers[latest] = arrives
    row = ring[registers[head + 1] % ring.shape[0]]
    row[ARRIVES] = arrives
    row[1], row[2], row[3] = message
    registers[head + 1] += 1


@kernel
def fill(world: World, order: int, price: int, size: int, maker: int, now: int) -> None:
    """Fill a part of an order, tell us, and cancel the others of its group.

    Parameters
    ----------
    world : World
        Of the run.
    order, price, size : int
        Number, tick, lots.
    maker : int
        1 where it rested and was met.
    now : int
        Time at the venue.
    """
    orders = world.orders
    orders[order, LEFT] -= size
    done = orders[order, LEFT] == 0
    orders[order, STATE] = FILLED if done else PARTLY
    if done:
        orders[order, ENDED] = now
    number = world.registers[FILLS]
    world.registers[FILLS] = number + 1
    symbol, side = orders[order, SYMBOL], orders[order, SIDE]
    row = world.fills[number]
    row[0], row[1], row[2], row[3] = now, NEVER, order, symbol
    row[4], row[5], row[6], row[7] = side, price, size, maker
    world.positions[VENUE, symbol] += side * size
    send(world, TO_US, now, (order, orders[order, STATE], number))
    if orders[order, GROUP] >= 0:
        for place in range(world.registers[LIVE]):
            other = world.lists[VENUE, place]
            if other != order and orders[other, GROUP] == orders[order, GROUP]:
                end(world, other, CANCELLED, OTHER_FILLED, now)


@kernel
def end(world: World, order: int, state: int, reason: int, now: int) -> None:
    """End an order that has not ended, and tell us why.

    Parameters
    ----------
    world : World
        Of the run.
    order, state, reason : int
        Number, the state it ends in, why.
    now : int
        Time at the venue.
    """
    row = world.orders[order]
    if row[STATE] < FILLED:
        row[STATE], row[REASON], row[ENDED] = state, reason, now
        send(world, TO_US, now, (order, state, -1))


@kernel
def arrive(world: World, order: int, now: int) -> None:
    """Take in a new order; one with a parent that is open waits for it.

    Parameters
    ----------
    world : World
        Of the run.
    order : int
        Its number.
    now : int
        Time at the venue.
    """
    row = world.orders[order]
    parent = row[PARENT]
    world.lists[VENUE, world.registers[LIVE]] = order
    world.registers[LIVE] += 1
    if parent >= 0 and world.orders[parent, STATE] < FILLED:
        row[STATE] = HELD
        send(world, TO_US, now, (order, HELD, -1))
    elif parent >= 0:
        _awake(world, order, now)
    else:
        _accept(world, order, now)
    tidy(world, now)


@kernel
def work(world: World, order: int, now: int) -> None:
    """Trade what can be traded at once, and let a limit order rest with what is left.

    Parameters
    ----------
    world : World
        Of the run.
    order : int
        A market or limit order.
    now : int
        Time at the venue.
    """
    row = world.orders[order]
    best = world.top[VENUE, row[SYMBOL], ASK if row[SIDE] > 0 else BID]
    there = best not in (NEVER, NO_BID)
    takes = there and (row[TYPE] == MARKET or (row[PRICE] - best) * row[SIDE] >= 0)
    if takes and row[FORCE] == POST_ONLY:
        end(world, order, REJECTED, WOULD_TAKE, now)
        return
    if takes:
        _take(world, order, best, now)
    if row[LEFT] == 0:
        return
    if row[TYPE] == MARKET or row[FORCE] in (IOC, FOK):
        end(world, order, EXPIRED, NOT_NOW if there else NO_MARKET, now)
        return
    row[STATE] = WORKING if row[LEFT] == row[SIZE] else PARTLY
    own_side = BID if row[SIDE] > 0 else ASK
    world.queue[order, AHEAD] = size_at(world, VENUE, row[SYMBOL], own_side, row[PRICE])
    world.queue[order, TRADED] = 0
    send(world, TO_US, now, (order, row[STATE], -1))


@kernel
def trigger(world: World, order: int, price: int, now: int) -> bool:
    """Move a trailing stop after a trade, and set a stop off that it reaches.

    Parameters
    ----------
    world : World
        Of the run.
    order : int
        A stop that works.
    price : int
        Tick of the trade.
    now : int
        Time at the venue.

    Returns
    -------
    bool
        Whether it was set off.
    """
    row = world.orders[order]
    side = row[SIDE]
    if (price - row[STOP]) * side >= 0:
        row[TYPE] = LIMIT if row[TYPE] == STOP_LIMIT else MARKET
        work(world, order, now)
        return True
    if row[TYPE] == TRAILING:
        following = price + side * row[TRAIL]
        row[STOP] = min(row[STOP], following) if side > 0 else max(row[STOP], following)
    return False


@kernel
def cancel_at_venue(world: World, order: int, now: int) -> None:
    """Cancel an order unless it has ended.

    Parameters
    ----------
    world : World
        Of the run.
    order : int
        Its number.
    now : int
        Time at the venue.
    """
    end(world, order, CANCELLED, NO_REASON, now)
    tidy(world, now)


@kernel
def expire(world: World, now: int) -> None:
    """End every order whose time is up.

    Parameters
    ----------
    world : World
        Of the run.
    now : int
        Time at the venue.
    """
    for place in range(world.registers[LIVE]):
        order = world.lists[VENUE, place]
        if world.orders[order, EXPIRES] <= now:
            end(world, order, EXPIRED, TIME_IS_UP, now)
    tidy(world, now)


@kernel
def tidy(world: World, now: int) -> None:
    """Wake or cancel the children of parents that ended; forget what has ended.

    Parameters
    ----------
    world : World
        Of the run.
    now : int
        Time at the venue.
    """
    orders, live = world.orders, world.lists[VENUE]
    for place in range(world.registers[LIVE]):
        order = live[place]
        if orders[order, STATE] == HELD and orders[orders[order, PARENT], STATE] >= FILLED:
            _awake(world, order, now)
    kept, next_expiry = 0, NEVER
    for place in range(world.registers[LIVE]):
        order = live[place]
        if orders[order, STATE] < FILLED:
            live[kept] = order
            kept += 1
            next_expiry = min(next_expiry, orders[order, EXPIRES])
    world.registers[LIVE] = kept
    world.registers[NEXT_EXPIRY] = next_expiry


@kernel
def _awake(world: World, order: int, now: int) -> None:
    """Work for what the parent has filled."""
    row = world.orders[order]
    parent = world.orders[row[PARENT]]
    filled = parent[SIZE] - parent[LEFT]
    if filled == 0:
        end(world, order, CANCELLED, PARENT_ENDED, now)
        return
    row[SIZE] = min(row[SIZE], filled)
    row[LEFT] = row[SIZE]
    _accept(world, order, now)


@kernel
def _accept(world: World, order: int, now: int) -> None:
    row = world.orders[order]
    if row[TYPE] not in (STOP_MARKET, STOP_LIMIT, TRAILING):
        work(world, order, now)
        return
    last, symbol = world.top[VENUE, row[SYMBOL], LAST], row[SYMBOL]
    if row[TYPE] == TRAILING:
        start = last if last != NEVER else world.top[VENUE, symbol, BID if row[SIDE] < 0 else ASK]
        if start in (NEVER, NO_BID):
            end(world, order, EXPIRED, NO_MARKET, now)
            return
        row[STOP] = start + row[SIDE] * row[TRAIL]
    row[STATE] = WORKING
    if last == NEVER or not trigger(world, order, last, now):
        send(world, TO_US, now, (order, WORKING, -1))


@kernel
def _take(world: World, order: int, best: int, now: int) -> None:
    """Fill against the other side: whole at its best price, or level by level."""
    row = world.orders[order]
    if world.registers[PARTIAL] == 0:
        fill(world, order, best, row[LEFT], 0, now)
        return
    if row[FORCE] == FOK and _within_reach(world, order, best) < row[LEFT]:
        return
    other, side = ASK if row[SIDE] > 0 else BID, row[SIDE]
    for step in range(WALKED):
        price = best + side * step
        if row[TYPE] == LIMIT and (row[PRICE] - price) * side < 0:
            return
        size = min(size_at(world, VENUE, row[SYMBOL], other, price), row[LEFT])
        if size > 0:
            fill(world, order, price, size, 0, now)
        if row[LEFT] == 0:
            return


@kernel
def _within_reach(world: World, order: int, best: int) -> int:
    row = world.orders[order]
    other, side, total = ASK if row[SIDE] > 0 else BID, row[SIDE], 0
    for step in range(WALKED):
        price = best + side * step
        if row[TYPE] == LIMIT and (row[PRICE] - price) * side < 0:
            break
        total += size_at(world, VENUE, row[SYMBOL], other, price)
    return total
