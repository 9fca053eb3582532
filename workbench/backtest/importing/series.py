"""The report of a series of returns: what can be known without the trades."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.report import compared, risk_numbers
from workbench.backtest.results import (
    BacktestReport,
    BenchmarkComparison,
    Performance,
    Period,
    TradeStatistics,
)
from workbench.data import bars as read_bars
from workbench.errors import InvalidInput, TooLittleHistory, UnusableFrame
from workbench.validation import measure

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["report_of_returns", "returns_of_equity"]

NAN = float("nan")
DAYS_PER_YEAR = 365.25
EVERY_DAY = 300
"""More bars a year than this trade on weekends too."""


def returns_of_equity(equity: pd.Series) -> pd.Series:
    """Simple returns of an account; the first bar has none.

    Parameters
    ----------
    equity : pandas.Series, shape (time,)
        Values above 0.

    Returns
    -------
    pandas.Series, shape (time - 1,)
        From the second bar on.

    Raises
    ------
    UnusableFrame
        If a value is not above 0.
    """
    if (equity <= 0).any():
        raise UnusableFrame(
            "An equity must be above 0",
            seen=f"{equity[equity <= 0].iloc[0]:g} at {equity.index[equity <= 0][0]}",
            cure="Say kind='returns' if these are returns; else end the series before the loss",
        )
    return (equity / equity.shift(1) - 1.0).iloc[1:]


def report_of_returns(
    returns: pd.Series, benchmark: Any, labels: Mapping[str, Any]
) -> BacktestReport:
    """A report with everything that returns alone can tell.

    Parameters
    ----------
    returns : pandas.Series, shape (time,)
        Simple returns, after costs.
    benchmark : Dataset, DataFrame, Series or None
        Prices of one symbol.
    labels : mapping
        ``strategy`` and ``initial_cash``.

    Returns
    -------
    BacktestReport
        Without trades, orders, weights and costs.

    Raises
    ------
    TooLittleHistory
        If there are fewer than two bars.
    UnusableFrame
        If a return is below −1.
    """
    if len(returns) < 2:
        raise TooLittleHistory(2, len(returns), "a history of returns")
    if (returns < -1).any():
        raise UnusableFrame(
            "A return is below -1, more than all",
            seen=f"{returns.min():g} at {returns.idxmin()}",
            cure="Give fractions, 0.01 for one percent; say kind='equity' if these are values",
        )
    year = bars_a_year_of(returns.index)
    values = returns.to_numpy(dtype=np.float64)
    cash = labels["initial_cash"]
    equity = pd.DataFrame({"strategy": cash * np.cumprod(1.0 + values)}, returns.index)
    beside = _beside(values, benchmark, returns.index, year)
    if beside is not None:
        equity["benchmark"] = cash * beside[1].to_numpy()
    return BacktestReport(
        strategy=labels["strategy"],
        dataset="imported returns",
        symbols=[],
        engine="imported",
        fills_at="unknown",
        initial_cash=cash,
        period=Period(start=returns.index[0], end=returns.index[-1], bars=len(returns)),
        periods_per_year=year,
        parameters={},
        results=_performance(values, year),
        risk_metrics=risk_numbers(values, year),
        trade_statistics=_no_trades(),
        benchmark_comparison=None if beside is None else beside[0],
        costs=None,
        question=_question(returns),
        notes=[
            "Nothing is known of trades and costs: the returns are taken as after costs.",
            f"A year has {year:g} bars, by the times of the history.",
        ],
        equity=equity,
        returns=returns.rename("returns"),
    )


def bars_a_year_of(index: pd.DatetimeIndex) -> float:
    """Bars in a year by the times of a history: 252, 365, 52 or 12, else as many as there are."""
    days = (index[-1] - index[0]).total_seconds() / 86_400
    seen = (len(index) - 1) * DAYS_PER_YEAR / days if days > 0 else 252.0
    for usual in (252.0, 365.0, 52.0, 12.0):
        if abs(seen / usual - 1) < 0.06:
            return usual
    return round(seen, 1)


def _performance(values: np.ndarray[Any, np.dtype[np.float64]], year: float) -> Performance:
    of_trades: dict[str, Any] = {"win_rate": NAN, "profit_factor": NAN, "total_trades": 0}
    measured = {
        name: measure(name, values, year)
        for name in Performance.model_fields
        if name not in of_trades
    }
    return Performance(**measured, **of_trades)


def _no_trades() -> TradeStatistics:
    counted = {"total_trades", "winning_trades", "losing_trades", "open_trades"}
    return TradeStatistics(
        **{name: 0 if name in counted else NAN for name in TradeStatistics.model_fields}
    )


def _beside(
    values: np.ndarray[Any, np.dtype[np.float64]], given: Any, index: pd.DatetimeIndex, year: float
) -> tuple[BenchmarkComparison, pd.Series] | None:
    if given is None:
        return None
    close = read_bars(given.to_frame() if isinstance(given, pd.Series) else given)["close"]
    if close.sizes["symbol"] != 1:
        raise InvalidInput(
            "A benchmark is one symbol",
            seen=close.sizes["symbol"],
            cure="Choose one, for example sp500 or sp500-20:AAPL",
        )
    prices = close.isel(symbol=0).to_series().dropna()
    laid = prices.reindex(prices.index.union(index)).ffill().reindex(index)
    growth = (laid / laid.bfill().iloc[0]).fillna(1.0).rename(str(close["symbol"].to_numpy()[0]))
    return compared(values, growth, year), growth


def _question(returns: pd.Series) -> str:
    """An imported history asks a question of its own: its bars, whatever was earned on them."""
    times = returns.index.to_numpy().astype("datetime64[ns]")
    return hashlib.sha256(b"imported" + times.tobytes()).hexdigest()[:16]
