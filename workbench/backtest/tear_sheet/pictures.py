"""The figures of a tear sheet; those over time zoom together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from bokeh.layouts import column

from workbench.charts import (
    cumulative_costs,
    drawdown,
    equity_curve,
    excursions,
    exposure,
    lines,
    monthly_returns,
    trade_returns,
    weights_area,
)
from workbench.validation import rolling_beta, rolling_sharpe

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import Column, Range
    from bokeh.plotting import figure

    from workbench.backtest.results import BacktestReport

__all__ = ["costs_by_bar", "figures", "growth", "holdings", "months", "steadiness", "trading"]

DECADE = 10.0
FEWEST_MONTHS = 2
YEAR_PARTS = 2
"""A rolling window is half a year, or a quarter of a shorter history."""


def figures(report: BacktestReport) -> Column:
    """Equity, drawdown and weights over one time axis."""
    equity = growth(report)[0]
    shared = equity.x_range
    return column(
        equity,
        drawdown(report.equity, x_range=shared),
        weights_area(report.weights, x_range=shared),
        sizing_mode="stretch_width",
    )


def growth(report: BacktestReport) -> list[figure]:
    """Equity beside the benchmark, and the drawdown below it."""
    equity = equity_curve(report.equity, log=_spans_decades(report.equity))
    return [equity, drawdown(report.equity, x_range=equity.x_range)]


def steadiness(report: BacktestReport, x_range: Range) -> list[figure]:
    """Rolling Sharpe ratio and beta; none where the history is too short for a window."""
    bars = len(report.returns)
    window = min(round(report.periods_per_year / YEAR_PARTS), bars // 4)
    if window < 10:
        return []
    benchmark = report.equity["benchmark"].pct_change()
    rolled = {
        f"Rolling Sharpe, {window} bars": rolling_sharpe(
            report.returns, window, report.periods_per_year
        ),
        f"Rolling beta, {window} bars": rolling_beta(report.returns, benchmark, window),
    }
    return [
        lines(series.to_frame(), title=title, level=0.0, height=190, x_range=x_range)
        for title, series in rolled.items()
        if series.notna().any()
    ]


def months(report: BacktestReport) -> list[figure]:
    """The table of months, where there are at least two."""
    if len(report.returns.index.to_period("M").unique()) < FEWEST_MONTHS:
        return []
    return [monthly_returns(report.returns, title="")]


def holdings(report: BacktestReport, x_range: Range) -> list[figure]:
    """Weights, and gross and net exposure; none where nothing was held."""
    if report.weights is None or not np.nan_to_num(report.weights.to_numpy()).any():
        return []
    return [
        weights_area(report.weights, x_range=x_range),
        exposure(report.weights, x_range=x_range),
    ]


def trading(report: BacktestReport, x_range: Range) -> list[figure]:
    """Returns of trades, how far they went against us, and what they have cost."""
    made: list[figure] = []
    trades = report.trades
    if trades is not None and trades["return"].notna().any():
        made.append(trade_returns(trades))
    if trades is not None and {"mae", "mfe"} <= set(trades) and trades["mae"].notna().any():
        made.append(excursions(trades))
    paid = costs_by_bar(report)
    if paid is not None and paid.to_numpy().any():
        made.append(cumulative_costs(paid, x_range=x_range))
    return made


def costs_by_bar(report: BacktestReport) -> pd.DataFrame | None:
    """Fees paid on each bar with an order, in the currency of the account; None without orders."""
    orders = report.orders
    if orders is None or orders.empty:
        return None
    paid: pd.DataFrame = orders.groupby("time")[["fee"]].sum().rename(columns={"fee": "fees"})
    return paid.reindex(report.returns.index, fill_value=0.0)


def _spans_decades(equity: pd.DataFrame) -> bool:
    """Whether a linear scale would flatten the early years."""
    return bool(
        (equity > 0).all(axis=None) and equity.max(axis=None) > DECADE * equity.min(axis=None)
    )
