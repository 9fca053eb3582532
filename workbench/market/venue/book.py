"""The sizes at each price, as the venue has them and as they have arrived here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.market.venue.layout import (
    ASK,
    BID,
    DEPTH,
    LAST,
    LAST_SIZE,
    NEVER,
    NO_BID,
    QUOTE,
    TRADE,
    World,
)

__all__ = ["size_at", "write"]

Whole = npt.NDArray[np.int64]
Event = tuple[int, int, int, int, int]


@kernel
def size_at(world: World, whose: int, symbol: int, side: int, price: int) -> int:
    """Lots at a price; 0 where none are known.

    Parameters
    ----------
    world : World
        Of the run.
    whose : int
        `VENUE` or `OURS`.
    symbol, side, price : int
        Number of the symbol, `BID` or `ASK`, tick.

    Returns
    -------
    int
        Lots.
    """
    level = price - world.lows[symbol]
    if level < 0 or level >= world.book.shape[2]:
        return 0
    return int(world.book[whose, 2 * symbol + side, level])


@kernel
def write(book: Whole, top: Whole, lows: Whole, whose: int, event: Event) -> int:  # noqa: C901  one call an event
    """Write an event into a book.

    Parameters
    ----------
    book, top, lows : ndarray of int64
        Of the world; the first two are changed in place.
    whose : int
        `VENUE`, or `OURS` once it has arrived here.
    event : tuple of int
        Kind, side, symbol, price, size.

    Returns
    -------
    int
        What a level held before; of a quote, 0 if it is at another price than the last.
    """
    kind, side, symbol, price, size = event
    if kind == TRADE:
        top[whose, symbol, LAST] = price
        top[whose, symbol, LAST_SIZE] = size
        return 0
    half = BID if side > 0 else ASK
    row, low = 2 * symbol + half, lows[symbol]
    best, nobody = top[whose, symbol, half], NO_BID if half == BID else NEVER
    before = 0
    if kind == QUOTE:
        if best == price and size > 0:
            before = book[whose, row, price - low]
        else:
            if best != nobody:
                book[whose, row, best - low] = 0
            top[whose, symbol, half] = price if size > 0 else nobody
        if size > 0:
            book[whose, row, price - low] = size
    elif kind == DEPTH:
        before = book[whose, row, price - low]
        book[whose, row, price - low] = size
        if size > 0 and (best == nobody or (price - best) * side > 0):
            top[whose, symbol, half] = price
        elif size == 0 and price == best:
            top[whose, symbol, half] = _next_best(
                book, whose, row, (price - low, side, nobody, low)
            )
    else:
        book[whose, row, :] = 0
        top[whose, symbol, half] = nobody
    return before


@kernel
def _next_best(book: Whole, whose: int, row: int, start: tuple[int, int, int, int]) -> int:
    level, side, nobody, low = start
    level -= side
    while 0 <= level < book.shape[2]:
        if book[whose, row, level] > 0:
            return level + low
        level -= side
    return nobody
