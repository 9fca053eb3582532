"""The words of an order: side, type, how long it stands, and where it is between intent and end.

States and moves follow `OrdStatus` and the order state change matrices of FIX 4.4 (volume 4,
appendix D), with one state before them: an order is written down before it is sent.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "IN_FLIGHT",
    "MOVES",
    "OPEN",
    "TERMINAL",
    "OrderState",
    "OrderType",
    "Side",
    "TimeInForce",
]


class Side(StrEnum):
    """Which way."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """1 for a buy, −1 for a sale."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> Side:
        """The side that undoes this one."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """What makes an order trade."""

    MARKET = "market"
    """At once, at whatever price there is."""
    LIMIT = "limit"
    """At the limit price or better."""
    STOP = "stop"
    """A market order once the stop price has traded: at or above it for a buy, below for a sale."""
    STOP_LIMIT = "stop_limit"
    """A limit order once the stop price has traded."""
    TRAILING_STOP = "trailing_stop"
    """A stop that follows the best price since it was placed, at a distance."""
    MARKET_ON_OPEN = "market_on_open"
    """In the opening auction only."""
    MARKET_ON_CLOSE = "market_on_close"
    """In the closing auction only."""


class TimeInForce(StrEnum):
    """How long an order stands."""

    DAY = "day"
    """To the end of the session."""
    GTC = "gtc"
    """Until it is cancelled."""
    IOC = "ioc"
    """What fills at once; the rest is cancelled."""
    FOK = "fok"
    """All at once or nothing."""
    GTD = "gtd"
    """Until a given instant."""


class OrderState(StrEnum):
    """Where an order is."""

    CREATED = "created"
    """Written down here, not sent."""
    PENDING_NEW = "pending_new"
    """Sent; the venue has not answered. A time-out, a lost line or an unclear error stays here."""
    NEW = "new"
    """Accepted and working, nothing filled."""
    PARTIALLY_FILLED = "partially_filled"
    """Working, a part is filled."""
    PENDING_CANCEL = "pending_cancel"
    """Asked to cancel; it may still fill, and the venue may refuse."""
    PENDING_REPLACE = "pending_replace"
    """Asked to change; it may still fill at the old terms, and the venue may refuse."""
    SUSPENDED = "suspended"
    """Held back by the venue, for example in a trading halt."""
    DONE_FOR_DAY = "done_for_day"
    """No more fills in this session; it works again in the next."""
    FILLED = "filled"
    """Nothing is left to fill."""
    CANCELLED = "cancelled"
    """Ended by whoever placed it, or by the venue on their behalf."""
    EXPIRED = "expired"
    """Ended by its time in force."""
    REJECTED = "rejected"
    """Refused, definitely and with a reason; nothing of it was filled."""

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more can happen to the order."""
        return self in TERMINAL

    def may_become(self, state: OrderState) -> bool:
        """Whether an order in this state can be in that one next."""
        return state in MOVES[self]


TERMINAL = frozenset(
    {OrderState.FILLED, OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REJECTED}
)
"""Nothing more can happen. A trade that the venue takes back later is a correction of the account
(a fill of the other side), not a move of the order."""

IN_FLIGHT = frozenset(
    {OrderState.PENDING_NEW, OrderState.PENDING_CANCEL, OrderState.PENDING_REPLACE}
)
"""A message is on its way and its answer is not known. After a restart these are asked about
first, and none of them is ever taken for rejected or for flat."""

OPEN = frozenset(
    {
        OrderState.PENDING_NEW,
        OrderState.NEW,
        OrderState.PARTIALLY_FILLED,
        OrderState.PENDING_CANCEL,
        OrderState.PENDING_REPLACE,
        OrderState.SUSPENDED,
        OrderState.DONE_FOR_DAY,
    }
)
"""It has left and may still fill: what counts against limits and buying power. An order in flight
is open, because whoever is not sure that it does not exist must assume that it does."""

_S = OrderState
_ENDS = frozenset({_S.FILLED, _S.CANCELLED, _S.EXPIRED})
_WORKING = frozenset({_S.NEW, _S.PARTIALLY_FILLED, _S.SUSPENDED, _S.DONE_FOR_DAY})
_ASKED = frozenset({_S.PENDING_CANCEL, _S.PENDING_REPLACE})

MOVES: dict[OrderState, frozenset[OrderState]] = {
    # It never left: withdrawn, or refused by our own checks.
    _S.CREATED: frozenset({_S.PENDING_NEW, _S.CANCELLED, _S.REJECTED}),
    # The acknowledgement may be overtaken by a fill, or come after our wish to cancel.
    _S.PENDING_NEW: _WORKING | _ENDS | {_S.REJECTED, _S.PENDING_CANCEL},
    # FIX lets a venue refuse an order that it has acknowledged, as long as nothing is filled.
    _S.NEW: (_WORKING | _ASKED | _ENDS | {_S.REJECTED}) - {_S.NEW},
    # A further fill, or a change of terms, leaves it where it is.
    _S.PARTIALLY_FILLED: (_WORKING | _ASKED | _ENDS) - {_S.NEW},
    # The venue refused to cancel, and it works on; or a fill came first.
    _S.PENDING_CANCEL: _WORKING | _ENDS | {_S.PENDING_CANCEL, _S.REJECTED},
    _S.PENDING_REPLACE: _WORKING | _ASKED | _ENDS | {_S.REJECTED},
    _S.SUSPENDED: (_WORKING | _ASKED | _ENDS) - {_S.SUSPENDED},
    _S.DONE_FOR_DAY: (_WORKING | _ASKED | _ENDS) - {_S.DONE_FOR_DAY},
    _S.FILLED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.REJECTED: frozenset(),
}
"""From each state, the states that can be next; what is not here is refused."""
