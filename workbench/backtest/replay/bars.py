"""A plan replayed event by event: the second opinion on the compiled engine.

Each bar is a few instants: the open, what happens inside the bar, the close. At each of them
orders are written against the account of that instant and wait in a queue, which a broker
works off one by one, in the order of time, then of the money they need. Only the arithmetic of
one fill (`workbench.market.fills`) is shared with the compiled engine, and the answer is the same
to the last bit. Costs of holding, margin, splits, dividends and delistings are not there, and
refused.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from workbench.backtest.filled import EXIT, ORDER, ORDER_COLUMNS, Filled
from workbench.backtest.scope import refuse_beyond
from workbench.market.fills import FILLED, PARTIAL, buy, rebalance, sell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["fill_plan"]

OPENS, TRADES, CLOSES = range(3)
"""The instants of a bar."""


class Waiting(NamedTuple):
    """An order that waits, in the order of working off.

    `need` is the money it takes, negative where it brings some: sales come first, then buys
    from the smallest up.
    """

    need: float
    symbol: int
    why: int
    weight: float
    value: float
    """Of the account when the order was written."""


@dataclass
class Broker:
    """Cash, positions, and what was filled."""

    rates: tuple[float, ...]
    lot: float
    cash: float
    positions: list[float]
    filled: list[tuple[float, ...]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=lambda: [0] * 5)

    def value(self, marks: list[float]) -> float:
        """Cash and what is held at these prices."""
        held = (count * mark for count, mark in zip(self.positions, marks, strict=True) if count)
        return sum(held, start=self.cash)

    def target(self, bar: int, order: Waiting, price: float, mark: float, pressure: float) -> None:
        """Trade to a share of the value."""
        account, held = (self.cash, order.value, mark), self.positions[order.symbol]
        made = rebalance(account, held, order.weight, price, self.rates, pressure, self.lot)
        self._note(bar, order, made)

    def leave(self, bar: int, order: Waiting, price: float, pressure: float) -> None:
        """Close the whole position."""
        pressure = 0.0 if math.isnan(pressure) else pressure
        held = self.positions[order.symbol]
        trade = sell if held > 0 else buy
        cash, left, size, *rest = trade(self.cash, held, abs(held), price, self.rates, pressure)
        self._note(bar, order, (cash, left, -size if held > 0 else size, *rest))

    def _note(self, bar: int, order: Waiting, made: tuple[Any, ...]) -> None:
        """Believe what a fill returned."""
        self.cash, self.positions[order.symbol], size, price, fee, status = made
        self.statuses[status] += 1
        if status in (FILLED, PARTIAL):
            self.filled.append((bar, order.symbol, size, price, fee, order.why))


def fill_plan(plan: Plan, costs: Costs, initial_cash: float) -> Filled:
    """Carry out a plan, instant by instant.

    Parameters
    ----------
    plan : Plan
        What to hold after each bar's orders, and the prices.
    costs : Costs
        What an order costs.
    initial_cash : float
        Cash before the first bar.

    Returns
    -------
    Filled
        Orders and accounts, those of `workbench.backtest.engine.fill_plan`.

    Raises
    ------
    InvalidInput
        If there is margin, something to pay for holding, or a split, payment or end.
    """
    refuse_beyond("replay", plan, costs, frozenset({"fee_per_share", "minimum_fee", "impact"}))
    broker = Broker(costs.schedule, plan.lot, float(initial_cash), [0.0] * len(plan.symbols))
    cash, positions = np.empty(len(plan.time)), np.empty(plan.weights.shape)
    for bar, instant in _instants(len(plan.time)):
        queue = _written(plan, bar, instant, broker)
        while queue:
            order = heapq.heappop(queue)
            felt = 0.0 if plan.pressure is None else float(plan.pressure[bar, order.symbol])
            if order.why == EXIT and plan.exits is not None:
                broker.leave(bar, order, float(plan.exits[bar, order.symbol]), felt)
            else:
                price, mark = plan.prices[bar, order.symbol], plan.marks[bar, order.symbol]
                broker.target(bar, order, float(price), float(mark), felt)
        if instant == CLOSES:
            cash[bar], positions[bar] = broker.cash, broker.positions
    orders = np.array(broker.filled, dtype=np.float64).reshape(-1, len(ORDER_COLUMNS))
    return Filled(orders, cash, positions, np.array(broker.statuses, dtype=np.int64))


def _instants(bars: int) -> Iterator[tuple[int, int]]:
    return ((bar, instant) for bar in range(bars) for instant in (OPENS, TRADES, CLOSES))


def _written(plan: Plan, bar: int, instant: int, broker: Broker) -> list[Waiting]:
    """The orders of an instant, as a heap."""
    trades_at = OPENS if plan.fills_at == "next open" else CLOSES
    if instant == TRADES and plan.exits is not None:
        return _exits(plan.exits[bar].tolist(), broker)
    return _targets(plan, bar, broker) if instant == trades_at else []


def _targets(plan: Plan, bar: int, broker: Broker) -> list[Waiting]:
    weights, marks = plan.weights[bar].tolist(), plan.marks[bar].tolist()
    if all(map(math.isnan, weights)):
        return []
    value = broker.value(marks)
    queue = []
    for symbol, (weight, held) in enumerate(zip(weights, broker.positions, strict=True)):
        if not math.isnan(weight) and (weight or held):
            need = weight * value - (held * marks[symbol] if held else 0.0)
            need = math.inf if math.isnan(need) else need  # who has no price comes last
            queue.append(Waiting(need, symbol, ORDER, weight, value))
    heapq.heapify(queue)
    return queue


def _exits(prices: list[float], broker: Broker) -> list[Waiting]:
    queue = [
        Waiting(-held * price, symbol, EXIT, 0.0, math.nan)
        for symbol, (held, price) in enumerate(zip(broker.positions, prices, strict=True))
        if held and not math.isnan(price)
    ]
    heapq.heapify(queue)
    return queue
