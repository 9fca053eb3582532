"""From what a strategy wants to what an engine is told: aligned, and one bar later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.strategies.weights import weights_on

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Plan", "plan_orders", "weights_from_signals"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """What an engine is told; every array has shape (time, symbol).

    Parameters
    ----------
    time : pandas.DatetimeIndex
        The bars traded.
    symbols : tuple of str
        The columns.
    weights : ndarray
        The fraction of the account to hold after this bar's orders; NaN places no order.
    prices : ndarray
        What an order fills at before slippage; NaN where the bar has no price.
    marks : ndarray
        What a position is worth when the bar's orders are written: `prices`, or the last close.
    closes : ndarray
        The close, carried forward over holes; NaN before the first.
    fills_at : str
        ``next open`` or ``next close``.
    """

    time: pd.DatetimeIndex
    symbols: tuple[str, ...]
    weights: Floats
    prices: Floats
    marks: Floats
    closes: Floats
    fills_at: str


def plan_orders(
    targets: xr.DataArray, bars: xr.Dataset, *, start: np.datetime64 | None = None
) -> Plan:
    """Turn targets that are known at the close of a bar into orders of the next bar.

    Parameters
    ----------
    targets : xarray.DataArray, dims (time, symbol)
        Weights known at the close of each bar; NaN leaves a holding as it is.
    bars : xarray.Dataset
        Bars on the same times and symbols. Orders fill at the next open where the bars
        have opens, else at the next close.
    start : numpy.datetime64, optional
        The first bar traded; earlier bars are only history, and its orders buy what the
        strategy wants to hold by then.

    Returns
    -------
    Plan
        From `start` on.

    Raises
    ------
    TooLittleHistory
        If fewer than two bars are left to trade.
    """
    fills_at = "open" if "open" in bars else "close"
    close = bars["close"].to_numpy().astype(np.float64)
    prices = bars[fills_at].to_numpy().astype(np.float64)
    closes = _carried(close)
    before = np.vstack([np.full((1, closes.shape[1]), np.nan), closes[:-1]])
    known = targets.to_numpy()
    wanted = np.vstack([np.full((1, close.shape[1]), np.nan), known[:-1]])
    time = bars.indexes["time"]
    first = 0 if start is None else int(time.searchsorted(start))
    if len(time) - first < 2:
        raise TooLittleHistory(2, len(time) - first, "a backtest")
    if first > 0:  # the account begins with what the strategy holds by then
        wanted[first] = _carried(known[:first])[-1]
    return Plan(
        time=time[first:],
        symbols=tuple(str(symbol) for symbol in bars["symbol"].to_numpy()),
        weights=np.ascontiguousarray(wanted[first:]),
        prices=np.ascontiguousarray(prices[first:]),
        marks=np.where(np.isnan(prices), before, prices)[first:],
        closes=np.ascontiguousarray(closes[first:]),
        fills_at=f"next {fills_at}",
    )


def weights_from_signals(
    bars: xr.Dataset, entries: xr.DataArray | pd.DataFrame, exits: xr.DataArray | pd.DataFrame
) -> xr.DataArray:
    """Hold an equal share of each symbol from its entry to its exit.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars.
    entries, exits : DataFrame, DataArray or Series of bool
        Time × symbol; missing counts as False. A bar with both is an exit.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        ``1 / symbols`` on entries, 0 on exits, NaN (no order) between.
    """
    enter = weights_on(bars, _as_float(entries)).fillna(0).to_numpy() != 0
    leave = weights_on(bars, _as_float(exits)).fillna(0).to_numpy() != 0
    wanted = np.where(leave, 0.0, np.where(enter, 1.0, np.nan))
    held = np.nan_to_num(_carried(wanted))
    before = np.vstack([np.zeros((1, held.shape[1])), held[:-1]])
    return bars["close"].copy(data=np.where(held != before, held / held.shape[1], np.nan))


def _as_float(signals: xr.DataArray | pd.DataFrame) -> xr.DataArray | pd.DataFrame:
    try:
        return signals.astype(float)
    except (TypeError, ValueError, AttributeError):
        raise InvalidInput(
            "Entries and exits are no tables of true and false",
            seen=type(signals).__name__,
            cure="Give two DataFrames of bool, time by symbol",
        ) from None


def _carried(close: Floats) -> Floats:
    carried: Floats = pd.DataFrame(close).ffill().to_numpy()
    return carried
