"""From orders to round trips, and how far each went against and for its holder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.filled import EXIT, REASONS, SPLIT
from workbench.compute import kernel
from workbench.market.fills import near, plus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.backtest.filled import Filled
    from workbench.backtest.plan import Plan

__all__ = [
    "TRIP", "order_frame", "orders_as_frame", "round_trips", "trade_frame", "trip_frame",
    "trips_of",
]  # fmt: skip

Floats = npt.NDArray[np.float64]

_COLUMNS = (
    "symbol", "entry_time", "exit_time", "side", "size", "entry_price", "exit_price", "fees",
    "pnl", "return", "mae", "mfe", "exit_reason", "open",
)  # fmt: skip


TRIP = (
    "symbol", "entry", "exit", "sign", "size", "entry_price", "exit_price", "fees", "open",
    "reason",
)  # fmt: skip
"""The columns of a trade in the kernels; an open one has no reason, the number after the last."""


def order_frame(plan: Plan, filled: Filled) -> pd.DataFrame:
    """The orders that were filled.

    Parameters
    ----------
    plan : Plan
        What the engine was told.
    filled : Filled
        What it did.

    Returns
    -------
    pandas.DataFrame
        ``time, symbol, side, size, price, fee, reason``, in the order of filling; the price
        includes slippage, the size is positive, the reason one of `engine.REASONS`.
    """
    return orders_as_frame(filled.orders, plan.time, plan.symbols)


def orders_as_frame(orders: Floats, time: pd.DatetimeIndex, symbols: Sequence[str]) -> pd.DataFrame:
    """Orders as a table; splits, which are none, are left out.

    Parameters
    ----------
    orders : ndarray, shape (orders, 6)
        `ORDER_COLUMNS`.
    time : pandas.DatetimeIndex
        The bars.
    symbols : sequence of str
        The columns.

    Returns
    -------
    pandas.DataFrame
        As `order_frame`.
    """
    orders = orders[orders[:, 5] != SPLIT]
    bar, symbol, reason = (orders[:, column].astype(int) for column in (0, 1, 5))
    return pd.DataFrame(
        {
            "time": time[bar],
            "symbol": np.array(symbols, dtype=object)[symbol],
            "side": np.where(orders[:, 2] > 0, "buy", "sell"),
            "size": np.abs(orders[:, 2]),
            "price": orders[:, 3],
            "fee": orders[:, 4],
            "reason": np.array(REASONS, dtype=object)[reason],
        }
    )


def trade_frame(plan: Plan, filled: Filled) -> pd.DataFrame:
    """Every reduction of a position, against the average price at which it was built.

    An order that turns a position over closes one trade and opens another. A position
    that is open at the end is valued at the last close without an exit fee.

    Parameters
    ----------
    plan : Plan
        What the engine was told.
    filled : Filled
        What it did.

    Returns
    -------
    pandas.DataFrame
        ``symbol, entry_time, exit_time, side, size, entry_price, exit_price, fees, pnl, return,
        mae, mfe, exit_reason, open``, sorted by exit time; ``return`` is `pnl` over the entry
        value. ``mae`` (at or below 0) and ``mfe`` (at or above) are the worst and the best
        price while it was held, beside the entry price, as returns before fees: highs and lows
        of bars that were held whole, closes where there are none, and the exit price itself.

    Notes
    -----
    Shares that a split adds were bought at no price: size and prices are those of the shares at
    the exit. A dividend is part of the account and of no trade.
    """
    orders = filled.orders[np.argsort(filled.orders[:, 1], kind="stable")]
    trips = trips_of(orders, plan.closes[-1], len(plan.time))
    made = trip_frame(trips, plan.time, plan.symbols)
    made["mae"], made["mfe"] = _excursions(plan, trips)
    return made[list(_COLUMNS)].sort_values(
        ["exit_time", "symbol"], kind="stable", ignore_index=True
    )


def trips_of(orders: Floats, marks: Floats, bars: int) -> Floats:
    """Every reduction of a position.

    Parameters
    ----------
    orders : ndarray, shape (orders, 6)
        `ORDER_COLUMNS`, sorted by symbol, then in the order of filling.
    marks : ndarray, shape (symbol,)
        The last close of each symbol, at which what is open is valued.
    bars : int
        How many there are.

    Returns
    -------
    ndarray, shape (trades, 10)
        The columns of `TRIP`, sorted by symbol, then by exit.
    """
    written = np.empty((len(orders) + len(marks), len(TRIP)))
    return written[: round_trips(orders, marks, bars - 1, written)]


def trip_frame(trips: Floats, time: pd.DatetimeIndex, symbols: Sequence[str]) -> pd.DataFrame:
    """Trades as a table, before what they went through.

    Parameters
    ----------
    trips : ndarray, shape (trades, 10)
        As `trips_of` makes them.
    time : pandas.DatetimeIndex
        The bars.
    symbols : sequence of str
        The columns.

    Returns
    -------
    pandas.DataFrame
        As `trade_frame`, without ``mae`` and ``mfe`` and in the order of `trips`.
    """
    symbol, entry, leave, sign = (trips[:, column].astype(int) for column in range(4))
    size, bought_at, sold_at, fees = trips[:, 4], trips[:, 5], trips[:, 6], trips[:, 7]
    pnl = sign * (size * sold_at - size * bought_at) - fees
    return pd.DataFrame(
        {
            "symbol": np.array(symbols, dtype=object)[symbol],
            "entry_time": time[entry],
            "exit_time": time[leave],
            "side": np.where(sign > 0, "long", "short").astype(object),
            "size": size,
            "entry_price": bought_at,
            "exit_price": sold_at,
            "fees": fees,
            "pnl": pnl,
            "return": pnl / (size * bought_at),
            "exit_reason": np.array([*REASONS, ""], dtype=object)[trips[:, 9].astype(int)],
            "open": trips[:, 8] != 0,
        }
    )


def _excursions(plan: Plan, trips: Floats) -> tuple[Floats, Floats]:
    """The worst and the best return of each trade while it was held, before fees."""
    out = np.empty((len(trips), 2))
    highs = plan.closes if plan.highs is None else plan.highs
    lows = plan.closes if plan.lows is None else plan.lows
    shares: Floats = np.empty((0, 0))
    if plan.life is not None:
        shares = plan.life.shares.cumprod(axis=0)
    _reach(trips, (highs, lows, shares), out, plan.fills_at == "next open")
    return out[:, 0], out[:, 1]


@kernel
def _reach(
    trips: Floats,
    prices: tuple[Floats, Floats, Floats],
    out: Floats,
    at_open: bool,  # noqa: FBT001  numba knows no keyword-only arguments
) -> None:
    """Bars held whole: from the entry at an open, to the exit at a close."""
    highs, lows, shares = prices
    for trip in range(trips.shape[0]):
        row = trips[trip]
        symbol, first, last, side = int(row[0]), int(row[1]), int(row[2]), row[3]
        still = row[8] != 0
        whole = still or (not at_open and int(row[9]) != EXIT)
        low = high = row[6]
        for bar in range(first if at_open else first + 1, last + 1 if whole else last):
            split = shares[bar, symbol] / shares[last, symbol] if shares.size else 1.0
            low = _lower(low, lows[bar, symbol] * split)
            high = -_lower(-high, -highs[bar, symbol] * split)
        against, along = (low, high) if side > 0 else (high, low)
        out[trip, 0] = min(side * (against / row[5] - 1.0), 0.0)
        out[trip, 1] = max(side * (along / row[5] - 1.0), 0.0)


@kernel
def _lower(first: float, second: float) -> float:
    """The lower of two, the first where the second is not known."""
    return second if second < first else first  # noqa: FURB136  min has no rule for NaN


@kernel
def round_trips(orders: Floats, marks: Floats, last_bar: int, out: Floats) -> int:
    """Write one row a trade; `orders` are sorted by symbol, then by time."""
    count = 0
    first = 0
    while first < orders.shape[0]:
        last = first
        while last < orders.shape[0] and orders[last, 1] == orders[first, 1]:
            last += 1
        count = _of_symbol(orders[first:last], marks, last_bar, out, count)
        first = last
    return count


@kernel
def _of_symbol(orders: Floats, marks: Floats, last_bar: int, out: Floats, count: int) -> int:
    symbol = int(orders[0, 1])
    held = gross = fees = 0.0  # signed size of the position, its cost, its entry fees
    entry = 0
    for index in range(orders.shape[0]):
        bar, size = int(orders[index, 0]), orders[index, 2]
        price, fee, reason = orders[index, 3], orders[index, 4], orders[index, 5]
        if reason == SPLIT:
            held += size  # at no price: what was paid for all of them stays
            continue
        if held == 0.0:
            entry = bar
        if held == 0.0 or held * size > 0:
            held, gross, fees = held + size, gross + abs(size) * price, fees + fee
            continue
        left = plus(abs(held), -abs(size))
        closed = abs(held) if left <= 0 else abs(size)
        share = closed / abs(held)
        exit_fee = fee * (closed / abs(size))
        trip = (symbol, entry, bar, np.sign(held), closed)
        paid = fees * share + exit_fee
        count = _write(out, count, trip, (gross / abs(held), price, paid, 0.0, reason))
        if left > 0:
            held, gross, fees = held * (1 - share), gross * (1 - share), fees * (1 - share)
        elif left == 0.0:
            held = gross = fees = 0.0
        else:
            held, gross, fees, entry = np.sign(size) * -left, -left * price, fee - exit_fee, bar
    if not near(held, 0.0):
        trip = (symbol, entry, last_bar, np.sign(held), abs(held))
        mark = marks[symbol]
        count = _write(out, count, trip, (gross / abs(held), mark, fees, 1.0, float(len(REASONS))))
    return count


@kernel
def _write(
    out: Floats,
    count: int,
    trip: tuple[int, int, int, float, float],
    money: tuple[float, float, float, float, float],
) -> int:
    row = out[count]
    row[0], row[1], row[2], row[3], row[4] = trip
    row[5], row[6], row[7], row[8], row[9] = money
    return count + 1
