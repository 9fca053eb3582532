"""Fills and prices of a `vectorbt.Portfolio`, read without importing vectorbt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.errors import InvalidInput

__all__ = ["fills_of_portfolio", "is_portfolio"]

NEEDED = ("order_records", "init_cash", "close", "wrapper")


def is_portfolio(thing: Any) -> bool:
    """Whether it has what a vectorbt portfolio has."""
    return not isinstance(thing, pd.DataFrame | pd.Series) and all(
        hasattr(type(thing), name) or hasattr(thing, name) for name in NEEDED
    )


def fills_of_portfolio(portfolio: Any) -> tuple[pd.DataFrame, xr.Dataset, float]:
    """Its orders as a table of fills, its closes as bars, and its cash at the start.

    Parameters
    ----------
    portfolio : vectorbt.Portfolio
        One account: one column, or columns that share their cash.

    Returns
    -------
    fills : pandas.DataFrame
        Index time; ``symbol, size, price, fee``, a negative size is a sale.
    bars : xarray.Dataset
        ``close``, dims (time, symbol).
    initial_cash : float
        Before the first bar.

    Raises
    ------
    InvalidInput
        If it holds several accounts.
    """
    cash = np.atleast_1d(np.asarray(portfolio.init_cash, dtype=np.float64))
    close = pd.DataFrame(portfolio.close)
    if cash.size != 1:
        raise InvalidInput(
            "The portfolio holds several accounts",
            seen=cash.size,
            cure="Choose one column, portfolio[column], or simulate with cash_sharing=True",
        )
    symbols = [_label(name) for name in close.columns]
    records = portfolio.order_records
    records = records[np.argsort(records["id"], kind="stable")]
    fills = pd.DataFrame(
        {
            "symbol": np.array(symbols, dtype=object)[records["col"]],
            "size": np.where(records["side"] == 0, records["size"], -records["size"]),
            "price": records["price"],
            "fee": records["fees"],
        },
        index=close.index[records["idx"]],
    )
    bars = xr.Dataset(
        {"close": (("time", "symbol"), close.to_numpy(dtype=np.float64))},
        {"time": close.index.rename("time"), "symbol": symbols},
        {"dataset": "imported from vectorbt"},
    )
    return fills, bars, float(cash[0])


def _label(name: Any) -> str:
    parts = name if isinstance(name, tuple) else (name,)
    return " ".join(map(str, parts))
