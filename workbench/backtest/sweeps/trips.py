"""The account of one symbol that is wholly in or wholly out: a look-up for each round trip.

Where no order has a fixed fee, such an account grows by a factor for each trip, and everything
that is measured of it is a sum, a product or an extreme over trips. Cash and units are those of
`workbench.market.fills`: a buy for all the cash is cut to ``cash / (1 + fee)``, a sale of
everything brings ``(1 - fee)`` of its value, both at the price with slippage.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.backtest.sweeps.account import first_order
from workbench.backtest.sweeps.ground import fall_between
from workbench.compute import kernel

__all__ = ["STATISTICS", "followed_trips"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Tables = tuple[Floats, Floats, Floats, Floats, float, Floats]

STATISTICS = (
    "growth", "mean", "spread", "downside", "cubes", "drawdown", "trades", "wins", "won", "lost",
    "held", "longest", "bars",
)  # fmt: skip
"""What is written of an account.

``growth`` is the final over the initial value; ``mean`` that of the returns, ``spread`` the sum of
their squared distances from it, ``downside`` the sum of the squared losses, ``cubes`` of the cubed
returns; ``drawdown`` the deepest, at or below 0; ``trades`` and ``wins`` count reductions of a
position, ``won`` and ``lost`` are their profits and losses, at or above 0; ``held`` counts bars
with a position, ``longest`` the most in one go; ``bars`` counts the returns.
"""

TINY = 1e-3
"""An account below this share of a unit of money is followed bar by bar: amounts near the
tolerance of `workbench.market.fills` count as nothing."""
DIGITS = 2e-5
"""How far rounding may lie below the spread of the returns: 1e-16 of it is left of 1e-11."""


class _Trip(NamedTuple):
    cash: float
    peak: float
    lowest: float
    total: float
    squares: float
    downside: float
    cubes: float
    poorest: float


@kernel
def followed_trips(
    orders: tuple[Ints, Floats, Floats],
    span: tuple[int, int],
    tables: Tables,
    cash: float,
    blocks: Ints,
    out: tuple[Floats, Floats, Floats],
) -> bool:
    """Follow an account over its orders.

    Parameters
    ----------
    orders : tuple of ndarray
        Bars, exposures and exit prices, as a loop of `workbench.strategies.loops` writes them.
    span : tuple of int
        How many orders there are, and the first bar that is traded.
    tables : tuple
        Of the symbol: closes and the tables of a `Ground`.
    cash : float
        What the account begins with.
    blocks : ndarray, shape (bar,)
        The block of the bootstrap that each bar lies in.
    out : tuple of ndarray
        `STATISTICS`, the sums of the returns in each block, and the returns, shape (bar,) or
        none of them; written.

    Returns
    -------
    bool
        False where the account is another kind of account, or the sums would lose digits:
        nothing that was written holds then.
    """
    bars, exposures, prices = orders
    count, first = span
    closes, enter, leave = tables[0], tables[2], tables[3]
    size = closes.size
    out[1][:] = 0.0
    out[2][:] = 0.0
    trip = _Trip(cash, cash, 1.0, 0.0, 0.0, 0.0, 0.0, cash)
    entered = -1
    trades = wins = held = longest = 0
    won = lost = 0.0
    index = first_order(bars, count, first)
    while index <= count:
        bar = size
        exposure = 0.0
        if index < count:
            bar = min(max(bars[index] - first, 0), size)
            exposure = exposures[index] if np.isnan(prices[index]) else np.nan
        index += 1
        if exposure == 1.0:
            if entered < 0 and bar < size and not np.isnan(enter[bar, 0]):
                entered = bar
        elif exposure != 0.0:
            return False
        elif entered >= 0 and not np.isnan(leave[bar, 0]):
            before = trip.cash
            trip = _traded(trip, entered, bar, tables, blocks, out[1])
            _returned(entered, bar, tables, out[2])
            profit = trip.cash - before
            trades += 1
            if profit > 0:
                wins += 1
                won += profit
            else:
                lost -= profit
            held += bar - entered
            longest = max(longest, bar - entered)
            entered = -1
    mean = trip.total / size
    spread = trip.squares - trip.total * mean
    row = out[0]
    row[0], row[1], row[2], row[3], row[4] = (
        trip.cash / cash,
        mean,
        spread,
        trip.downside,
        trip.cubes,
    )
    row[5], row[6], row[7], row[8], row[9] = trip.lowest - 1.0, trades, wins, won, lost
    row[10], row[11], row[12] = held, longest, size
    exact = trades == 0 or spread > DIGITS * tables[4] * np.sqrt(1.0 + trades)
    return exact and trip.poorest > TINY


@kernel
def _traded(
    trip: _Trip,
    entry: int,
    leaving: int,
    tables: Tables,
    blocks: Ints,
    sums: Floats,
) -> _Trip:
    """Add a round trip to an account."""
    closes, falls, enter, leave = tables[0], tables[1], tables[2], tables[3]
    bought, sold = enter[entry], leave[leaving]
    units = trip.cash * bought[4]
    cash = units * sold[4]
    gained = bought[0] + sold[0]
    low, high, fall = fall_between(closes, falls, entry, leaving - 1)
    lowest, peak = min(trip.lowest, fall), trip.peak
    if units * low < lowest * peak:
        lowest = units * low / peak
    peak = max(peak, units * high)
    if cash < lowest * peak:
        lowest = cash / peak
    _share(entry, leaving, tables, blocks, sums)
    return _Trip(
        cash,
        max(peak, cash),
        lowest,
        trip.total + gained,
        trip.squares + (bought[1] + sold[1]),
        trip.downside + (bought[2] + sold[2]),
        trip.cubes + (bought[3] + sold[3]),
        min(trip.poorest, units * low, cash),
    )


@kernel
def _share(entry: int, leaving: int, tables: Tables, blocks: Ints, sums: Floats) -> None:
    """Divide the return of a trip among the blocks that it touches."""
    edges, block_of = tables[5], blocks
    first, last = block_of[entry], block_of[min(leaving, block_of.size - 1)]
    gained, lost = tables[2][entry, 0], tables[3][leaving, 0]
    if first == last:
        sums[first] += gained + lost
        return
    sums[first] += gained + edges[first + 1]
    for block in range(first + 1, last):
        sums[block] += edges[block + 1] - edges[block]
    sums[last] += lost - edges[last]


@kernel
def _returned(entry: int, leaving: int, tables: Tables, returns: Floats) -> None:
    """Write the returns of a round trip bar by bar, if they are wanted."""
    if returns.size == 0:
        return
    closes, enter, leave = tables[0], tables[2], tables[3]
    growth = enter.shape[1] - 1
    returns[entry] = closes[entry] * enter[entry, growth] - 1.0
    for bar in range(entry + 1, min(leaving, closes.size)):
        returns[bar] = closes[bar] / closes[bar - 1] - 1.0
    if leaving < closes.size:
        returns[leaving] = leave[leaving, growth] / closes[leaving - 1] - 1.0
