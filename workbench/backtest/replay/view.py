"""What a Python strategy sees and does, in prices and quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.domain import Side
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.market.rounding import round_limit, round_quantity, round_stop, steps_of
from workbench.market.venue import desk
from workbench.market.venue import layout as at

if TYPE_CHECKING:
    from workbench.backtest.replay.events import Events
    from workbench.market.venue.layout import World

__all__ = ["Orders", "View"]

DIGITS = 10
"""Decimals of a price that a strategy sees: 9999 ticks of 0.01 are 99.99."""
_KINDS = ("trade", "quote", "depth", "clear", "response", "timer")


class View:
    """The market and the account as far as they have arrived here.

    Parameters
    ----------
    world : World
        Of the run.
    events : Events
        For the names and steps of the symbols.
    """

    def __init__(self, world: World, events: Events) -> None:
        self.symbols = events.symbols
        self._ticks, self._lots = events.ticks, events.lots
        self.see(world)

    def see(self, world: World) -> None:
        """Look at other arrays of the same run."""
        self._registers: Any = memoryview(world.registers.data)
        self._top: Any = memoryview(world.top[at.OURS].data)
        self._position: Any = memoryview(world.positions[at.OURS].data)
        self._world = world

    @property
    def time(self) -> int:
        """Now, in nanoseconds since 1970 UTC."""
        return int(self._registers[at.NOW])

    @property
    def kind(self) -> str:
        """Why it is asked: ``trade, quote, depth, clear, response`` or ``timer``."""
        return _KINDS[self._registers[at.WHAT]]

    @property
    def symbol(self) -> str:
        """Of the event; after a timer that of the event before."""
        return str(self.symbols[self._registers[at.WHICH]])

    @property
    def bid(self) -> float | None:
        """The best bid of `symbol`; None where there is none."""
        number = self._registers[at.WHICH]
        ticks = self._top[number, at.BID]
        return None if ticks == at.NO_BID else round(ticks * self._ticks[number], DIGITS)

    @property
    def ask(self) -> float | None:
        """The best ask of `symbol`; None where there is none."""
        number = self._registers[at.WHICH]
        ticks = self._top[number, at.ASK]
        return None if ticks == at.NEVER else round(ticks * self._ticks[number], DIGITS)

    @property
    def last(self) -> float | None:
        """The price of the last trade in `symbol`; None before the first."""
        number = self._registers[at.WHICH]
        ticks = self._top[number, at.LAST]
        return None if ticks == at.NEVER else round(ticks * self._ticks[number], DIGITS)

    @property
    def position(self) -> float:
        """Units of `symbol` held, by the fills heard of."""
        number = self._registers[at.WHICH]
        return float(self._position[number] * self._lots[number])

    def size_at(self, price: float, side: Side) -> float:
        """Units at a price of `symbol`, as far as the feed shows.

        Parameters
        ----------
        price : float
            On the grid of ticks.
        side : Side
            `BUY` for bids, `SELL` for asks.

        Returns
        -------
        float
            0 where none are known.
        """
        number = self._registers[at.WHICH]
        level = round(price / self._ticks[number])
        size = desk.bid_size if side is Side.BUY else desk.ask_size
        return float(size(self._world, number, level) * self._lots[number])


class Orders:
    """Sends orders and cancels them; an order is known by its number.

    Parameters
    ----------
    world : World
        Of the run.
    events : Events
        For the names and steps of the symbols.
    """

    def __init__(self, world: World, events: Events) -> None:
        self._events = events
        self._number = {symbol: number for number, symbol in enumerate(events.symbols)}
        self.see(world)

    def see(self, world: World) -> None:
        """Act on other arrays of the same run."""
        self._world = world

    @property
    def open(self) -> list[int]:
        """The numbers of the orders that have not ended, as far as heard; the oldest first."""
        count = int(self._world.registers[at.MINE])
        numbers: list[int] = self._world.lists[at.OURS, :count].tolist()
        return numbers

    def buy(self, quantity: float, price: float | None = None, **terms: object) -> int:
        """Send a limit order to buy, or without a price a market order.

        Parameters
        ----------
        quantity : float
            Units, cut to whole lots.
        price : float, optional
            The limit, rounded down to a tick.
        **terms
            As in `send`.

        Returns
        -------
        int
            The number of the order.
        """
        return self.send(Side.BUY, quantity, price, **terms)  # type: ignore[arg-type]

    def sell(self, quantity: float, price: float | None = None, **terms: object) -> int:
        """Send a limit order to sell, or without a price a market order.

        Parameters
        ----------
        quantity : float
            Units, cut to whole lots.
        price : float, optional
            The limit, rounded up to a tick.
        **terms
            As in `send`.

        Returns
        -------
        int
            The number of the order.
        """
        return self.send(Side.SELL, quantity, price, **terms)  # type: ignore[arg-type]

    def send(  # noqa: PLR0913  the terms of an order, by keyword
        self,
        side: Side,
        quantity: float,
        price: float | None = None,
        *,
        symbol: str = "",
        stop: float | None = None,
        trail: float | None = None,
        force: str = "gtc",
        expires_ns: int | None = None,
        parent: int | None = None,
        group: int | None = None,
    ) -> int:
        """Send an order.

        Parameters
        ----------
        side : Side
            Which way.
        quantity : float
            Units, cut to whole lots.
        price : float, optional
            The limit; with `stop` too it is a stop-limit order.
        symbol : str
            Empty: that of the event.
        stop : float, optional
            The price of a trade that sets it off.
        trail : float, optional
            The distance at which the stop follows the best trade.
        force : {"gtc", "ioc", "fok", "post_only"}
            How long it stands, or that it must not take.
        expires_ns : int, optional
            When it expires, nanoseconds since 1970 UTC.
        parent : int, optional
            The order that must end with a fill first; for no more than that fill.
        group : int, optional
            A fill of one order of a group cancels the others.

        Returns
        -------
        int
            The number of the order.

        Raises
        ------
        InvalidInput
            If the quantity is less than a lot, or the terms contradict each other.
        OutOfRange
            If more orders are sent in one call than there is room for.
        UnknownName
            If the symbol or the force does not exist.
        """
        number = self._symbol(symbol)
        if force not in at.FORCES:
            raise UnknownName("time in force", force, at.FORCES)
        kind = _kind(price, stop, trail)
        tick, lot = self._events.ticks[number], self._events.lots[number]
        size = steps_of(round_quantity(quantity, lot), lot)
        if size <= 0:
            raise InvalidInput("This is less than a lot", seen=quantity, cure=f"Give {lot} or more")
        limit = 0 if price is None else steps_of(round_limit(price, side, tick), tick)
        self._has_room()
        order = desk.place(
            self._world, number, side.sign, kind, at.FORCES.index(force), limit, size
        )
        row = self._world.orders[order]
        if stop is not None:
            row[at.STOP] = steps_of(round_stop(stop, side, tick), tick)
        if trail is not None:
            row[at.TRAIL] = max(1, round(trail / tick))
        for column, value in ((at.EXPIRES, expires_ns), (at.PARENT, parent), (at.GROUP, group)):
            if value is not None:
                row[column] = value
        return int(order)

    def cancel(self, order: int) -> bool:
        """Ask the venue to cancel an order.

        Parameters
        ----------
        order : int
            Its number.

        Returns
        -------
        bool
            False if it has ended, as far as heard, or was asked before.
        """
        self._has_room()
        return bool(desk.cancel(self._world, order))

    def cancel_all(self) -> None:
        """Ask the venue to cancel every order."""
        for order in self.open:
            self.cancel(order)

    def state(self, order: int) -> str:
        """The state of an order, as far as heard.

        Parameters
        ----------
        order : int
            Its number.

        Returns
        -------
        str
            A word of `workbench.domain.OrderState`.
        """
        return at.STATES[self._world.orders[order, at.SEEN]]

    def _symbol(self, name: str) -> int:
        if not name:
            return int(self._world.registers[at.WHICH])
        if name not in self._number:
            raise UnknownName("symbol", name, self._number)
        return self._number[name]

    def _has_room(self) -> None:
        """Refuse what would not fit; the loop makes room between two calls."""
        registers = self._world.registers
        waiting = registers[at.TAIL] - registers[at.HEAD]
        most = self._world.messages.shape[1]
        if registers[at.ORDERS] == len(self._world.orders) or waiting == most:
            raise OutOfRange("orders in one call", at.ROOM + 1, 0, at.ROOM)


def _kind(price: float | None, stop: float | None, trail: float | None) -> int:
    if stop is not None and trail is not None:
        raise InvalidInput(
            "A stop either stands or trails", seen=f"{stop}, {trail}", cure="Give one of the two"
        )
    if trail is not None:
        return at.TRAILING
    if stop is not None:
        return at.STOP_MARKET if price is None else at.STOP_LIMIT
    return at.MARKET if price is None else at.LIMIT
