"""What a history is, guessed from its shape, and the report of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.importing.fills import report_of_fills
from workbench.backtest.importing.portfolios import fills_of_portfolio, is_portfolio
from workbench.backtest.importing.series import report_of_returns, returns_of_equity
from workbench.backtest.simulate import simulate
from workbench.errors import InvalidInput, UnknownName, UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.backtest.results import BacktestReport

__all__ = ["imported"]

KINDS = ("returns", "equity", "trades", "weights")
SMALL = 0.5
"""A series whose typical size is below this is one of returns: half of everything, every bar."""


def imported(
    history: Any,
    prices: xr.Dataset | None,
    *,
    kind: str | None = None,
    benchmark: Any = None,
    labels: Mapping[str, Any],
) -> BacktestReport:
    """The report of a history that was made elsewhere.

    Parameters
    ----------
    history : Series, DataFrame or vectorbt.Portfolio
        As `import_backtest` takes it.
    prices : xarray.Dataset, optional
        Bars of what was traded.
    kind : str, optional
        Of ``returns, equity, trades, weights``; guessed by default.
    benchmark : Dataset, DataFrame or Series, optional
        Prices of one symbol.
    labels : mapping
        ``strategy`` (its name) and ``initial_cash``.

    Returns
    -------
    BacktestReport
        Without a trial number.

    Raises
    ------
    UnusableFrame, InvalidInput, TooLittleHistory
        As `import_backtest`.
    """
    if is_portfolio(history):
        fills, marks, cash = fills_of_portfolio(history)
        own = {**labels, "initial_cash": cash}
        return report_of_fills(fills, marks, benchmark, own).noting("Imported from vectorbt.")
    table = _timed(history)
    known = _kind(table, kind)
    made = _MAKERS[known](table, prices, benchmark, labels)
    guessed = "" if kind else f"It was taken for {known}, by its columns and values."
    return made.noting(f"Imported as {known}.", guessed)


def _kind(table: pd.DataFrame, given: str | None) -> str:
    if given is not None and given not in KINDS:
        raise UnknownName("kind", given, KINDS)
    if given is not None:
        return given
    if {"symbol", "price"} <= set(table.columns):
        return "trades"
    if table.shape[1] > 1:
        return "weights"
    values = pd.to_numeric(table.iloc[:, 0], errors="coerce").dropna()
    return "returns" if values.abs().median() < SMALL and (values <= 0).any() else "equity"


def _timed(history: Any) -> pd.DataFrame:
    """The history as a table with a sorted index of naive UTC times."""
    if isinstance(history, pd.Series):
        history = history.to_frame(str(history.name or "returns"))
    if not isinstance(history, pd.DataFrame):
        raise UnusableFrame(
            "This is no history",
            seen=type(history).__name__,
            cure="Give returns, equity, trades, weights or a vectorbt Portfolio",
        )
    table = history if isinstance(history.index, pd.DatetimeIndex) else _indexed(history)
    if table.index.tz is not None:
        table = table.tz_convert(None)
    return table.sort_index(kind="stable")


def _indexed(history: pd.DataFrame) -> pd.DataFrame:
    lower = {str(name).lower(): name for name in history.columns}
    times = [lower[name] for name in ("time", "date", "datetime", "timestamp") if name in lower]
    if not times:
        raise UnusableFrame(
            "The history has no times",
            seen=[str(name) for name in history.columns[:5]],
            cure="Set a DatetimeIndex, or name the column of times time or date",
        )
    try:
        index = pd.DatetimeIndex(pd.to_datetime(history[times[0]]))
    except (ValueError, TypeError):
        raise UnusableFrame(
            "Times of the history cannot be read",
            seen=str(history[times[0]].iloc[0]),
            cure="Write them as 2024-01-31 or 2024-01-31T15:30",
        ) from None
    return history.drop(columns=times[0]).set_axis(index)


def _of_returns(table: pd.DataFrame, _prices: Any, benchmark: Any, labels: Any) -> BacktestReport:
    return report_of_returns(_only_column(table, "returns"), benchmark, labels)


def _of_equity(table: pd.DataFrame, _prices: Any, benchmark: Any, labels: Any) -> BacktestReport:
    equity = _only_column(table, "equity")
    cash = float(equity.iloc[0])
    return report_of_returns(returns_of_equity(equity), benchmark, {**labels, "initial_cash": cash})


def _of_trades(table: pd.DataFrame, prices: Any, benchmark: Any, labels: Any) -> BacktestReport:
    return report_of_fills(table, _needed(prices, "Trades"), benchmark, labels)


def _of_weights(table: pd.DataFrame, prices: Any, benchmark: Any, labels: Any) -> BacktestReport:
    report = simulate(
        table,
        _needed(prices, "Weights"),
        benchmark=benchmark,
        initial_cash=labels["initial_cash"],
    )
    return report.model_copy(update={"strategy": labels["strategy"]})


_MAKERS = {
    "returns": _of_returns,
    "equity": _of_equity,
    "trades": _of_trades,
    "weights": _of_weights,
}


def _needed(prices: xr.Dataset | None, what: str) -> xr.Dataset:
    if prices is None:
        raise InvalidInput(
            f"{what} say what was held only beside prices",
            seen="no prices",
            cure="Name a dataset that has them, or give a table of prices, as symbol",
        )
    return prices


def _only_column(table: pd.DataFrame, what: str) -> pd.Series:
    if table.shape[1] != 1:
        raise UnusableFrame(
            f"A history of {what} is one column",
            seen=[str(name) for name in table.columns[:5]],
            cure="Choose one, for example history['strategy']",
        )
    try:
        values = table.iloc[:, 0].astype(float)
    except (TypeError, ValueError):
        raise UnusableFrame(
            f"The {what} are no numbers", seen=str(table.iloc[0, 0]), cure="Give fractions"
        ) from None
    if values.index.has_duplicates:
        twice = values.index[values.index.duplicated()][0]
        raise UnusableFrame(
            f"The {what} have a time twice", seen=str(twice), cure="Keep one value a bar"
        )
    if np.isinf(values).any():
        raise UnusableFrame(
            f"The {what} have an infinite value",
            seen=str(values.index[np.isinf(values)][0]),
            cure="Mend it; NaN is a bar without a value",
        )
    return values.dropna()
