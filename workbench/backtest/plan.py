"""From what a strategy wants to what an engine is told: aligned, and one bar later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.signals.tables import flags_on
from workbench.errors import InvalidInput, TooLittleHistory, UnknownName
from workbench.market.impact import pressure

if TYPE_CHECKING:
    import xarray as xr

    from workbench.backtest.life import Life
    from workbench.market.margin import Margin

__all__ = [
    "FILLS_AT",
    "FillsAt",
    "Plan",
    "convention",
    "plan_orders",
    "pressure_on",
    "weights_from_signals",
]

Floats = npt.NDArray[np.float64]
FillsAt = Literal["next open", "next close", "same close"]
"""When an order fills that is decided at the close of a bar."""

FILLS_AT: tuple[FillsAt, ...] = ("next open", "next close", "same close")

_WATCHED_AFTER = {"next open": 1, "next close": 2, "same close": 1}
"""Bars from a decision to the first bar whose stops can close what it bought."""


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
    fills_at : {"next open", "next close", "same close"}
        When the orders fill.
    exits : ndarray, optional
        The price at which a stop or a target closes the whole position inside this bar, before
        slippage; NaN for none. It comes after orders that fill at the open of the bar and before
        those that fill at its close.
    pressure : ndarray, optional
        Impact of an order per root of a unit, a fraction of the price: Y · σ / √V.
    life : Life, optional
        Splits, payments and ends of symbols.
    lot : float
        Orders come in multiples of so many units; 0 for any size.
    margin : Margin, optional
        None is a cash account.
    highs, lows : ndarray, optional
        Of the bars, for what a trade went through; None where the data have none.
    """

    time: pd.DatetimeIndex
    symbols: tuple[str, ...]
    weights: Floats
    prices: Floats
    marks: Floats
    closes: Floats
    fills_at: FillsAt
    exits: Floats | None = None
    pressure: Floats | None = None
    life: Life | None = None
    lot: float = 0.0
    margin: Margin | None = None
    highs: Floats | None = None
    lows: Floats | None = None


def convention(bars: xr.Dataset, fills_at: FillsAt | None) -> FillsAt:
    """When orders fill: as asked for, or at the next open where the bars have opens.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars.
    fills_at : str, optional
        What was asked for.

    Returns
    -------
    str
        ``next open``, ``next close`` or ``same close``.

    Raises
    ------
    UnknownName
        If it is none of the three.
    InvalidInput
        If the next open is asked for and there are no opens.
    """
    if fills_at is None:
        return "next open" if "open" in bars else "next close"
    if fills_at not in FILLS_AT:
        raise UnknownName("fill convention", fills_at, FILLS_AT)
    if fills_at == "next open" and "open" not in bars:
        raise InvalidInput(
            "Orders cannot fill at opens: the bars have none",
            seen=sorted(map(str, bars.data_vars)),
            cure="Give bars with a field open, or fills_at='next close'",
        )
    return fills_at


def plan_orders(
    targets: xr.DataArray,
    bars: xr.Dataset,
    *,
    start: np.datetime64 | None = None,
    fills_at: FillsAt | None = None,
    exits: Floats | None = None,
) -> Plan:
    """Turn targets that are known at the close of a bar into orders.

    Parameters
    ----------
    targets : xarray.DataArray, dims (time, symbol)
        Weights known at the close of each bar; NaN leaves a holding as it is.
    bars : xarray.Dataset
        Bars on the same times and symbols.
    start : numpy.datetime64, optional
        The first bar traded; earlier bars are only history, and its orders buy what the
        strategy holds by then.
    fills_at : {"next open", "next close", "same close"}, optional
        When the orders fill; by default at the next open where the bars have opens, else
        at the next close.
    exits : ndarray, shape (time, symbol), optional
        As `Plan.exits`, on the bars in which they happen.

    Returns
    -------
    Plan
        From `start` on.

    Raises
    ------
    TooLittleHistory
        If fewer than two bars are left to trade.
    UnknownName, InvalidInput
        If `fills_at` cannot be used.
    """
    when = convention(bars, fills_at)
    delay = 0 if when == "same close" else 1
    close = bars["close"].to_numpy().astype(np.float64)
    prices = close if when != "next open" else bars["open"].to_numpy().astype(np.float64)
    closes = _carried(close)
    time = bars.indexes["time"]
    first = 0 if start is None else int(time.searchsorted(start))
    if len(time) - first < 2:
        raise TooLittleHistory(2, len(time) - first, "a backtest")
    known = targets.to_numpy()
    wanted = _later(known, delay)
    if first > 0:  # the account begins with what the strategy holds by then
        held = _held(known[:first], exits, _WATCHED_AFTER[when])
        wanted[first] = held if delay else np.where(np.isnan(wanted[first]), held, wanted[first])
    return Plan(
        time=time[first:],
        symbols=tuple(str(symbol) for symbol in bars["symbol"].to_numpy()),
        weights=np.ascontiguousarray(wanted[first:]),
        prices=np.ascontiguousarray(prices[first:]),
        marks=np.where(np.isnan(prices), _later(closes, 1), prices)[first:],
        closes=np.ascontiguousarray(closes[first:]),
        fills_at=when,
        exits=None if exits is None else np.ascontiguousarray(exits[first:], dtype=np.float64),
        highs=_field(bars, "high", first),
        lows=_field(bars, "low", first),
    )


def pressure_on(bars: xr.Dataset, impact: float, last: int) -> Floats | None:
    """What impact does to the last so many bars: Y · σ / √V, or None without impact.

    Parameters
    ----------
    bars : xarray.Dataset
        With volumes.
    impact : float
        `Costs.impact`.
    last : int
        How many bars are traded.

    Returns
    -------
    ndarray, shape (last, symbol), or None
        As `Plan.pressure`.

    Raises
    ------
    InvalidInput
        If there are no volumes.
    """
    if impact == 0:
        return None
    if "volume" not in bars:
        raise InvalidInput(
            "Impact grows with the share of the volume, and the bars have none",
            seen=sorted(map(str, bars.data_vars)),
            cure="Give bars with a field volume, or costs without impact",
        )
    felt = pressure(bars["close"].to_numpy(), bars["volume"].to_numpy())
    return np.ascontiguousarray(impact * felt[len(felt) - last :])


def weights_from_signals(
    bars: xr.Dataset,
    entries: Any,
    exits: Any,
    *,
    every: bool = False,
) -> xr.DataArray:
    """Hold an equal share of each symbol from its entry to its exit.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars.
    entries, exits : DataFrame, DataArray, Series or ndarray of bool
        Time × symbol; missing counts as False. A bar with both is an exit.
    every : bool
        Whether each entry and exit is told, also those that change nothing.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        ``1 / symbols`` on entries, 0 on exits, NaN (no order) between.

    Raises
    ------
    InvalidInput
        If one is no table of true and false.
    UnusableFrame
        If a symbol has no prices, a time is no bar, or one of them comes twice.
    """
    enter, leave = flags_on(bars, entries), flags_on(bars, exits)
    wanted = np.where(leave, 0.0, np.where(enter, 1.0, np.nan))
    if every:
        return bars["close"].copy(data=wanted / wanted.shape[1])
    held = np.nan_to_num(_carried(wanted))
    before = np.vstack([np.zeros((1, held.shape[1])), held[:-1]])
    return bars["close"].copy(data=np.where(held != before, held / held.shape[1], np.nan))


def _field(bars: xr.Dataset, name: str, first: int) -> Floats | None:
    if name not in bars:
        return None
    return np.ascontiguousarray(bars[name].to_numpy()[first:], dtype=np.float64)


def _later(values: Floats, bars: int) -> Floats:
    """What was known so many bars ago; always a copy."""
    return np.vstack([np.full((bars, values.shape[1]), np.nan), values[: len(values) - bars]])


def _held(known: Floats, exits: Floats | None, watched_after: int) -> Floats:
    """The weights wanted last; 0 where a stop or a target has closed the position since."""
    held: Floats = _carried(known)[-1]
    if exits is None:
        return held
    count = len(known)
    decided = count - 1 - np.argmax(~np.isnan(known[::-1]), axis=0)
    hit = ~np.isnan(exits[:count])
    closed = count - 1 - np.argmax(hit[::-1], axis=0)
    since = hit.any(axis=0) & (closed >= decided + watched_after)
    return np.where(since & ~np.isnan(held), 0.0, held)


def _carried(close: Floats) -> Floats:
    carried: Floats = pd.DataFrame(close).ffill().to_numpy()
    return carried
