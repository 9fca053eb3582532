"""Our own engine: target weights in, orders and accounts out, in one compiled loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.backtest.filled import (
    DELISTING,
    EXIT,
    FLOWS,
    LIQUIDATION,
    ORDER,
    ORDER_COLUMNS,
    SPLIT,
    Filled,
)
from workbench.compute import kernel
from workbench.market.fills import FILLED, PARTIAL, buy, charge, rebalance, sell, worsened
from workbench.market.holding import held_for, room, short_of_margin

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = [
    "Book", "Rules", "Tables", "fill_plan", "rules_of", "run", "tables_of",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Tables(NamedTuple):
    """What the loop reads by bar and symbol; a table of no rows stands for none."""

    weights: Floats
    prices: Floats
    marks: Floats
    closes: Floats
    exits: Floats
    pressure: Floats
    shares: Floats
    cash: Floats
    ends: Floats
    years: Floats


class Rules(NamedTuple):
    """What holds for every bar; a leverage of 0 is a cash account."""

    schedule: tuple[float, float, float, float, float]
    carry: tuple[float, float, float]
    lot: float
    leverage: float
    maintenance: float
    at_open: bool


class Book(NamedTuple):
    """What the loop writes."""

    orders: Floats
    cash: Floats
    positions: Floats
    flows: Floats
    statuses: Counts


def fill_plan(plan: Plan, costs: Costs, initial_cash: float) -> Filled:
    """Carry out a plan with shared cash: sales first, then buys from the smallest up.

    A bar begins with what holding cost since the bar before, splits, payments and ends of
    symbols. Then it has two phases: orders to the weights wanted, and exits at stops and
    targets; the orders come first where they fill at the open, last where they fill at the
    close. A margin account is examined at the close.

    Parameters
    ----------
    plan : Plan
        What to hold after each bar's orders, and the prices.
    costs : Costs
        What an order costs, and what it costs to hold.
    initial_cash : float
        Cash before the first bar.

    Returns
    -------
    Filled
        Orders and accounts.
    """
    bars, symbols = plan.weights.shape
    tables, rules = tables_of(plan), rules_of(plan, costs)
    book = Book(
        np.empty((_most_orders(tables, rules), len(ORDER_COLUMNS))),
        np.empty(bars),
        np.empty((bars, symbols)),
        np.zeros((bars, len(FLOWS))),
        np.zeros(5, dtype=np.int64),
    )
    count = run(tables, rules, book, float(initial_cash))
    return Filled(book.orders[:count], book.cash, book.positions, book.statuses, book.flows)


def tables_of(plan: Plan) -> Tables:
    """What the loop reads of a plan."""
    none = np.empty((0, 0))
    life = plan.life
    return Tables(
        plan.weights,
        plan.prices,
        plan.marks,
        plan.closes,
        none if plan.exits is None else plan.exits,
        none if plan.pressure is None else plan.pressure,
        none if life is None else life.shares,
        none if life is None else life.cash,
        none if life is None else life.ends,
        np.diff(plan.time.to_numpy(), prepend=plan.time.to_numpy()[:1]) / np.timedelta64(365, "D"),
    )


def rules_of(plan: Plan, costs: Costs) -> Rules:
    """What holds for every bar of a plan."""
    margin = plan.margin
    return Rules(
        costs.schedule,
        costs.carry,
        float(plan.lot),
        float(margin.leverage) if margin else 0.0,
        float(margin.maintenance) if margin else 0.0,
        plan.fills_at == "next open",
    )


def _most_orders(tables: Tables, rules: Rules) -> int:
    """No more rows than this can be written; what is liquidated was bought by an order."""
    wanted = int(np.isfinite(tables.weights).sum())
    hit = int(np.isfinite(tables.exits).sum()) + int(np.isfinite(tables.ends).sum())
    split = int((tables.shares != 1.0).sum())
    return wanted * (2 if rules.leverage > 0 else 1) + hit + split


@kernel
def worth(cash: float, position: Floats, marks: Floats) -> float:
    """Cash and positions at these prices; what is not held needs no price."""
    value = cash
    for symbol in range(position.size):
        if position[symbol] != 0:
            value += position[symbol] * marks[symbol]
    return value


@kernel
def exposure(position: Floats, marks: Floats) -> float:
    """The values of all positions, short ones taken positively."""
    value = 0.0
    for symbol in range(position.size):
        if position[symbol] != 0:
            value += abs(position[symbol] * marks[symbol])
    return value


@kernel
def run(tables: Tables, rules: Rules, book: Book, cash: float) -> int:
    """The loop over bars; returns how many orders were written.

    What does not happen on a bar is seen here: a call hands over every table, which costs more
    than the look.
    """
    weights, exits = tables.weights, tables.exits
    cash_kept, positions = book.cash, book.positions
    lives, leaves, at_open = tables.shares.size > 0, exits.size > 0, rules.at_open
    pays = rules.carry[0] != 0 or rules.carry[1] != 0 or rules.carry[2] != 0
    position = np.zeros(weights.shape[1])
    count = 0
    for bar in range(weights.shape[0]):
        if pays and bar > 0:
            cash = _accrue(bar, tables, rules, book, cash, position)
        if lives:
            cash, count = _life(bar, tables, book, cash, position, count)
        asked = any_known(weights, bar)
        if asked and at_open:
            cash, count = _trade(bar, tables, rules, book, cash, position, count)
        if leaves and any_known(exits, bar):
            cash, count = _leave(bar, tables, rules, book, cash, position, count)
        if asked and not at_open:
            cash, count = _trade(bar, tables, rules, book, cash, position, count)
        if rules.leverage > 0:
            cash, count = _call(bar, tables, rules, book, cash, position, count)
        cash_kept[bar] = cash
        _keep(position, positions, bar)
    return count


@kernel
def _keep(position: Floats, positions: Floats, bar: int) -> None:
    """Write down what is held, one number after another: a slice would be an array more."""
    for symbol in range(position.size):
        positions[bar, symbol] = position[symbol]


@kernel
def any_known(table: Floats, bar: int) -> bool:
    """Whether a bar has a number for any symbol: most bars have no order."""
    for symbol in range(table.shape[1]):  # noqa: SIM110  numba compiles no generator here
        if not np.isnan(table[bar, symbol]):
            return True
    return False


@kernel
def _accrue(
    bar: int, tables: Tables, rules: Rules, book: Book, cash: float, position: Floats
) -> float:
    """Pay for what was held since the close before."""
    borrow, funding, interest = rules.carry
    years, flows = tables.years[bar], book.flows[bar]
    if cash < 0 and interest != 0:
        flows[2] = -cash * interest * years
    if borrow != 0 or funding != 0:
        for symbol in range(position.size):
            if position[symbol] != 0:
                value = position[symbol] * tables.closes[bar - 1, symbol]
                lent, funded = held_for(value, years, rules.carry)
                flows[0] += lent
                flows[1] += funded
    return cash - float(flows[0] + flows[1] + flows[2])


@kernel
def _life(
    bar: int, tables: Tables, book: Book, cash: float, position: Floats, count: int
) -> tuple[float, int]:
    """Splits, payments and ends of symbols, before anything is traded."""
    for symbol in range(position.size):
        held = position[symbol]
        if held == 0:
            continue
        paid = held * tables.cash[bar, symbol]
        book.flows[bar, 3] += paid
        cash += paid
        grown = held * (tables.shares[bar, symbol] - 1.0)
        if grown != 0:
            position[symbol] = held + grown
            count = _written(book, count, (bar, symbol, SPLIT), (grown, 0.0, 0.0))
        end = tables.ends[bar, symbol]
        if not np.isnan(end):
            cash += position[symbol] * end
            count = _written(book, count, (bar, symbol, DELISTING), (-position[symbol], end, 0.0))
            position[symbol] = 0.0
    return cash, count


@kernel
def _trade(
    bar: int,
    tables: Tables,
    rules: Rules,
    book: Book,
    cash: float,
    position: Floats,
    count: int,
) -> tuple[float, int]:
    """Trade to the weights of a bar."""
    weights, marks = tables.weights[bar], tables.marks[bar]
    value = worth(cash, position, marks)
    gross = exposure(position, marks)
    credit = max((rules.leverage - 1.0) * value, 0.0)
    held = np.where(position == 0, 0.0, position * marks)
    for symbol in np.argsort(weights * value - held, kind="mergesort"):
        weight, before = weights[symbol], position[symbol]
        if np.isnan(weight) or (weight == 0 and before == 0):
            continue
        own = 0.0 if before == 0 else abs(before * marks[symbol])
        if rules.leverage > 0 and value > 0:
            most = room(value, gross - own, rules.leverage)
            weight = min(max(weight, -most), most)
        cash, position[symbol], size, price, fee, status = rebalance(
            (cash + credit, value, marks[symbol]),
            before,
            weight,
            tables.prices[bar, symbol],
            rules.schedule,
            tables.pressure[bar, symbol] if tables.pressure.size else 0.0,
            rules.lot,
        )
        cash -= credit
        if position[symbol] != before:
            gross += abs(position[symbol] * marks[symbol]) - own
        count = _noted(book, count, (bar, symbol, ORDER, status), (size, price, fee))
    return cash, count


@kernel
def _leave(
    bar: int,
    tables: Tables,
    rules: Rules,
    book: Book,
    cash: float,
    position: Floats,
    count: int,
) -> tuple[float, int]:
    """Close whole positions at the prices of their stops and targets, in the order of `_trade`."""
    exits = tables.exits[bar]
    due = np.zeros(position.size)
    for symbol in range(position.size):
        if not np.isnan(exits[symbol]):
            due[symbol] = -position[symbol] * exits[symbol]
    if not due.any():
        return cash, count
    for symbol in np.argsort(due, kind="mergesort"):
        if due[symbol] == 0:
            continue
        felt = _felt(tables, bar, symbol)
        cash, position[symbol], size, price, fee, status = _closed(
            cash, position[symbol], exits[symbol], rules, felt
        )
        count = _noted(book, count, (bar, symbol, EXIT, status), (size, price, fee))
    return cash, count


@kernel
def _call(
    bar: int,
    tables: Tables,
    rules: Rules,
    book: Book,
    cash: float,
    position: Floats,
    count: int,
) -> tuple[float, int]:
    """Close all positions at the close when the margin is gone."""
    marks = tables.closes[bar]
    value, gross = worth(cash, position, marks), exposure(position, marks)
    if not short_of_margin(value, gross, rules.maintenance):
        return cash, count
    for symbol in range(position.size):
        if position[symbol] != 0:
            felt = _felt(tables, bar, symbol)
            cash, position[symbol], size, price, fee, status = _closed(
                cash, position[symbol], marks[symbol], rules, felt
            )
            count = _noted(book, count, (bar, symbol, LIQUIDATION, status), (size, price, fee))
    return cash, count


@kernel
def _closed(
    cash: float, held: float, price: float, rules: Rules, pressure: float
) -> tuple[float, float, float, float, float, int]:
    """Close a position; a margin account may owe money afterwards, a cash account may not."""
    if held > 0:
        cash, held, size, price, fee, status = sell(
            cash, held, held, price, rules.schedule, pressure
        )
        return cash, held, -size, price, fee, status
    if rules.leverage == 0.0:
        return buy(cash, held, -held, price, rules.schedule, pressure)
    paid = worsened(price, 1.0, -held, rules.schedule[1], pressure)
    fee = charge(-held * paid, -held, rules.schedule)
    return cash + held * paid - fee, 0.0, -held, paid, fee, FILLED


@kernel
def _felt(tables: Tables, bar: int, symbol: int) -> float:
    """The pressure on an order that cannot wait: none where nobody trades."""
    if not tables.pressure.size or np.isnan(tables.pressure[bar, symbol]):
        return 0.0
    return float(tables.pressure[bar, symbol])


@kernel
def _noted(
    book: Book,
    count: int,
    what: tuple[int, int, int, int],
    filled: tuple[float, float, float],
) -> int:
    """Write an order that was filled; count every status."""
    bar, symbol, reason, status = what
    book.statuses[status] += 1
    if status not in (FILLED, PARTIAL):
        return count
    return _written(book, count, (bar, symbol, reason), filled)


@kernel
def _written(
    book: Book, count: int, what: tuple[int, int, int], filled: tuple[float, float, float]
) -> int:
    row = book.orders[count]
    row[0], row[1], row[5] = what
    row[2], row[3], row[4] = filled
    return count + 1
