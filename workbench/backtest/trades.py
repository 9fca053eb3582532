"""From orders to round trips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.engine import REASONS
from workbench.compute import kernel
from workbench.market.fills import near, plus

if TYPE_CHECKING:
    from workbench.backtest.engine import Filled
    from workbench.backtest.plan import Plan

__all__ = ["order_frame", "trade_frame"]

Floats = npt.NDArray[np.float64]

_COLUMNS = (
    "symbol", "entry_time", "exit_time", "side", "size", "entry_price", "exit_price", "fees",
    "pnl", "return", "open",
)  # fmt: skip


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
    bar, symbol = filled.orders[:, 0].astype(int), filled.orders[:, 1].astype(int)
    return pd.DataFrame(
        {
            "time": plan.time[bar],
            "symbol": np.array(plan.symbols, dtype=object)[symbol],
            "side": np.where(filled.orders[:, 2] > 0, "buy", "sell"),
            "size": np.abs(filled.orders[:, 2]),
            "price": filled.orders[:, 3],
            "fee": filled.orders[:, 4],
            "reason": np.array(REASONS, dtype=object)[filled.orders[:, 5].astype(int)],
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
        open``, sorted by exit time; ``return`` is `pnl` over the entry value.
    """
    orders = filled.orders[np.argsort(filled.orders[:, 1], kind="stable")]
    written = np.empty((len(orders) + len(plan.symbols), 9))
    trips = written[: _round_trips(orders, plan.closes, written)]
    symbol, entry, leave, sign = (trips[:, column].astype(int) for column in range(4))
    size, bought_at, sold_at, fees = trips[:, 4], trips[:, 5], trips[:, 6], trips[:, 7]
    pnl = sign * (size * sold_at - size * bought_at) - fees
    made = pd.DataFrame(
        {
            "symbol": np.array(plan.symbols, dtype=object)[symbol],
            "entry_time": plan.time[entry],
            "exit_time": plan.time[leave],
            "side": np.where(sign > 0, "long", "short"),
            "size": size,
            "entry_price": bought_at,
            "exit_price": sold_at,
            "fees": fees,
            "pnl": pnl,
            "return": pnl / (size * bought_at),
            "open": trips[:, 8] != 0,
        },
        columns=list(_COLUMNS),
    )
    return made.sort_values(["exit_time", "symbol"], kind="stable", ignore_index=True)


@kernel
def _round_trips(orders: Floats, closes: Floats, out: Floats) -> int:
    """Write one row a trade; `orders` are sorted by symbol, then by time."""
    count = 0
    first = 0
    last_bar = closes.shape[0] - 1
    while first < orders.shape[0]:
        symbol = int(orders[first, 1])
        held = 0.0  # signed size of the position, its cost, its entry fees, its first bar
        gross = 0.0
        fees = 0.0
        entry = 0
        index = first
        while index < orders.shape[0] and int(orders[index, 1]) == symbol:
            bar, size, price, fee = (
                int(orders[index, 0]), orders[index, 2], orders[index, 3], orders[index, 4]
            )  # fmt: skip
            index += 1
            if held == 0.0:
                entry = bar
            if held == 0.0 or held * size > 0:
                held += size
                gross += abs(size) * price
                fees += fee
                continue
            left = plus(abs(held), -abs(size))
            closed = abs(held) if left <= 0 else abs(size)
            share = closed / abs(held)
            exit_fee = fee * (closed / abs(size))
            _write(out[count], (symbol, entry, bar, np.sign(held), closed))
            out[count, 5] = gross / abs(held)
            out[count, 6] = price
            out[count, 7] = fees * share + exit_fee
            out[count, 8] = 0.0
            count += 1
            if left > 0:
                held, gross, fees = held * (1 - share), gross * (1 - share), fees * (1 - share)
            elif left == 0.0:
                held, gross, fees = 0.0, 0.0, 0.0
            else:
                held, gross, fees, entry = np.sign(size) * -left, -left * price, fee - exit_fee, bar
        if not near(held, 0.0):
            _write(out[count], (symbol, entry, last_bar, np.sign(held), abs(held)))
            out[count, 5] = gross / abs(held)
            out[count, 6] = closes[last_bar, symbol]
            out[count, 7] = fees
            out[count, 8] = 1.0
            count += 1
        first = index
    return count


@kernel
def _write(row: Floats, values: tuple[int, int, int, float, float]) -> None:
    row[0] = values[0]
    row[1] = values[1]
    row[2] = values[2]
    row[3] = values[3]
    row[4] = values[4]
