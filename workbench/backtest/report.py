"""From filled orders to the numbers of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.charges import charges_of
from workbench.backtest.results import (
    BacktestReport,
    BenchmarkComparison,
    Performance,
    Period,
    RiskNumbers,
    TradeStatistics,
)
from workbench.backtest.trades import order_frame, trade_frame
from workbench.backtest.warnings import warnings_of
from workbench.market.fills import PARTIAL, REJECTED, UNPRICED
from workbench.validation import (
    RELATIVE_MEASURES,
    bars_per_year,
    measure,
    profit_factor,
    question_of,
    win_rate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import xarray as xr

    from workbench.backtest.filled import Filled
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

    Floats = npt.NDArray[np.float64]

__all__ = ["assemble", "compared", "risk_numbers"]

NO_BIAS = ("", "none", "free", "point-in-time", "unknown")

_FILLS = {
    "next open": "What is known at a close fills at the next open",
    "next close": "What is known at a close fills at the next close",
    "same close": "Orders fill at the close that decided them, the signal's own price, which "
    "nobody can trade at",
}

_DROPPED = {
    PARTIAL: "{} buys were cut to the cash there was.",
    REJECTED: "{} orders were rejected: no cash, or the account was worth nothing.",
    UNPRICED: "{} orders were dropped: the bar had no price.",
}


def assemble(
    plan: Plan,
    filled: Filled,
    bars: xr.Dataset,
    *,
    costs: Costs,
    initial_cash: float,
    benchmark: pd.Series,
    labels: Mapping[str, Any],
) -> BacktestReport:
    """Value what was filled, and measure it.

    Parameters
    ----------
    plan : Plan
        What the engine was told.
    filled : Filled
        What it did.
    bars : xarray.Dataset
        Where the plan came from, for its attributes.
    costs : Costs
        What the orders cost.
    initial_cash : float
        Cash before the first bar.
    benchmark : pandas.Series
        Growth of 1, shape (time,).
    labels : mapping
        ``strategy``, ``engine`` and ``parameters`` of the report.

    Returns
    -------
    BacktestReport
        Without a trial number.
    """
    held = np.where(filled.positions == 0, 0.0, filled.positions * plan.closes)
    equity = filled.cash + held.sum(axis=1)
    before = np.r_[initial_cash, equity[:-1]]
    returns = equity / np.where(before > 0, before, np.nan) - 1.0  # who owes has no return
    a_year = bars_per_year(bars)
    trades, orders = trade_frame(plan, filled), order_frame(plan, filled)
    traded = bars.sel(time=slice(plan.time[0], plan.time[-1]))
    columns = list(plan.symbols)
    return BacktestReport(
        **labels,
        dataset=str(bars.attrs.get("dataset") or "your frame"),
        symbols=columns,
        fills_at=plan.fills_at,
        initial_cash=initial_cash,
        period=Period(start=plan.time[0], end=plan.time[-1], bars=len(plan.time)),
        periods_per_year=a_year,
        results=_performance(returns, trades, a_year),
        risk_metrics=risk_numbers(returns, a_year),
        trade_statistics=_statistics(trades),
        benchmark_comparison=compared(returns, benchmark, a_year),
        costs=charges_of(
            plan, filled, costs, equity=equity, initial_cash=initial_cash, a_year=a_year
        ),
        question=question_of(traded),
        survivorship=str(bars.attrs.get("survivorship", "")),
        notes=[
            *_notes(plan, filled, bars, benchmark, a_year),
            *warnings_of(plan, filled, bars, costs),
        ],
        equity=pd.DataFrame(
            {"strategy": equity, "benchmark": benchmark.to_numpy() * initial_cash}, plan.time
        ),
        returns=pd.Series(returns, plan.time, name="returns"),
        weights=pd.DataFrame(
            held / np.where(equity == 0, np.nan, equity)[:, None], plan.time, columns
        ),
        trades=trades,
        orders=orders,
    )


def _measured(part: Any, returns: Floats, a_year: float) -> dict[str, float]:
    """The fields of a part that are measures of returns."""
    skipped = {"win_rate", "profit_factor", "total_trades"}
    names = [name for name in part.model_fields if name not in skipped]
    return {name: measure(name, returns, a_year) for name in names}


def _performance(returns: Floats, trades: pd.DataFrame, a_year: float) -> Performance:
    profits = trades["pnl"].to_numpy(dtype=np.float64)
    return Performance(
        **_measured(Performance, returns, a_year),
        win_rate=win_rate(profits),
        profit_factor=profit_factor(profits),
        total_trades=len(trades),
    )


def _statistics(trades: pd.DataFrame) -> TradeStatistics:
    profits = trades["pnl"]
    won, lost = profits[profits > 0], profits[profits < 0]
    return TradeStatistics(
        total_trades=len(trades),
        winning_trades=len(won),
        losing_trades=len(lost),
        open_trades=int(trades["open"].sum()),
        average_win=won.mean(),
        average_loss=lost.mean(),
        largest_win=won.max(),
        largest_loss=lost.min(),
    )


def risk_numbers(returns: Floats, a_year: float) -> RiskNumbers:
    """How returns, shape (time,), are spread."""
    return RiskNumbers(**_measured(RiskNumbers, returns, a_year))


def compared(returns: Floats, benchmark: pd.Series, a_year: float) -> BenchmarkComparison:
    """Returns, shape (time,), beside the growth of 1 in a benchmark on the same bars."""
    growth = benchmark.to_numpy(dtype=np.float64)
    theirs = growth / np.r_[1.0, growth[:-1]] - 1.0
    gained = measure("total_return", theirs, a_year)
    return BenchmarkComparison(
        benchmark=str(benchmark.name),
        benchmark_return=gained,
        outperformance=measure("total_return", returns, a_year) - gained,
        **{which.value: find(returns, theirs, a_year) for which, find in RELATIVE_MEASURES.items()},
    )


def _notes(
    plan: Plan, filled: Filled, bars: xr.Dataset, benchmark: pd.Series, a_year: float
) -> list[str]:
    notes = [
        f"{_FILLS[plan.fills_at]}; a year has {a_year:g} bars.",
        f"The benchmark is {benchmark.name}; it trades for free.",
    ]
    bias = str(bars.attrs.get("survivorship", "")).strip()
    if bias.lower() not in NO_BIAS:
        notes.insert(0, bias)
    notes += [
        text.format(filled.statuses[status])
        for status, text in _DROPPED.items()
        if filled.statuses[status]
    ]
    if not len(filled.orders):
        notes.append("No order was placed: the strategy never traded.")
    return notes
