"""Our own engine: target weights in, orders and accounts out, in one compiled loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.market.fills import FILLED, PARTIAL, buy, rebalance, sell

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["EXIT", "ORDER", "ORDER_COLUMNS", "REASONS", "Filled", "fill_plan"]

Floats = npt.NDArray[np.float64]
Order = tuple[int, int, float, float, float]

ORDER_COLUMNS = ("bar", "symbol", "size", "price", "fee", "reason")
"""The columns of `Filled.orders`; bar and symbol are positions, a negative size is a sale."""

ORDER, EXIT = 0, 1
REASONS = ("order", "exit")
"""Why an order was placed, by the number in its column ``reason``: the strategy wanted another
weight; a stop or a target was hit."""


@dataclass(frozen=True)
class Filled:
    """What became of a plan.

    Parameters
    ----------
    orders : ndarray, shape (orders, 6)
        `ORDER_COLUMNS`, in the order of filling.
    cash : ndarray, shape (time,)
        After the bar's orders.
    positions : ndarray, shape (time, symbol)
        Units held after the bar's orders.
    statuses : ndarray, shape (5,)
        How many orders ended in each status of `workbench.market.fills`.
    """

    orders: Floats
    cash: Floats
    positions: Floats
    statuses: npt.NDArray[np.int64]


def fill_plan(plan: Plan, costs: Costs, initial_cash: float) -> Filled:
    """Carry out a plan with shared cash: sales first, then buys from the smallest up.

    A bar has two phases: orders to the weights wanted, and exits at stops and targets; the
    orders come first where they fill at the open, last where they fill at the close.

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
        Orders and accounts.
    """
    shape = plan.weights.shape
    exits = np.empty((0, 0)) if plan.exits is None else plan.exits
    most = int(np.isfinite(plan.weights).sum() + np.isfinite(exits).sum())
    orders = np.empty((most, len(ORDER_COLUMNS)))
    cash, positions = np.empty(shape[0]), np.empty(shape)
    statuses = np.zeros(5, dtype=np.int64)
    count = _run(
        (plan.weights, plan.prices, plan.marks, exits),
        (orders, cash, positions, statuses),
        float(initial_cash),
        costs.rates,
        plan.fills_at == "next open",
    )
    return Filled(orders[:count], cash, positions, statuses)


@kernel
def worth(cash: float, position: Floats, marks: Floats) -> float:
    """Cash and positions at these prices; what is not held needs no price."""
    value = cash
    for symbol in range(position.size):
        if position[symbol] != 0:
            value += position[symbol] * marks[symbol]
    return value


@kernel
def _run(
    plan: tuple[Floats, Floats, Floats, Floats],
    out: tuple[Floats, Floats, Floats, npt.NDArray[np.int64]],
    cash: float,
    rates: tuple[float, float, float],
    at_open: bool,  # noqa: FBT001  numba knows no keyword-only arguments
) -> int:
    weights, prices, marks, exits = plan
    orders, cash_after, positions, statuses = out
    position = np.zeros(weights.shape[1])
    book = (orders, statuses)
    count = 0
    for bar in range(weights.shape[0]):
        row = (weights[bar], prices[bar], marks[bar])
        if at_open:
            cash, count = _trade(bar, row, (cash, position), rates, book, count)
        if exits.size:
            cash, count = _leave(bar, exits[bar], (cash, position), rates, book, count)
        if not at_open:
            cash, count = _trade(bar, row, (cash, position), rates, book, count)
        cash_after[bar] = cash
        positions[bar] = position
    return count


@kernel
def _trade(
    bar: int,
    row: tuple[Floats, Floats, Floats],
    account: tuple[float, Floats],
    rates: tuple[float, float, float],
    book: tuple[Floats, npt.NDArray[np.int64]],
    count: int,
) -> tuple[float, int]:
    """Trade to the weights of a bar; `account` is cash and the positions, which change."""
    weights, prices, marks = row
    cash, position = account
    if np.isnan(weights).all():
        return cash, count
    value = worth(cash, position, marks)
    held = np.where(position == 0, 0.0, position * marks)
    for symbol in np.argsort(weights * value - held, kind="mergesort"):
        if np.isnan(weights[symbol]):
            continue
        cash, position[symbol], size, price, fee, status = rebalance(
            (cash, value, marks[symbol]), position[symbol], weights[symbol], prices[symbol], rates
        )
        count = _noted(book, count, (bar, symbol, ORDER, status), (size, price, fee))
    return cash, count


@kernel
def _leave(
    bar: int,
    exits: Floats,
    account: tuple[float, Floats],
    rates: tuple[float, float, float],
    book: tuple[Floats, npt.NDArray[np.int64]],
    count: int,
) -> tuple[float, int]:
    """Close whole positions at the prices of their stops and targets, in the order of `_trade`."""
    cash, position = account
    due = np.zeros(position.size)
    for symbol in range(position.size):
        if not np.isnan(exits[symbol]):
            due[symbol] = -position[symbol] * exits[symbol]
    if not due.any():
        return cash, count
    for symbol in np.argsort(due, kind="mergesort"):
        held, at = position[symbol], exits[symbol]
        if due[symbol] < 0:
            cash, position[symbol], size, price, fee, status = sell(cash, held, held, at, rates)
            count = _noted(book, count, (bar, symbol, EXIT, status), (-size, price, fee))
        elif due[symbol] > 0:
            cash, position[symbol], size, price, fee, status = buy(cash, held, -held, at, rates)
            count = _noted(book, count, (bar, symbol, EXIT, status), (size, price, fee))
    return cash, count


@kernel
def _noted(
    book: tuple[Floats, npt.NDArray[np.int64]],
    count: int,
    what: tuple[int, int, int, int],
    filled: tuple[float, float, float],
) -> int:
    """Write an order that was filled; count every status."""
    orders, statuses = book
    bar, symbol, reason, status = what
    statuses[status] += 1
    if status not in (FILLED, PARTIAL):
        return count
    row = orders[count]
    row[0], row[1], row[5] = bar, symbol, reason
    row[2], row[3], row[4] = filled
    return count + 1
