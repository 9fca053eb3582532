"""An account with any orders, through the engine itself, measured and forgotten.

It is what the faster `workbench.backtest.sweeps.trips` is held against, and it knows everything
that the engine knows: shared cash, short positions, stops and the costs of `Costs` in full.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.backtest.engine import Book, Rules, Tables, run
from workbench.backtest.filled import FLOWS, ORDER_COLUMNS
from workbench.backtest.trades import TRIP, round_trips
from workbench.compute import kernel

__all__ = ["Market", "Scratch", "first_order", "followed_bars", "listed", "scratch_for"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Orders = tuple[Ints, Floats, Floats]
Out = tuple[Floats, Floats, Floats]

_ORDER_WIDTH, _TRIP_WIDTH, _FLOW_WIDTH = len(ORDER_COLUMNS), len(TRIP), len(FLOWS)


class Market(NamedTuple):
    """What orders meet.

    Parameters
    ----------
    prices, marks, closes, pressure : ndarray, shape (account, bar, symbol)
        As in `workbench.backtest.plan.Plan`; no bars of `pressure` stand for none.
    years : ndarray, shape (bar,)
        Since the bar before.
    rules : Rules
        Of the engine.
    cash : float
        What an account begins with.
    first : int
        The first bar of the orders that is traded.
    parts : int
        Into how many the capital is divided.
    """

    prices: Floats
    marks: Floats
    closes: Floats
    pressure: Floats
    years: Floats
    rules: Rules
    cash: float
    first: int
    parts: int


class Scratch(NamedTuple):
    """Room for one account, used again for the next."""

    weights: Floats
    exits: Floats
    book: Book
    trips: Floats


@kernel
def scratch_for(bars: int, symbols: int) -> Scratch:
    """Room for accounts of so many symbols."""
    most = 4 * bars * symbols + 2
    return Scratch(
        np.full((bars, symbols), np.nan),
        np.full((bars, symbols), np.nan),
        Book(
            np.empty((most, _ORDER_WIDTH)),
            np.empty(bars),
            np.empty((bars, symbols)),
            np.zeros((bars, _FLOW_WIDTH)),
            np.zeros(5, np.int64),
        ),
        np.empty((most + symbols, _TRIP_WIDTH)),
    )


@kernel
def followed_bars(
    orders: Orders,
    counts: Ints,
    market: Market,
    account: int,
    scratch: Scratch,
    blocks: Ints,
    out: Out,
) -> None:
    """Follow an account over its bars.

    Parameters
    ----------
    orders : tuple of ndarray, shape (symbol, 2 × bars + 1)
        Bars, exposures and exit prices, as a loop of `workbench.strategies.loops` writes them.
    counts : ndarray, shape (symbol,)
        How many orders each symbol has.
    market : Market
        What they meet.
    account : int
        Which of its accounts.
    scratch : Scratch
        As `scratch_for` makes it; as it was before, afterwards.
    blocks : ndarray, shape (bar,)
        The block of the bootstrap that each bar lies in.
    out : tuple of ndarray
        `STATISTICS`, the sums of the returns in each block, and the returns, shape (bar,) or
        none of them; written.
    """
    book, closes = scratch.book, market.closes[account]
    _lay(orders, counts, market, scratch, False)  # noqa: FBT003  numba knows no keywords here
    nothing = np.empty((0, 0))
    tables = Tables(
        scratch.weights, market.prices[account], market.marks[account], closes, scratch.exits,
        market.pressure[account], nothing, nothing, nothing, market.years,
    )  # fmt: skip
    book.flows[:] = 0.0
    count = run(tables, market.rules, book, market.cash)
    _valued(book, closes, market.cash, blocks, out)
    _counted(book.orders[:count], closes, scratch.trips, out[0])
    _lay(orders, counts, market, scratch, True)  # noqa: FBT003  the same


@kernel
def _lay(
    orders: Orders,
    counts: Ints,
    market: Market,
    scratch: Scratch,
    clear: bool,  # noqa: FBT001  numba knows no keyword-only arguments
) -> None:
    """Lay orders on the bars in which they are carried out, or take them off again."""
    bars, exposures, prices = orders
    for symbol in range(counts.size):
        first = first_order(bars[symbol], counts[symbol], market.first)
        for index in range(first, counts[symbol]):
            bar = max(bars[symbol, index] - market.first, 0)
            if bar >= scratch.weights.shape[0]:
                continue
            if np.isnan(prices[symbol, index]):
                wanted = exposures[symbol, index] / market.parts
                scratch.weights[bar, symbol] = np.nan if clear else wanted
            else:
                scratch.exits[bar, symbol] = np.nan if clear else prices[symbol, index]


@kernel
def first_order(bars: Ints, count: int, first: int) -> int:
    """The order that an account begins with: the last that fills by its first bar."""
    index = 0
    if first > 0:
        while index + 1 < count and bars[index + 1] <= first:
            index += 1
    return index


@kernel
def _valued(book: Book, closes: Floats, cash: float, blocks: Ints, out: Out) -> None:
    """The value at each close, as a report measures it.

    Mean and spread are Welford's (Technometrics 4, 1962); a bar that follows a value of 0
    or less has no return.
    """
    row, sums, returns = out
    sums[:] = 0.0
    returns[:] = np.nan
    growth = peak = lowest = 1.0
    mean = spread = downside = cubes = 0.0
    count = held = 0
    before = cash
    for bar in range(closes.shape[0]):
        value, positions = book.cash[bar], 0
        for symbol in range(closes.shape[1]):
            units = book.positions[bar, symbol]
            if units != 0.0:
                value += units * closes[bar, symbol]
                positions += 1
        held += min(positions, 1)
        gain = value / before - 1.0 if before > 0 else np.nan
        before = value
        if np.isnan(gain):
            continue
        count += 1
        step = gain - mean
        mean += step / count
        spread += step * (gain - mean)
        squared = gain * gain
        downside += squared if gain < 0 else 0.0
        cubes += squared * gain
        sums[blocks[bar]] += gain
        if returns.size:
            returns[bar] = gain
        growth *= 1.0 + gain
        peak = max(peak, growth)
        lowest = min(lowest, growth / peak)
    row[0], row[1], row[2], row[3], row[4] = growth, mean, spread, downside, cubes
    row[5], row[10], row[11], row[12] = lowest - 1.0, held, _longest(book.positions), count


@kernel
def _longest(positions: Floats) -> int:
    """The most closes in a row with a position on one side of one symbol."""
    longest = 0
    for symbol in range(positions.shape[1]):
        closes, side = 0, 0.0
        for bar in range(positions.shape[0]):
            now = np.sign(positions[bar, symbol])
            closes = closes + 1 if now == side else 1
            side = now
            if now != 0.0:
                longest = max(longest, closes)
    return longest


@kernel
def _counted(orders: Floats, closes: Floats, trips: Floats, row: Floats) -> None:
    """Count the trades of a report, and their profits and losses."""
    if closes.shape[1] > 1:
        orders = orders[np.argsort(orders[:, 1], kind="mergesort")]
    count = round_trips(orders, closes[-1], closes.shape[0] - 1, trips)
    wins = 0
    won = lost = 0.0
    for index in range(count):
        trip = trips[index]
        profit = trip[3] * (trip[4] * trip[6] - trip[4] * trip[5]) - trip[7]
        if profit > 0:
            wins += 1
            won += profit
        elif profit < 0:
            lost -= profit
    row[6], row[7], row[8], row[9] = count, wins, won, lost


@kernel
def listed(weights: Floats, exits: Floats, out: Orders) -> int:
    """Turn the rows of a plan for one symbol into orders.

    Parameters
    ----------
    weights, exits : ndarray, shape (bar,)
        Of the bar in which they are carried out; NaN for none.
    out : tuple of ndarray, shape (2 × bars + 1,)
        Bars, exposures, exit prices; written.

    Returns
    -------
    int
        How many orders there are.
    """
    bars, exposures, prices = out
    count = 0
    for bar in range(weights.size):
        if not np.isnan(weights[bar]):
            bars[count], exposures[count], prices[count] = bar, weights[bar], np.nan
            count += 1
        if not np.isnan(exits[bar]):
            bars[count], exposures[count], prices[count] = bar, 0.0, exits[bar]
            count += 1
    return count
