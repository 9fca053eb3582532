"""The clock of a replay: what happens next, at the venue, here, or on a wire between.

At one and the same instant the venue goes first: its market data, then what expires, then the
messages that reach it; then what reaches us: market data, then its answers; then the timer. Of
several events of one instant the one that stands first in the stream comes first.
"""

from __future__ import annotations

from workbench.compute import kernel
from workbench.market.venue.book import write
from workbench.market.venue.layout import (
    AMOUNT,
    ARRIVES,
    ASK,
    AT,
    BID,
    CANCEL,
    CODE,
    FILL_SEEN,
    FILL_SIDE,
    FILL_SIZE,
    FILL_SYMBOL,
    FILLED,
    FILLS,
    HEAD,
    HEAD_US,
    INTERVAL,
    KIND_BITS,
    KIND_MASK,
    LIVE,
    MINE,
    NEVER,
    NEXT_EVENT,
    NEXT_EXPIRY,
    NEXT_SEEN,
    NEXT_WAKE,
    NOW,
    ORDERS,
    OURS,
    QUEUE_MODEL,
    QUOTE,
    RECEIVED,
    RESPONSE,
    ROOM,
    SEEN,
    SIDE_BITS,
    SIDE_MASK,
    SYMBOL,
    TAIL,
    TAIL_US,
    TIME,
    TIMER,
    TO_US,
    TO_VENUE,
    TRADE,
    VENUE,
    WAKE_ON,
    WHAT,
    WHICH,
    World,
)
from workbench.market.venue.matching import meets, requeue, settle
from workbench.market.venue.orders import arrive, cancel_at_venue, expire

__all__ = ["FULL", "OVER", "WAKE", "advance"]

OVER = 0
"""Nothing happens any more."""
WAKE = 1
"""The strategy is asked; the registers say why."""
FULL = 2
"""An array has no room; call again once it has."""


@kernel
def advance(world: World) -> int:  # noqa: C901, PLR0911, PLR0912, PLR0915  calls cost more than events
    """Let time pass until the strategy is to be asked.

    Parameters
    ----------
    world : World
        Of the run.

    Returns
    -------
    int
        `OVER`, `WAKE` or `FULL`.

    Notes
    -----
    The loop holds its arrays in variables: passing a `World` costs more than most events.
    """
    registers, events, messages = world.registers, world.events, world.messages
    orders, queue, live = world.orders, world.queue, world.lists[VENUE]
    book, top, lows = world.book, world.top, world.lows
    model = (registers[QUEUE_MODEL], world.reals[0])
    count, capacity, most_fills = events.shape[0], messages.shape[1], world.fills.shape[0]
    wake_on = registers[WAKE_ON]
    while True:
        venue, seen = registers[NEXT_EVENT], registers[NEXT_SEEN]
        at_venue = events[venue, TIME] if venue < count else NEVER
        at_us = events[seen, RECEIVED] if seen < count else NEVER
        there, here = NEVER, NEVER
        if registers[HEAD] != registers[TAIL]:
            there = messages[TO_VENUE, registers[HEAD] % capacity, ARRIVES]
        if registers[HEAD_US] != registers[TAIL_US]:
            here = messages[TO_US, registers[HEAD_US] % capacity, ARRIVES]
        first = min(at_venue, at_us, there, here)
        if first == NEVER:
            return OVER
        expiry = registers[NEXT_EXPIRY]
        if registers[NEXT_WAKE] < min(first, expiry):
            if _is_full(world):
                return FULL
            registers[NOW] = registers[NEXT_WAKE]
            registers[NEXT_WAKE] += registers[INTERVAL]
            registers[WHAT] = TIMER
            return WAKE
        if at_venue == first and at_venue <= expiry:
            code, price, size = events[venue, CODE], events[venue, AT], events[venue, AMOUNT]
            kind, side = code & KIND_MASK, ((code >> KIND_BITS) & SIDE_MASK) - 1
            symbol = code >> (KIND_BITS + SIDE_BITS)
            event = (kind, side, symbol, price, size)
            living = registers[LIVE]
            if living > 0:
                coming = 2 * living + ROOM
                if (
                    registers[FILLS] + coming > most_fills
                    or registers[TAIL_US] - registers[HEAD_US] + coming > capacity
                ):
                    return FULL
                if meets(orders, live[:living], queue, event):
                    settle(world, event, at_venue)
                    living = registers[LIVE]
            if living > 0 and kind != TRADE:
                half = BID if side > 0 else ASK
                best = top[VENUE, symbol, half]
                if kind == QUOTE and best != price and abs(best) != NEVER:
                    gone = book[VENUE, 2 * symbol + half, best - lows[symbol]]
                    requeue(orders, live[:living], queue, (side, symbol, best, gone, 0), model)
                before = write(book, top, lows, VENUE, event)
                requeue(orders, live[:living], queue, (side, symbol, price, before, size), model)
            else:
                write(book, top, lows, VENUE, event)
            registers[NEXT_EVENT] = venue + 1
        elif expiry <= first:
            expire(world, expiry)
        elif there == first:
            if _is_full(world):
                return FULL
            _at_venue(world, there)
        elif at_us == first:
            code, price, size = events[seen, CODE], events[seen, AT], events[seen, AMOUNT]
            kind, side = code & KIND_MASK, ((code >> KIND_BITS) & SIDE_MASK) - 1
            symbol = code >> (KIND_BITS + SIDE_BITS)
            if (wake_on >> kind) & 1 and _is_full(world):
                return FULL
            write(book, top, lows, OURS, (kind, side, symbol, price, size))
            registers[NEXT_SEEN] = seen + 1
            if (wake_on >> kind) & 1:
                registers[NOW], registers[WHAT], registers[WHICH] = at_us, kind, symbol
                return WAKE
        else:
            if _is_full(world):
                return FULL
            _at_us(world, here)
            if (wake_on >> RESPONSE) & 1:
                registers[NOW], registers[WHAT] = here, RESPONSE
                return WAKE


@kernel
def _at_venue(world: World, now: int) -> None:
    head = world.registers[HEAD]
    world.registers[HEAD] = head + 1
    message = world.messages[TO_VENUE, head % world.messages.shape[1]]
    if message[2] == CANCEL:
        cancel_at_venue(world, message[1], now)
    else:
        arrive(world, message[1], now)


@kernel
def _at_us(world: World, now: int) -> None:
    """Believe what the venue says of an order."""
    registers = world.registers
    head = registers[HEAD_US]
    registers[HEAD_US] = head + 1
    message = world.messages[TO_US, head % world.messages.shape[1]]
    order, state, number = message[1], message[2], message[3]
    registers[WHICH] = world.orders[order, SYMBOL]
    world.orders[order, SEEN] = state
    if number >= 0:
        row = world.fills[number]
        row[FILL_SEEN] = now
        world.positions[OURS, row[FILL_SYMBOL]] += row[FILL_SIDE] * row[FILL_SIZE]
    if state >= FILLED:
        mine, kept = world.lists[OURS], 0
        for place in range(registers[MINE]):
            if mine[place] != order:
                mine[kept] = mine[place]
                kept += 1
        registers[MINE] = kept


@kernel
def _is_full(world: World) -> bool:
    """Whether an event, or a call of the strategy, might not find room."""
    registers = world.registers
    coming = 2 * registers[LIVE] + ROOM
    return bool(
        registers[ORDERS] + ROOM > world.orders.shape[0]
        or registers[FILLS] + coming > world.fills.shape[0]
        or registers[MINE] + ROOM > world.lists.shape[1]
        or registers[TAIL] - registers[HEAD] + 2 * ROOM > world.messages.shape[1]
        or registers[TAIL_US] - registers[HEAD_US] + coming > world.messages.shape[1]
    )
