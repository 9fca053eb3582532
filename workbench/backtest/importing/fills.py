"""The report of a table of fills beside prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.benchmark import benchmark_values
from workbench.backtest.filled import ORDER_COLUMNS, Filled
from workbench.backtest.plan import Plan, plan_orders
from workbench.backtest.report import assemble
from workbench.data import bars as read_bars
from workbench.errors import UnusableFrame
from workbench.market.costs import Costs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.backtest.results import BacktestReport

__all__ = ["report_of_fills"]

Floats = npt.NDArray[np.float64]


def report_of_fills(
    fills: pd.DataFrame, prices: Any, benchmark: Any, labels: Mapping[str, Any]
) -> BacktestReport:
    """Value fills at the closes of prices, and measure the account.

    Parameters
    ----------
    fills : pandas.DataFrame
        Index time; ``symbol, size, price`` and optionally ``fee`` and ``side``. A negative size, or
        a side that begins with s, is a sale.
    prices : xarray.Dataset or DataFrame
        Bars of every symbol in `fills`.
    benchmark : Dataset, DataFrame, Series or None
        As `simulate` takes it.
    labels : mapping
        ``strategy`` and ``initial_cash``.

    Returns
    -------
    BacktestReport
        With trades, orders and what they cost; slippage is not known and counts as 0.

    Raises
    ------
    UnusableFrame
        If a size or price is missing, or a fill lies outside the prices.
    """
    bars = read_bars(prices)
    plan = plan_orders(bars["close"] * np.nan, bars)
    orders = _orders(fills, plan)
    cash, positions = _accounts(orders, plan, labels["initial_cash"])
    report = assemble(
        plan,
        Filled(orders, cash, positions, _statuses(orders)),
        bars,
        costs=Costs.none(),
        initial_cash=labels["initial_cash"],
        benchmark=benchmark_values(benchmark, plan),
        labels={"strategy": labels["strategy"], "engine": "imported", "parameters": {}},
    )
    kept = [note for note in report.notes if not note.startswith("What is known at a close")]
    return report.model_copy(
        update={
            "fills_at": "imported",
            "notes": [*kept, "Fills are as they were given; slippage is part of their prices."],
        }
    )


def _orders(fills: pd.DataFrame, plan: Plan) -> Floats:
    """As the engine writes them, in the order of time."""
    known = [name for name in ("symbol", "size", "price") if name not in fills]
    if known:
        raise UnusableFrame(
            "The trades lack a column", seen=known, cure="Name them time, symbol, size, price, fee"
        )
    symbol = pd.Index(plan.symbols).get_indexer(fills["symbol"].astype(str))
    _demand(symbol >= 0, fills, "A trade is in a symbol without prices")
    bar = _bars_of(fills.index, plan.time)
    inside = (bar >= 0) & (bar < len(plan.time))
    _demand(inside, fills, "A trade lies outside the prices")
    size, price = (_numbers(fills, name) for name in ("size", "price"))
    _demand(price > 0, fills, "A price is not above 0")
    if "side" in fills:
        sold = fills["side"].astype(str).str.lower().str.startswith("s").to_numpy()
        size = np.where(sold, -np.abs(size), np.abs(size))
    orders = np.zeros((len(fills), len(ORDER_COLUMNS)))
    orders[:, :4] = np.column_stack([bar, symbol, size, price])
    orders[:, 4] = np.nan_to_num(_numbers(fills, "fee")) if "fee" in fills else 0.0
    traded: Floats = orders[size != 0]
    return traded


def _bars_of(times: pd.DatetimeIndex, bars: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
    """The bar of each fill: of its day where bars are sessions, else the one that contains it.

    A fill on a day without a session belongs to the next; outside of the bars it is −1 or
    their number.
    """
    if (bars == bars.normalize()).all():
        days = times.normalize().as_unit("ns")
        return np.where(days < bars[0], -1, bars.searchsorted(days))
    return np.where(
        times > bars[-1] + (bars[-1] - bars[-2]),
        len(bars),
        bars.searchsorted(times.as_unit("ns"), side="right") - 1,
    )


def _accounts(orders: Floats, plan: Plan, initial_cash: float) -> tuple[Floats, Floats]:
    """Cash and positions after each bar."""
    bar, symbol = orders[:, 0].astype(int), orders[:, 1].astype(int)
    paid = np.zeros(len(plan.time))
    np.add.at(paid, bar, -orders[:, 2] * orders[:, 3] - orders[:, 4])
    moved = np.zeros(plan.closes.shape)
    np.add.at(moved, (bar, symbol), orders[:, 2])
    positions = moved.cumsum(axis=0)
    gross = np.abs(moved).cumsum(axis=0)
    positions[np.abs(positions) <= 1e-9 * gross] = 0.0
    cash: Floats = initial_cash + paid.cumsum()
    return cash, positions


def _statuses(orders: Floats) -> npt.NDArray[np.int64]:
    statuses = np.zeros(5, dtype=np.int64)
    statuses[1] = len(orders)
    return statuses


def _numbers(fills: pd.DataFrame, name: str) -> Floats:
    values: Floats = pd.to_numeric(fills[name], errors="coerce").to_numpy(dtype=np.float64)
    if name != "fee":
        _demand(np.isfinite(values), fills, f"A {name} is missing or no number")
    return values


def _demand(holds: Any, fills: pd.DataFrame, what: str) -> None:
    wrong = np.flatnonzero(~np.asarray(holds))
    if len(wrong):
        row = fills.iloc[wrong[0]]
        raise UnusableFrame(
            what,
            seen=f"{fills.index[wrong[0]]} {row.to_dict()}",
            cure="Mend the row, or give prices that cover it",
        )
