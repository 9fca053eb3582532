"""Our own engine: target weights in, orders and accounts out, in one compiled loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.market.fills import FILLED, PARTIAL, rebalance

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["ORDER_COLUMNS", "Filled", "fill_plan"]

Floats = npt.NDArray[np.float64]
Order = tuple[int, int, float, float, float]

ORDER_COLUMNS = ("bar", "symbol", "size", "price", "fee")
"""The columns of `Filled.orders`; bar and symbol are positions, a negative size is a sale."""


@dataclass(frozen=True)
class Filled:
    """What became of a plan.

    Parameters
    ----------
    orders : ndarray, shape (orders, 5)
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
    orders = np.empty((int(np.isfinite(plan.weights).sum()), len(ORDER_COLUMNS)))
    cash, positions = np.empty(shape[0]), np.empty(shape)
    statuses = np.zeros(5, dtype=np.int64)
    count = _run(
        (plan.weights, plan.prices, plan.marks),
        (orders, cash, positions, statuses),
        float(initial_cash),
        costs.rates,
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
    plan: tuple[Floats, Floats, Floats],
    out: tuple[Floats, Floats, Floats, npt.NDArray[np.int64]],
    cash: float,
    rates: tuple[float, float, float],
) -> int:
    weights, prices, marks = plan
    orders, cash_after, positions, statuses = out
    bars, symbols = weights.shape
    position = np.zeros(symbols)
    count = 0
    for bar in range(bars):
        if not np.isnan(weights[bar]).all():
            value = worth(cash, position, marks[bar])
            held = np.where(position == 0, 0.0, position * marks[bar])
            queue = np.argsort(weights[bar] * value - held, kind="mergesort")
            for symbol in queue:
                weight = weights[bar, symbol]
                if np.isnan(weight):
                    continue
                cash, position[symbol], size, price, fee, status = rebalance(
                    (cash, value, marks[bar, symbol]),
                    position[symbol],
                    weight,
                    prices[bar, symbol],
                    rates,
                )
                statuses[status] += 1
                if status in (FILLED, PARTIAL):
                    orders[count, 0] = bar
                    orders[count, 1] = symbol
                    orders[count, 2] = size
                    orders[count, 3] = price
                    orders[count, 4] = fee
                    count += 1
        cash_after[bar] = cash
        positions[bar] = position
    return count
