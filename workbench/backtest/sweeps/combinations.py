"""The loop over combinations: pasted beside a compiled step, or run by the interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.backtest.sweeps.account import Scratch, followed_bars, scratch_for
from workbench.backtest.sweeps.trips import followed_trips
from workbench.compute import kernel

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["combinations", "settled"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Buffers = tuple[Ints, Floats, Floats, Ints]


def combinations(
    decide: Callable[..., Any],
    series_of: Callable[..., Any],
    values_of: Callable[..., Any],
    seen: Any,
    initial: Any,
    market: Any,
    accounts: Any,
    out: tuple[Floats, Floats, Floats],
) -> None:
    """Run a step with every combination of parameters, and measure its accounts.

    Parameters
    ----------
    decide, series_of, values_of : callable
        As `workbench.strategies.binding.bound` writes them.
    seen : tuple
        The tables of the inputs, the row of each point in each table, shape (point, input), and
        the columns of the parameters.
    initial : float or tuple of float
        The state before the first bar.
    market : tuple
        Quotes, shape (4, symbol, bar), and the timing of fills.
    accounts : tuple
        As `settled` takes it.
    out : tuple of ndarray
        Statistics, shape (point, account, statistic), block sums, shape (point, account, block),
        and returns, shape (point, account, bar) or without bars; written.
    """
    tables, rows, columns = seen
    quotes, timing = market
    symbols, bars = quotes.shape[1], quotes.shape[2]
    orders = (
        np.empty((symbols, 2 * bars + 1), np.int64),
        np.empty((symbols, 2 * bars + 1)),
        np.empty((symbols, 2 * bars + 1)),
    )
    counts = np.zeros(symbols, np.int64)
    scratch = scratch_for(accounts[0].prices.shape[1], accounts[0].prices.shape[2])
    for point in range(rows.shape[0]):
        values = values_of(columns, point)
        for symbol in range(symbols):
            quoted = (quotes[0, symbol], quotes[1, symbol], quotes[2, symbol], quotes[3, symbol])
            counts[symbol] = decide(
                series_of(tables, rows[point], symbol),
                values,
                initial,
                (quoted, timing),
                (orders[0][symbol], orders[1][symbol], orders[2][symbol]),
            )
        settled(orders, counts, accounts, scratch, (out[0][point], out[1][point], out[2][point]))


@kernel
def settled(
    orders: tuple[Ints, Floats, Floats],
    counts: Ints,
    accounts: Any,
    scratch: Scratch,
    out: tuple[Floats, Floats, Floats],
) -> None:
    """Measure the accounts that some orders make.

    Parameters
    ----------
    orders : tuple of ndarray, shape (symbol, 2 × bars + 1)
        Bars, exposures and exit prices.
    counts : ndarray, shape (symbol,)
        How many orders each symbol has.
    accounts : tuple
        A `Market`, its closes as (symbol, bar), a `Ground`, the block of each bar, and whether
        an account may be followed trip by trip.
    scratch : Scratch
        Room for one account.
    out : tuple of ndarray
        Statistics, shape (account, statistic), block sums, shape (account, block), and returns,
        shape (account, bar) or without bars; written.
    """
    market, closes, ground, blocks, by_trips = accounts
    size = market.prices.shape[2]
    for account in range(market.prices.shape[0]):
        written = (out[0][account], out[1][account], out[2][account])
        first = account * size
        if by_trips and size == 1 and ground.steady[account]:
            tables = (
                closes[account], ground.falls[account], ground.enter[account],
                ground.leave[account], ground.squares[account], ground.edges[account],
            )  # fmt: skip
            own = (orders[0][account], orders[1][account], orders[2][account])
            span = (counts[account], market.first)
            if followed_trips(own, span, tables, market.cash, blocks, written):
                continue
        last = first + size
        several = (orders[0][first:last], orders[1][first:last], orders[2][first:last])
        followed_bars(several, counts[first:last], market, account, scratch, blocks, written)
