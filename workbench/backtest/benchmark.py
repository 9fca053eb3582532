"""What the money would have earned otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data import bars as read_bars
from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan

__all__ = ["EQUAL_WEIGHT", "benchmark_values"]

EQUAL_WEIGHT = "equal weight, bought and held"


def benchmark_values(given: Any, plan: Plan) -> pd.Series:
    """The growth of 1 in the benchmark over the bars of a plan, at the closes.

    Parameters
    ----------
    given : Dataset, DataFrame, Series or None
        Prices of one symbol, carried forward over the bars it lacks; None holds an equal
        part of each symbol of the plan from its first close on (cash before that).
    plan : Plan
        The bars.

    Returns
    -------
    pandas.Series, shape (time,)
        1 at the first bar; the name is the benchmark's.

    Raises
    ------
    InvalidInput
        If the prices are of several symbols.
    NoData
        If the prices begin after the first bar or end before it.
    """
    if given is None:
        closes = pd.DataFrame(plan.closes)
        growth = (closes / closes.bfill().iloc[0]).fillna(1.0).mean(axis=1)
        return pd.Series(growth.to_numpy(), index=plan.time, name=EQUAL_WEIGHT)
    name, prices = _prices(given)
    laid = prices.reindex(prices.index.union(plan.time)).ffill().reindex(plan.time)
    if prices.index[-1] < plan.time[0] or np.isnan(laid.iloc[0]):
        raise NoData(
            f"The benchmark {name!r} has no price at the first bar",
            seen=str(plan.time[0].date()),
            cure=f"Its prices run from {prices.index[0].date()} to {prices.index[-1].date()}",
        )
    return (laid / laid.iloc[0]).rename(name)


def _prices(given: Any) -> tuple[str, pd.Series]:
    if isinstance(given, pd.Series):
        given = given.to_frame(given.name or "benchmark")
    close = read_bars(given)["close"]
    if close.sizes["symbol"] != 1:
        raise InvalidInput(
            "A benchmark is one symbol",
            seen=close.sizes["symbol"],
            cure="Choose one, for example sp500 or sp500-20:AAPL",
        )
    prices = close.isel(symbol=0).to_series().dropna()
    return str(close["symbol"].to_numpy()[0]), prices
