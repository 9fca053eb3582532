"""The loop: all money in or out, symbol by symbol, a stretch of bars at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.backtest.filled import EXIT, ORDER
from workbench.backtest.signals.rules import KEEP, levels, wanted
from workbench.compute import kernel
from workbench.market.brackets import furthest, protective_exit
from workbench.market.fills import FILLED, PARTIAL, UNPRICED, buy, sell, short, spend

if TYPE_CHECKING:
    from workbench.backtest.signals.tables import Prices, Signals

__all__ = ["SUMS", "Books", "Rules", "most_orders", "run_accounts"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.uint8]

SUMS = ("returns", "squares", "counted", "drawdown")
"""What is carried along of each account: the sum of its returns, the sum of their squares, how
many there are, and the deepest fall from the highest value."""

CASH, HELD, FILLED_AT, BEST, FLOOR, CEILING, MARK, VALUE, PEAK, LOWEST = range(10)
"""What is known of an account: money, units, the price of the fill before slippage, the best
price since, the prices between which nothing is hit, the last close (0 before the first), the value
at it, the highest value, the lowest value since."""

STRETCH = 16_384
"""Cells of a table that stay in the cache while one symbol after the other is run over them."""


class Rules(NamedTuple):
    """What holds for every account; `pressure` without rows is none."""

    schedule: tuple[float, float, float, float, float]
    fractions: tuple[float, float, float]
    guarded: bool
    at_open: bool
    delay: int
    lot: float
    initial_cash: float
    pressure: Floats


class Books(NamedTuple):
    """What the loop writes, by symbol.

    Parameters
    ----------
    orders : ndarray, shape (rows, 6)
        `ORDER_COLUMNS`; those of a symbol begin at its `first`.
    first, placed : ndarray, shape (symbol,)
        Where the orders of each symbol begin, and how many there are.
    equity : ndarray, shape (symbol, time)
        Value of each account at each close.
    sums : ndarray, shape (symbol, 4)
        `SUMS`.
    statuses : ndarray, shape (symbol, 5)
        How many orders ended in each status of `workbench.market.fills`.
    """

    orders: Floats
    first: Counts
    placed: Counts
    equity: Floats
    sums: Floats
    statuses: Counts


@kernel
def most_orders(signals: Signals, most: Counts) -> None:
    """The most orders that each symbol can have: every entry is left once."""
    for bar in range(signals.entries.shape[0]):
        for symbol in range(most.size):
            most[symbol] += 2 * signals.entries[bar, symbol]
    for bar in range(signals.short_entries.shape[0]):
        for symbol in range(most.size):
            most[symbol] += 2 * signals.short_entries[bar, symbol]


@kernel
def run_accounts(
    low: int, high: int, signals: Signals, prices: Prices, rules: Rules, books: Books
) -> None:
    """Run the accounts of the symbols from `low` up to `high`.

    Tables lie in rows of time. A stretch of bars is turned on its side, so that a symbol is run
    over it with its account in registers and its prices one after the other in the cache.
    """
    bars = prices.closes.shape[0]
    accounts = np.zeros((high - low, 10))
    for column in (CASH, VALUE, PEAK, LOWEST):
        accounts[:, column] = rules.initial_cash
    length = min(max(STRETCH // (high - low), 64), bars)
    tape = np.empty((high - low, length, 4))
    flags = np.zeros((high - low, length), dtype=np.uint8)
    for first in range(0, bars, length):
        last = min(first + length, bars)
        _lay_prices((first, last, low), prices, rules, tape)
        _lay_flags((first, last, low), signals, rules.delay, flags)
        for symbol in range(low, high):
            row = symbol - low
            _trade((first, last, symbol), accounts[row], (tape[row], flags[row]), rules, books)
            _measure((first, last, symbol), accounts[row], books)
    for symbol in range(low, high):
        peak, lowest = accounts[symbol - low, PEAK], accounts[symbol - low, LOWEST]
        books.sums[symbol, 3] = min(books.sums[symbol, 3], lowest / peak - 1.0)


@kernel
def _lay_prices(span: tuple[int, int, int], prices: Prices, rules: Rules, tape: Floats) -> None:
    """Lay the prices of a stretch symbol by symbol, as far as they are looked at."""
    first, last, low = span
    opens, highs, lows, closes = prices
    opened = rules.guarded or rules.at_open
    for bar in range(first, last):
        for row in range(tape.shape[0]):
            symbol = low + row
            tape[row, bar - first, 3] = closes[bar, symbol]
            if opened:
                tape[row, bar - first, 0] = opens[bar, symbol]
            if rules.guarded:
                tape[row, bar - first, 1] = highs[bar, symbol]
                tape[row, bar - first, 2] = lows[bar, symbol]


@kernel
def _lay_flags(span: tuple[int, int, int], signals: Signals, delay: int, flags: Flags) -> None:
    """Lay the signals that are known in a stretch symbol by symbol, a bit for each table."""
    first, last, low = span
    enter, leave, sell_short, cover = signals
    shorts = sell_short.size > 0
    for bar in range(max(first, delay), last):
        known = bar - delay
        for row in range(flags.shape[0]):
            symbol = low + row
            said = enter[known, symbol] | (leave[known, symbol] << 1)
            if shorts:
                said |= (sell_short[known, symbol] << 2) | (cover[known, symbol] << 3)
            flags[row, bar - first] = said


@kernel
def _trade(  # noqa: C901  calls with tables cost more than bars
    span: tuple[int, int, int],
    account: Floats,
    laid: tuple[Floats, Flags],
    rules: Rules,
    books: Books,
) -> None:
    """Trade a symbol over a stretch of bars, and write its value at each close.

    At the close, stops and targets come before the orders, which they replace; at the open,
    after them, and on the same bar already.
    """
    first, last, symbol = span
    tape, flags = laid
    orders, equity, statuses = books.orders, books.equity, books.statuses
    schedule, fractions, guarded, at_open, _, lot, _, pressure = rules
    pressed, trailing = pressure.size > 0, not np.isnan(fractions[2])
    phases = 2 if guarded and at_open else 1
    row = books.first[symbol] + books.placed[symbol]
    cash, held, filled_at = account[CASH], account[HELD], account[FILLED_AT]
    best, mark, floor, ceiling = account[BEST], account[MARK], account[FLOOR], account[CEILING]
    for bar in range(first, last):
        at = bar - first
        close, said = tape[at, 3], flags[at]
        want, price, reason = KEEP, tape[at, 0] if at_open else close, ORDER
        if said:
            want = wanted(held, said & 1 != 0, said & 2 != 0, said & 4 != 0, said & 8 != 0)
        for phase in range(phases):
            if guarded and held != 0 and (phase == 1) == at_open:
                cell = tape[at, 0], tape[at, 1], tape[at, 2], close
                if not (floor < cell[0] < ceiling and floor < cell[2] and cell[1] < ceiling):
                    hit = _hit(held, floor, ceiling, cell)
                    if not np.isnan(hit):
                        want, price, reason = 0, hit, EXIT
                if trailing:
                    best = furthest(held, best, cell)
                    floor, ceiling = _between(held, filled_at, best, fractions)
            if want == KEEP:
                continue
            felt = pressure[bar, symbol] if pressed else 0.0
            before = held
            cash, held, size, paid, fee, status = _filled(
                cash, held, (want, price, reason), schedule, felt, lot
            )
            want = KEEP
            statuses[symbol, status] += 1
            if status not in (FILLED, PARTIAL):
                continue
            orders[row, 0], orders[row, 1], orders[row, 5] = bar, symbol, reason
            orders[row, 2], orders[row, 3], orders[row, 4] = size, paid, fee
            row += 1
            if held * before <= 0:  # opened or turned over: protected from this price on
                filled_at = best = price
                floor, ceiling = _between(held, filled_at, best, fractions)
            if mark == 0:  # before its first close a symbol is worth what was paid
                mark = price
        mark = mark if np.isnan(close) else close
        equity[symbol, bar] = cash if held == 0 else cash + held * mark
    books.placed[symbol] = row - books.first[symbol]
    account[CASH], account[HELD], account[FILLED_AT] = cash, held, filled_at
    account[BEST], account[MARK], account[FLOOR], account[CEILING] = best, mark, floor, ceiling


@kernel
def _between(
    held: float, filled: float, best: float, fractions: tuple[float, float, float]
) -> tuple[float, float]:
    """The prices between which neither stop nor target is hit."""
    stop, take = levels(np.sign(held), filled, best, fractions)
    below, above = (stop, take) if held > 0 else (take, stop)
    return -np.inf if np.isnan(below) else below, np.inf if np.isnan(above) else above


@kernel
def _hit(
    held: float, floor: float, ceiling: float, cell: tuple[float, float, float, float]
) -> float:
    return protective_exit(held, (floor, ceiling) if held > 0 else (ceiling, floor), cell)


@kernel
def _measure(span: tuple[int, int, int], account: Floats, books: Books) -> None:
    """Carry the sums of the returns and the deepest fall along."""
    first, last, symbol = span
    equity = books.equity
    before, peak, lowest = account[VALUE], account[PEAK], account[LOWEST]
    total = squares = counted = 0.0
    fallen = books.sums[symbol, 3]
    for bar in range(first, last):
        value = equity[symbol, bar]
        if before > 0:
            counted += 1
            if value != before:
                earned = value / before - 1.0
                total += earned
                squares += earned * earned
        if value > peak:
            fallen = min(fallen, lowest / peak - 1.0)
            peak = lowest = value
        lowest = min(lowest, value)
        before = value
    account[VALUE], account[PEAK], account[LOWEST] = before, peak, lowest
    books.sums[symbol, 0] += total
    books.sums[symbol, 1] += squares
    books.sums[symbol, 2] += counted
    books.sums[symbol, 3] = fallen


@kernel
def _filled(
    cash: float,
    held: float,
    order: tuple[int, float, int],
    schedule: tuple[float, float, float, float, float],
    pressure: float,
    lot: float,
) -> tuple[float, float, float, float, float, int]:
    """Be long, short or out at a price, with all the money there is; a sale is negative."""
    want, price, reason = order
    if np.isnan(price) or (np.isnan(pressure) and reason == ORDER):
        return cash, held, 0.0, price, 0.0, UNPRICED
    felt = 0.0 if np.isnan(pressure) else pressure
    if want > 0:
        cash, held, size, paid, fee, status = spend(cash, held, price, schedule, felt, lot)
        # all the money there was is what an entry asks for
        return cash, held, size, paid, fee, FILLED if status == PARTIAL else status
    if want == 0 and held < 0:
        return buy(cash, held, -held, price, schedule, felt)
    if want == 0:
        made = sell(cash, held, held, price, schedule, felt)
    else:
        made = short(cash, held, price, schedule, felt, lot)
    cash, held, size, paid, fee, status = made
    return cash, held, -size, paid, fee, status
