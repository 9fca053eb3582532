"""One contract at a time: orders, stops, rolls and the margin, bar by bar.

Prices are values of a contract: price × multiplier. The account keeps what contracts cost as if
they were paid for, which leaves its value, cash and contracts together, that of an account that
settles every day: a change of price × multiplier × contracts, less costs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.backtest.filled import EXIT, LIQUIDATION, ORDER, ROLL
from workbench.compute import kernel
from workbench.market.fills import FILLED, REJECTED, UNPRICED, charge, whole_lots, worsened
from workbench.market.holding import short_of_margin

__all__ = ["ORDERS_A_BAR", "Book", "Rules", "Tables", "run_contracts"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

ORDERS_A_BAR = 5
"""At the open, at a stop, two of a roll (or one at the close), and out at the close."""


class Tables(NamedTuple):
    """What the loop reads by bar; prices by bar and contract.

    Parameters
    ----------
    weights : ndarray, shape (time,)
        Exposure over the account after this bar's order; NaN places none.
    held, next : ndarray, shape (time,)
        The contract held into the close, by its place; that into which it is rolled at the
        close, −1 for none.
    opens, closes, marks : ndarray, shape (time, contract)
        Values of a contract; `marks` are closes carried over holes.
    exits : ndarray, shape (time,)
        Value at which a stop or a target closes the position inside the bar; NaN for none.
    """

    weights: Floats
    held: Counts
    next: Counts
    opens: Floats
    closes: Floats
    marks: Floats
    exits: Floats


class Rules(NamedTuple):
    """What holds for every bar."""

    schedule: tuple[float, float, float, float, float]
    lot: float
    leverage: float
    maintenance: float
    at_open: bool


class Book(NamedTuple):
    """What the loop writes, as `workbench.backtest.filled.Filled`; orders have rows to spare."""

    orders: Floats
    cash: Floats
    positions: Floats
    statuses: Counts


@kernel
def run_contracts(tables: Tables, rules: Rules, book: Book, cash: float) -> None:
    """Trade one contract after the other.

    Parameters
    ----------
    tables, rules
        What to hold, the prices, the costs.
    book : Book
        Written.
    cash : float
        Before the first bar.
    """
    count = 0.0
    for bar in range(tables.weights.size):
        now = tables.held[bar]
        if rules.at_open:
            price = tables.opens[bar, now]
            wanted = _wanted(tables.weights[bar], (cash, count), price, rules, book)
            cash, count = _to((bar, now, ORDER), wanted, price, (cash, count), rules, book)
        exit_at = tables.exits[bar]
        if count != 0 and not np.isnan(exit_at):
            cash, count = _to((bar, now, EXIT), 0.0, exit_at, (cash, count), rules, book)
        into = tables.next[bar]
        if into >= 0:
            cash, count = _roll(bar, (now, into), (cash, count), tables, rules, book)
            now = into
        elif not rules.at_open:
            price = tables.closes[bar, now]
            wanted = _wanted(tables.weights[bar], (cash, count), price, rules, book)
            cash, count = _to((bar, now, ORDER), wanted, price, (cash, count), rules, book)
        if count != 0:
            mark = tables.marks[bar, now]
            if short_of_margin(cash + count * mark, abs(count * mark), rules.maintenance):
                cash, count = _to((bar, now, LIQUIDATION), 0.0, mark, (cash, count), rules, book)
        book.cash[bar] = cash
        book.positions[bar, now] = count


@kernel
def _roll(
    bar: int,
    contracts: tuple[int, int],
    account: tuple[float, float],
    tables: Tables,
    rules: Rules,
    book: Book,
) -> tuple[float, float]:
    """Sell one contract and buy as many of the next, or what a weight of this close asks for."""
    old, new = contracts
    price = tables.closes[bar, new]
    cash, wanted = account
    if not rules.at_open and not np.isnan(tables.weights[bar]):
        # the account as it will be once the old contracts are sold
        worth = cash + wanted * tables.closes[bar, old], 0.0
        wanted = _wanted(tables.weights[bar], worth, price, rules, book)
    why = ORDER if account[1] == 0 else ROLL
    out = _to((bar, old, why), 0.0, tables.closes[bar, old], account, rules, book)
    return _to((bar, new, why), wanted, price, (out[0], 0.0), rules, book)


@kernel
def _wanted(
    weight: float, account: tuple[float, float], price: float, rules: Rules, book: Book
) -> float:
    """How many contracts a weight is, rounded towards none; as many as before without an order."""
    cash, count = account
    if np.isnan(weight):
        return count
    if np.isnan(price):
        book.statuses[UNPRICED] += 1
        return count
    if weight == 0:  # also who lost everything may leave
        return 0.0
    value = cash + count * price
    if value <= 0:
        book.statuses[REJECTED] += 1
        return count
    most = min(abs(weight), rules.leverage)
    return float(np.sign(weight)) * whole_lots(most * value / price, rules.lot)


@kernel
def _to(
    what: tuple[int, int, int],
    wanted: float,
    price: float,
    account: tuple[float, float],
    rules: Rules,
    book: Book,
) -> tuple[float, float]:
    """Trade to a number of contracts; margin asks for no cash up front, so all are filled."""
    cash, count = account
    size = wanted - count
    if size == 0:
        return cash, count
    paid = worsened(price, np.sign(size), abs(size), rules.schedule[1], 0.0)
    fee = charge(abs(size) * paid, abs(size), rules.schedule)
    row = book.orders[book.statuses[FILLED]]
    row[0], row[1], row[5] = what
    row[2], row[3], row[4] = size, paid, fee
    book.statuses[FILLED] += 1
    return cash - size * paid - fee, wanted
