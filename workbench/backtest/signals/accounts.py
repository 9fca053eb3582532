"""Signals in, one account a symbol out."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.filled import ORDER_COLUMNS
from workbench.backtest.plan import FillsAt, convention, pressure_on
from workbench.backtest.scope import refuse_amounts
from workbench.backtest.signals.loop import SUMS, Books, Rules, most_orders, run_accounts
from workbench.backtest.signals.results import SignalAccounts
from workbench.backtest.signals.tables import Prices, Signals, Stops, prices_of, signals_on
from workbench.backtest.trades import trips_of
from workbench.data import bars as read_bars
from workbench.errors import InvalidInput, OutOfRange
from workbench.market.costs import Costs
from workbench.market.fills import PARTIAL, REJECTED, UNPRICED
from workbench.validation import bars_per_year

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["simulate_signals"]

Floats = npt.NDArray[np.float64]

CELLS = 200_000
"""Cells of a table that are worth a thread."""

_DROPPED = {
    PARTIAL: "{} positions were bought back in part only: the cash was gone.",
    REJECTED: "{} orders were rejected: no cash, or less than their fees.",
    UNPRICED: "{} orders were dropped: the bar had no price.",
}


def simulate_signals(  # noqa: PLR0913  an order has many sides
    bars: Any,
    entries: Any,
    exits: Any,
    short_entries: Any = None,
    short_exits: Any = None,
    *,
    stop_loss: float | None = None,
    take_profit: float | None = None,
    trailing_stop: float | None = None,
    costs: Costs | None = None,
    fills_at: FillsAt | None = None,
    initial_cash: float = 100_000.0,
    lot: float = 0.0,
    periods_per_year: float | None = None,
) -> SignalAccounts:
    """Trade entries and exits symbol by symbol, each in an account of its own.

    An entry puts all the money of its account into the symbol, an exit takes it out; who is in
    does not add. An entry of the other side turns the position over. A bar with an entry and
    an exit of the same side is an exit, one with entries of both sides is nothing. For one
    account of all symbols give ``(entries, exits)`` to `simulate` or `run_backtest`.

    Parameters
    ----------
    bars : xarray.Dataset or DataFrame
        Bars, as `workbench.data.bars` reads them.
    entries, exits : DataFrame, DataArray, Series or ndarray of bool
        Time × symbol, known at the close of their bar; what is missing counts as False.
    short_entries, short_exits : DataFrame, DataArray, Series or ndarray of bool, optional
        The same of short positions, whose proceeds are cash. Both or none.
    stop_loss, take_profit : float, optional
        How far against and for a position, from the price of its fill before slippage, it is
        closed inside a bar; 0.05 is five per cent (`workbench.market.brackets`).
    trailing_stop : float, optional
        How far from the best price since the fill. With a stop-loss the nearer counts.
    costs : Costs, optional
        What an order costs; the defaults of `Costs`.
    fills_at : {"next open", "next close", "same close"}, optional
        When orders fill; by default at the next open, or the next close without opens. The
        same close is the price that the signal was computed from: nobody can trade at it.
    initial_cash : float
        Cash of each account before the first bar, above 0.
    lot : float
        Orders come in multiples of so many units, rounded down; 0 for any size.
    periods_per_year : float, optional
        Bars in a year, for the Sharpe ratio; by default those of the bars' calendar.

    Returns
    -------
    SignalAccounts
        Measures of each account, equity, orders and trades.

    Raises
    ------
    InvalidInput
        If a table is no table of true and false, one of two tables of short positions is
        missing, costs of holding are charged, opens are needed and missing, or impact is
        charged without volumes.
    OutOfRange
        If cash, lot, a stop or the bars of a year cannot be used.
    UnknownName
        If `fills_at` is none of the three.
    UnusableFrame
        If bars or signals cannot be read.

    Notes
    -----
    A hole in the prices drops the orders of its bar and leaves the value at the last close.
    Trades, equity and ratios are those of ``vectorbt.Portfolio.from_signals`` (1.0) with
    ``upon_long_conflict="exit", upon_short_conflict="exit", stop_exit_price="stopmarket",
    min_size=0`` and ``freq`` given, to 1e-9, with these exceptions: a position opened at an
    open is watched by its stops from that bar on, not from the next; the cash at the start is
    the first peak of the drawdown, not the first close; the Sharpe ratio of an account that
    never moved is NaN, not infinite, and who owes has no returns. A stop that fills at the level
    pays slippage, as ``stopmarket`` does.

    Examples
    --------
    >>> from workbench.backtest import simulate_signals
    >>> fast, slow = prices.rolling(20).mean(), prices.rolling(50).mean()  # doctest: +SKIP
    >>> simulate_signals(prices, fast > slow, fast < slow, stop_loss=0.1)  # doctest: +SKIP
    """
    refuse_amounts(initial_cash, lot)
    stops = Stops(stop_loss, take_profit, trailing_stop)
    charged = costs or Costs()
    _refuse_carry(charged)
    read = read_bars(bars)
    a_year = bars_per_year(read) if periods_per_year is None else float(periods_per_year)
    if not (np.isfinite(a_year) and a_year > 0):
        raise OutOfRange("periods_per_year", periods_per_year, cure="Give a number of bars, as 252")
    signals = signals_on(read, _tables(entries, exits, short_entries, short_exits))
    when = convention(read, fills_at)
    felt = pressure_on(read, charged.impact, read.sizes["time"])
    rules = Rules(
        charged.schedule,
        stops.fractions,
        bool(stops),
        when == "next open",
        0 if when == "same close" else 1,
        float(lot),
        float(initial_cash),
        np.empty((0, 0)) if felt is None else felt,
    )
    prices = prices_of(read)
    books = _run(signals, prices, rules)
    return _result(
        read,
        books,
        prices,
        a_year,
        {"fills_at": when, "costs": charged, "initial_cash": initial_cash},
    )


def _tables(*tables: Any) -> tuple[Any, ...]:
    short = tables[2:]
    if all(table is None for table in short):
        return tables[:2]
    if any(table is None for table in short):
        raise InvalidInput(
            "Short positions need entries and exits",
            seen="one of short_entries and short_exits",
            cure="Give both; a table of False never exits",
        )
    return tables


def _refuse_carry(costs: Costs) -> None:
    if any(costs.carry):
        raise InvalidInput(
            "Accounts of signals pay nothing for holding",
            seen=str(costs),
            cure="Give costs without borrow, funding and interest, or trade through simulate",
        )


def _run(signals: Signals, prices: Prices, rules: Rules) -> Books:
    """All accounts, the symbols shared out among threads."""
    bars, symbols = prices.closes.shape
    most = np.zeros(symbols, dtype=np.int64)
    most_orders(signals, most)
    first = np.cumsum(most) - most
    books = Books(
        np.empty((int(most.sum()), len(ORDER_COLUMNS))),
        first,
        np.zeros(symbols, dtype=np.int64),
        np.empty((symbols, bars)),
        np.zeros((symbols, len(SUMS))),
        np.zeros((symbols, 5), dtype=np.int64),
    )
    workers = max(1, min(os.cpu_count() or 1, symbols, bars * symbols // CELLS))
    edges = np.linspace(0, symbols, workers + 1).astype(int).tolist()
    *others, own = pairwise(edges)
    with ThreadPoolExecutor(max(len(others), 1)) as pool:
        running = [
            pool.submit(run_accounts, *block, signals, prices, rules, books) for block in others
        ]
        run_accounts(*own, signals, prices, rules, books)
        for one in running:
            one.result()
    return books


def _result(
    bars: xr.Dataset, books: Books, prices: Prices, a_year: float, asked: dict[str, Any]
) -> SignalAccounts:
    time, symbols = bars.indexes["time"], [str(name) for name in bars["symbol"].to_numpy()]
    orders = np.concatenate(
        [books.orders[at : at + count] for at, count in zip(books.first, books.placed, strict=True)]
    )
    trips = trips_of(orders, _last_known(prices.closes), len(time))
    measures = _measures(books, orders, trips, a_year, asked["initial_cash"])
    measures.index = pd.Index(symbols, name="symbol")
    earned = measures["total_return"]
    return SignalAccounts(
        **asked,
        symbols=len(symbols),
        bars=len(time),
        periods_per_year=a_year,
        orders_filled=len(orders),
        median_return=earned.median(),
        best_return=earned.max(),
        worst_return=earned.min(),
        notes=_notes(books, asked["fills_at"]),
        measures=measures,
        equity=pd.DataFrame(books.equity.T, time, pd.Index(symbols, name="symbol")),
        filled=orders,
        trips=trips,
    )


def _measures(
    books: Books, orders: Floats, trips: Floats, a_year: float, initial_cash: float
) -> pd.DataFrame:
    returns, squares, counted, fallen = books.sums.T
    with np.errstate(invalid="ignore", divide="ignore"):  # of one bar nothing is known
        mean = returns / counted
        spread = np.sqrt(np.maximum(squares - returns * mean, 0.0) / (counted - 1))
    symbols = len(books.placed)
    sign, size, entry, leave, paid = trips[:, 3], trips[:, 4], trips[:, 5], trips[:, 6], trips[:, 7]
    won = (sign * size * (leave - entry) - paid) > 0
    own = trips[:, 0].astype(int)
    trades = np.bincount(own, minlength=symbols)
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                "total_return": books.equity[:, -1] / initial_cash - 1.0,
                "sharpe_ratio": np.where(spread > 0, mean / spread, np.nan) * np.sqrt(a_year),
                "max_drawdown": fallen,
                "trades": trades,
                "win_rate": np.bincount(own, won, minlength=symbols) / trades,
                "fees": np.bincount(orders[:, 1].astype(int), orders[:, 4], minlength=symbols),
                "final_value": books.equity[:, -1],
            }
        )


def _last_known(closes: Floats) -> Floats:
    """The last close of each symbol; NaN where there is none."""
    marks: Floats = closes[-1].copy()
    for symbol in np.flatnonzero(np.isnan(marks)):
        known = closes[~np.isnan(closes[:, symbol]), symbol]
        marks[symbol] = known[-1] if known.size else np.nan
    return marks


def _notes(books: Books, fills_at: str) -> list[str]:
    statuses = books.statuses.sum(axis=0)
    said = [text.format(statuses[one]) for one, text in _DROPPED.items() if statuses[one]]
    owing = (books.equity[:, -1] < 0).sum()
    if owing:
        said.append(
            f"{owing} accounts ended owing money: short positions lost more than there was."
        )
    if fills_at == "same close":
        said.insert(0, "Orders fill at the signal's own price, which nobody can trade at.")
    return said
