"""What the venue and whoever trades there know, as arrays of whole numbers.

Prices are ticks, sizes are lots, times are nanoseconds since 1970 UTC, so that a run is the same
to the last bit everywhere. The names below are columns: ``orders[order, PRICE]``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["World"]

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEVER = np.iinfo(np.int64).max
"""Later than every time; above every price."""
NO_BID = -NEVER
"""Below every price: there is no bid."""

# -- events: (events, 5) ---------------------------------------------------------------------
TIME, RECEIVED, CODE, AT, AMOUNT = range(5)
"""When it happened at the venue, when it arrived here, what it is (`code`), price, size."""
TRADE, QUOTE, DEPTH, CLEAR = range(4)
"""A trade; the best price of a side is now this; a level has now this size; a side is empty."""
RESPONSE, TIMER = 4, 5
"""What else wakes a strategy: the venue's answer, the clock."""
KIND_BITS, SIDE_BITS = 4, 2
KIND_MASK, SIDE_MASK = 15, 3

# -- orders: (orders, 18) --------------------------------------------------------------------
SYMBOL, SIDE, TYPE, FORCE, STATE, SEEN, PRICE, STOP, TRAIL, SIZE, LEFT, EXPIRES = range(12)
PARENT, GROUP, SENT, ENDED, REASON, ASKED = range(12, 18)
"""What was asked and how it went; `ASKED` is 1 once a cancel was sent."""
ORDER_COLUMNS = (
    "symbol", "side", "type", "force", "state", "seen", "price", "stop", "trail", "size", "left",
    "expires", "parent", "group", "sent", "ended", "reason", "asked",
)  # fmt: skip
MARKET, LIMIT, STOP_MARKET, STOP_LIMIT, TRAILING = range(5)
GTC, IOC, FOK, POST_ONLY = range(4)
PENDING, WORKING, PARTLY, HELD, FILLED, CANCELLED, EXPIRED, REJECTED = range(8)
"""States; from `FILLED` on an order has ended. `HELD` waits for its parent."""
TYPES = ("market", "limit", "stop", "stop_limit", "trailing_stop")
FORCES = ("gtc", "ioc", "fok", "post_only")
STATES = (
    "pending_new", "new", "partially_filled", "suspended", "filled", "cancelled", "expired",
    "rejected",
)  # fmt: skip
NO_REASON, WOULD_TAKE, NO_MARKET, NOT_NOW, PARENT_ENDED, OTHER_FILLED, TIME_IS_UP = range(7)
REASONS = (
    "", "it would have taken", "no price to trade at", "not filled at once",
    "its parent ended unfilled", "another of its group was filled", "its time was up",
)  # fmt: skip

# -- queue: (orders, 2), floats --------------------------------------------------------------
AHEAD, TRADED = range(2)
"""Lots before the order at its level; lots traded there since the level last changed."""

# -- fills: (fills, 8) -----------------------------------------------------------------------
FILL_TIME, FILL_SEEN, FILL_ORDER, FILL_SYMBOL, FILL_SIDE, FILL_PRICE, FILL_SIZE, MAKER = range(8)
FILL_COLUMNS = ("time", "seen", "order", "symbol", "side", "price", "size", "maker")

# -- messages: (2, capacity, 4), a ring each way ---------------------------------------------
ARRIVES, ABOUT, SAYS, FILL = range(4)
"""When it arrives, the order, a state (or `CANCEL`), the fill (−1: none)."""
TO_VENUE, TO_US = range(2)
CANCEL = CANCELLED
"""What the message asks; any other is a new order."""

# -- lists: (2, capacity): orders that live, by the venue and as far as we know --------------
VENUE, OURS = range(2)
"""Also the two sides of `book`, `top` and `positions`: the truth, and what has arrived here."""

# -- book: (2, 2 × symbols, levels); top: (2, symbols, 4) ------------------------------------
BID, ASK = range(2)
LAST, LAST_SIZE = 2, 3

# -- registers -------------------------------------------------------------------------------
(
    NEXT_EVENT, NEXT_SEEN, NOW, ORDERS, FILLS, LIVE, MINE, HEAD, TAIL, HEAD_US, TAIL_US, LATEST,
    LATEST_US, DRAWN, DRAWN_US, WAKE_ON, INTERVAL, NEXT_WAKE, WHAT, WHICH, PARTIAL, QUEUE_MODEL,
    NEXT_EXPIRY, REGISTERS,
) = range(24)  # fmt: skip

ROOM = 256
"""Orders and fills that one call of a strategy, or one event, may add."""
WALKED = 64
"""Levels that a taking order reaches at most; what is left of it is cancelled."""


class World(NamedTuple):
    """All that a run knows, changed in place.

    Parameters
    ----------
    events : ndarray of int64, shape (events, 5)
        What happened, in time order.
    orders : ndarray of int64, shape (capacity, 18)
        One row an order, its number is the row.
    queue : ndarray of float64, shape (capacity, 2)
        Where each order stands at its level.
    fills : ndarray of int64, shape (capacity, 8)
        In order of time.
    messages : ndarray of int64, shape (2, capacity, 4)
        On their way to the venue and back.
    lists : ndarray of int64, shape (2, capacity)
        The orders that live.
    book : ndarray of int64, shape (2, 2 × symbols, levels)
        Lots at each tick from `lows` on; rows are bid and ask of each symbol.
    top : ndarray of int64, shape (2, symbols, 4)
        Best bid, best ask, last price, last size.
    lows : ndarray of int64, shape (symbols,)
        The tick of the first level.
    positions : ndarray of int64, shape (2, symbols)
        Lots held.
    delays : ndarray of int64, shape (2, draws)
        Nanoseconds to the venue and back, used in turn.
    registers : ndarray of int64
        Counts, cursors and the clock.
    reals : ndarray of float64
        The exponent of the queue model.
    """

    events: Whole
    orders: Whole
    queue: Floats
    fills: Whole
    messages: Whole
    lists: Whole
    book: Whole
    top: Whole
    lows: Whole
    positions: Whole
    delays: Whole
    registers: Whole
    reals: Floats
