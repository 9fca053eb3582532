"""Trades at the close that their own signal is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import UnusableFrame
from workbench.validation.leaks.kinds import LeakKind
from workbench.validation.leaks.knowledge import Said
from workbench.validation.leaks.results import LeakCheck, LeakFinding
from workbench.validation.leaks.wording import stamp

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["check_fills", "check_rule"]

NAME = "fills"
SAME_CLOSE = "same close"
TOLERANCE = 1e-9
CURE = 'Fill at the next open: fills_at="next open".'
TIME = ("time", "entry_time", "date", "timestamp")
PRICE = ("price", "entry_price", "fill_price")


def check_rule(fills_at: str, signals: pd.DataFrame) -> Said:
    """Whether a rule fills at the signal's own price.

    Parameters
    ----------
    fills_at : {"next open", "next close", "same close"}
        At which price what is known at a close is traded.
    signals : pandas.DataFrame
        Weights, time × symbol; NaN leaves a holding as it is.

    Returns
    -------
    Said
        A leak for ``same close``, at the first bar that trades.
    """
    if fills_at != SAME_CLOSE:
        return Said(LeakCheck(name=NAME, verdict="clean", why=f"Orders fill at the {fills_at}."))
    trades = np.argwhere(_changes(signals))
    if not len(trades):
        return Said(LeakCheck(name=NAME, verdict="clean", why="Nothing is traded."))
    return _own_price(signals.index[trades[0][0]], int(trades[0][0]), signals.columns[trades[0][1]])


def check_fills(
    fills: pd.DataFrame, closes: pd.DataFrame, signals: pd.DataFrame | None = None
) -> Said:
    """Whether fills have the close of the bar whose signal they follow.

    Parameters
    ----------
    fills : pandas.DataFrame
        A row for each: ``time`` and ``price`` (or ``entry_time`` and ``entry_price``), ``symbol``
        where there are several, and ``signal_time`` where it is known.
    closes : pandas.DataFrame
        Time × symbol.
    signals : pandas.DataFrame, optional
        Weights, time × symbol, that the fills follow.

    Returns
    -------
    Said
        ``cannot tell`` with neither signals nor ``signal_time``.

    Raises
    ------
    UnusableFrame
        If the table lacks a time or a price, or names a symbol that has no closes.
    """
    times = pd.DatetimeIndex(_column(fills, TIME))
    prices = _column(fills, PRICE).to_numpy(dtype=np.float64)
    columns = _symbols(fills, closes)
    rows = closes.index.searchsorted(times, side="right") - 1
    known = rows >= 0
    close = np.where(known, closes.to_numpy()[np.maximum(rows, 0), columns], np.nan)
    own = np.abs(prices - close) <= TOLERANCE * np.abs(close)
    if "signal_time" in fills:
        own &= rows == closes.index.searchsorted(fills["signal_time"], side="right") - 1
    elif signals is not None:
        own &= _changes(signals.reindex(closes.index))[np.maximum(rows, 0), columns]
    elif own.any():
        why = f"{int(own.sum()):,} of {len(own):,} fills have the close of their own bar."
        needs = "the signals they follow, or a column signal_time"
        return Said(LeakCheck(name=NAME, verdict="cannot tell", why=why, needs=needs))
    if not own.any():
        why = f"None of {len(own):,} fills has the close that its signal is computed from."
        return Said(LeakCheck(name=NAME, verdict="clean", why=why))
    first = int(np.flatnonzero(own)[np.argmin(rows[own])])
    symbol = closes.columns[columns[first]]
    return _own_price(closes.index[rows[first]], int(rows[first]), symbol, int(own.sum()))


def _own_price(time: Any, bar: int, symbol: Any, count: int = 0) -> Said:
    also = f"; so it is with {count:,} fills" if count > 1 else ""
    why = f"The signal of {symbol} at {time:%Y-%m-%d %H:%M} fills at the close it is made of{also}."
    finding = LeakFinding(
        kind=LeakKind.OWN_PRICE,
        where=stamp(time.to_datetime64()),
        bar=bar,
        output=str(symbol),
        moved_by=stamp(time.to_datetime64()),
        offset=0,
        table="bars",
        column=f"close of {symbol}",
        evidence=why,
        cure=CURE,
    )
    return Said(LeakCheck(name=NAME, verdict="leak", why=why), finding)


def _changes(signals: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Where a weight is given that differs from the one before."""
    held = signals.ffill().fillna(0.0).to_numpy(dtype=np.float64)
    before = np.vstack([np.zeros((1, held.shape[1])), held[:-1]])
    return np.asarray(held != before)


def _column(fills: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    for name in names:
        if name in fills:
            return fills[name]
    raise UnusableFrame(
        f"The table of fills has no {names[0]}",
        seen=[str(name) for name in fills.columns[:8]],
        cure=f"Name a column {' or '.join(names)}",
    )


def _symbols(fills: pd.DataFrame, closes: pd.DataFrame) -> npt.NDArray[np.int64]:
    if "symbol" not in fills:
        if closes.shape[1] == 1:
            return np.zeros(len(fills), dtype=np.int64)
        raise UnusableFrame(
            "The table of fills does not name its symbols",
            seen=[str(name) for name in fills.columns[:8]],
            cure="Add a column symbol",
        )
    columns: npt.NDArray[np.int64] = closes.columns.get_indexer(fills["symbol"])
    if (columns < 0).any():
        raise UnusableFrame(
            "A fill is in a symbol that has no closes",
            seen=str(fills["symbol"].to_numpy()[columns < 0][0]),
            cure="Give bars of every symbol that was traded",
        )
    return columns
