"""Orders and fills: frozen values in `Decimal`, and the only ways they change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Any, Self

from workbench.domain.decimals import EXACT, ROUNDED, ZERO, Facts, above_zero
from workbench.domain.order_states import MOVES, OPEN, OrderState, OrderType, Side, TimeInForce
from workbench.errors import InvalidInput, OutOfRange

__all__ = ["Fill", "Order"]

_LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
_STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


@dataclass(frozen=True, repr=False)
class Fill(Facts):
    """A part of an order that has traded.

    Parameters
    ----------
    symbol : str
        What was traded.
    side : Side
        Which way.
    quantity : Decimal
        Units or contracts, above 0.
    price : Decimal
        Of one unit, in `currency`; it may be 0 or negative (spreads, oil in April 2020).
    fee : Decimal
        Paid, in `currency`; negative is a rebate.
    currency : str
        ISO 4217, or the symbol of a coin.
    time_ns : int
        When, in nanoseconds since 1970 UTC.
    order_id : str
        The order's own name.
    fill_id : str
        The venue's name of this fill; the same fill never counts twice.
    maker : bool
        Whether it rested in the book and was met.
    """

    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal = ZERO
    currency: str = "USD"
    time_ns: int = 0
    order_id: str = ""
    fill_id: str = ""
    maker: bool = False

    def __post_init__(self) -> None:
        self._in_decimals("quantity", "price", "fee")
        above_zero("quantity", self.quantity)

    @property
    def signed(self) -> Decimal:
        """The quantity, negative for a sale."""
        return self.quantity * self.side.sign

    @property
    def time(self) -> dt.datetime:
        """When, to the microsecond, in UTC."""
        return _instant(self.time_ns)


@dataclass(frozen=True, repr=False)
class Order(Facts):
    """What was asked, and how far it came.

    An order changes by `moved`, `filled_by` and `amended` only; each returns another order.

    Parameters
    ----------
    order_id : str
        Our own name of it, the same after a restart.
    symbol : str
        What to trade.
    side : Side
        Which way.
    quantity : Decimal
        Units or contracts, above 0.
    type : OrderType
        What makes it trade.
    limit_price, stop_price : Decimal, optional
        As the type asks, and only then.
    trail : Decimal, optional
        Distance of a trailing stop, in price, above 0.
    time_in_force : TimeInForce
        How long it stands.
    expires_ns : int, optional
        Of a GTD order, nanoseconds since 1970 UTC.
    post_only : bool
        Refused rather than filled as a taker.
    reduce_only : bool
        Cut to what it closes; it never opens a position.
    parent : str
        The order on whose fill this one begins to work; empty: at once.
    group : str
        One cancels the other: a fill of one order of the group cancels the rest.
    state : OrderState
        Where it is.
    filled : Decimal
        Units filled so far.
    value : Decimal
        Sum of price × quantity of its fills.
    reason : str
        Why it was refused, as the venue said it.
    """

    order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    expires_ns: int | None = None
    post_only: bool = False
    reduce_only: bool = False
    parent: str = ""
    group: str = ""
    state: OrderState = OrderState.CREATED
    filled: Decimal = ZERO
    value: Decimal = ZERO
    reason: str = ""

    def __post_init__(self) -> None:
        self._in_decimals("quantity", "limit_price", "stop_price", "trail", "filled", "value")
        above_zero("quantity", self.quantity)
        self._has("limit_price", self.type in _LIMITED)
        self._has("stop_price", self.type in _STOPPED)
        self._has("trail", self.type is OrderType.TRAILING_STOP)
        self._has("expires_ns", self.time_in_force is TimeInForce.GTD)
        if self.trail is not None:
            above_zero("trail", self.trail)
        if self.post_only and self.type is not OrderType.LIMIT:
            raise InvalidInput(
                "Only a limit order can be post-only", seen=self.type, cure="Give a limit_price"
            )
        if not ZERO <= self.filled <= self.quantity:
            raise OutOfRange("filled", self.filled, 0, self.quantity)

    @property
    def remaining(self) -> Decimal:
        """Units that are not filled."""
        return self.quantity - self.filled

    @property
    def leaves(self) -> Decimal:
        """Units that may still fill: the remaining ones, 0 unless the order is open."""
        return self.remaining if self.state in OPEN else ZERO

    @property
    def average_price(self) -> Decimal | None:
        """Of what was filled; None before the first fill."""
        return ROUNDED.divide(self.value, self.filled) if self.filled else None

    def moved(self, state: OrderState, reason: str = "") -> Self:
        """The order in another state, with what was filled so far.

        Parameters
        ----------
        state : OrderState
            The next one. Fills are what makes an order filled, or partially filled; `moved`
            leads to the latter only back from a wish that was refused, or a halt.
        reason : str
            Why, in the venue's words.

        Returns
        -------
        Order
            In that state.

        Raises
        ------
        InvalidInput
            If that state cannot follow, or contradicts what was filled.
        """
        if state not in MOVES[self.state]:
            nexts = [str(one) for one in sorted(MOVES[self.state])] or ["nothing: it is final"]
            raise InvalidInput(
                f"An order that is {self.state} cannot become {state}",
                seen=self.order_id,
                cure=f"From here it can become {', '.join(nexts)}",
            )
        if not _agrees(state, self.filled, self.quantity):
            raise InvalidInput(
                f"{self.filled} of {self.quantity} filled is not {state}",
                seen=self.order_id,
                cure="Record the fills first",
            )
        return replace(self, state=state, reason=reason or self.reason)

    def filled_by(self, fill: Fill) -> Self:
        """The order after one more fill.

        A working or unanswered order becomes (partially) filled; one that waits to be
        cancelled or changed keeps waiting, until nothing is left.

        Parameters
        ----------
        fill : Fill
            Of this order.

        Returns
        -------
        Order
            With the fill counted.

        Raises
        ------
        InvalidInput
            If the fill is of another order, or the order cannot be filled in its state.
        OutOfRange
            If more would be filled than was ordered.
        """
        if (fill.order_id, fill.symbol, fill.side) != (self.order_id, self.symbol, self.side):
            raise InvalidInput(
                "This fill is of another order", seen=fill, cure=f"It is no fill of {self!r}"
            )
        if self.state not in OPEN:
            raise InvalidInput(
                f"An order that is {self.state} cannot be filled",
                seen=fill,
                cure="Ask the venue: it knows of an order that ended here",
            )
        if fill.quantity > self.remaining:
            raise OutOfRange("quantity of the fill", fill.quantity, 0, self.remaining)
        with localcontext(EXACT):
            filled = self.filled + fill.quantity
            value = self.value + fill.quantity * fill.price
        state = OrderState.FILLED if filled == self.quantity else self._partly_filled
        return replace(self, filled=filled, value=value, state=state)

    def amended(self, **terms: Any) -> Self:
        """The order with other terms, once the venue has agreed; what was filled stays.

        Parameters
        ----------
        **terms
            ``quantity, limit_price, stop_price, trail, time_in_force`` or ``expires_ns``.

        Returns
        -------
        Order
            Working on, or filled if nothing is left.

        Raises
        ------
        InvalidInput
            If a term cannot be changed, or no change was asked for.
        OutOfRange
            If less would be ordered than is filled.
        """
        fixed = set(terms) - _AMENDABLE
        if fixed or self.state is not OrderState.PENDING_REPLACE:
            raise InvalidInput(
                "This cannot be changed in an order",
                seen=", ".join(sorted(fixed)) or self.state,
                cure=f"Move it to pending_replace, and change only {', '.join(sorted(_AMENDABLE))}",
            )
        made = replace(self, **terms)
        state = OrderState.FILLED if not made.remaining else OrderState.NEW
        return replace(made, state=OrderState.PARTIALLY_FILLED if _part(made) else state)

    @property
    def _partly_filled(self) -> OrderState:
        waits = self.state in {OrderState.PENDING_CANCEL, OrderState.PENDING_REPLACE}
        return self.state if waits else OrderState.PARTIALLY_FILLED

    def _has(self, name: str, needed: bool) -> None:  # noqa: FBT001  the answer, not a switch
        if (getattr(self, name) is not None) is not needed:
            raise InvalidInput(
                f"An order of type {self.type}, {self.time_in_force} "
                f"{'needs' if needed else 'has no'} {name}",
                seen=getattr(self, name),
                cure=f"{'Give' if needed else 'Leave out'} {name}",
            )


_AMENDABLE = frozenset(
    {"quantity", "limit_price", "stop_price", "trail", "time_in_force", "expires_ns"}
)


def _agrees(state: OrderState, filled: Decimal, quantity: Decimal) -> bool:
    """Whether a state fits what was filled."""
    if state is OrderState.FILLED:
        return filled == quantity
    if state is OrderState.PARTIALLY_FILLED:
        return ZERO < filled < quantity
    return not filled or state not in {OrderState.NEW, OrderState.REJECTED}


def _part(order: Order) -> bool:
    return ZERO < order.filled < order.quantity


def _instant(time_ns: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_ns // 1000)
