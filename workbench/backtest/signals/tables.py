"""Entries, exits and prices as the tables that the loop reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput, OutOfRange
from workbench.strategies.membership import is_member
from workbench.strategies.weights import weights_on

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Prices", "Signals", "Stops", "flags_on", "prices_of", "signals_on"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NONE: Flags = np.empty((0, 0), dtype=np.bool_)


class Signals(NamedTuple):
    """Tables of bool, time × symbol, known at the close of their bar.

    Those of short positions have no rows where there are none.
    """

    entries: Flags
    exits: Flags
    short_entries: Flags = NONE
    short_exits: Flags = NONE


class Prices(NamedTuple):
    """Open, high, low and close; a bar that lacks one reaches from its open to its close."""

    opens: Floats
    highs: Floats
    lows: Floats
    closes: Floats


@dataclass(frozen=True)
class Stops:
    """Exits that protect a position, as fractions of the price at which it was filled.

    Parameters
    ----------
    stop_loss, take_profit : float, optional
        How far against and for the position; 0.05 is five per cent.
    trailing_stop : float, optional
        How far from the best price since the fill. With a stop-loss the nearer counts.

    Raises
    ------
    OutOfRange
        If one is not above 0, or a stop not below 1.
    """

    stop_loss: float | None = None
    take_profit: float | None = None
    trailing_stop: float | None = None

    def __post_init__(self) -> None:
        for name, most in (("stop_loss", 1), ("take_profit", None), ("trailing_stop", 1)):
            value = getattr(self, name)
            if value is not None and not 0 < value < (most or np.inf):
                raise OutOfRange(name, value, 0, most, "Give a fraction: 0.05 is five per cent")

    @property
    def fractions(self) -> tuple[float, float, float]:
        """Stop-loss, take-profit and trailing stop as the kernels take them: NaN for none."""
        given = (self.stop_loss, self.take_profit, self.trailing_stop)
        stop, take, trail = (np.nan if one is None else float(one) for one in given)
        return stop, take, trail

    @property
    def told(self) -> dict[str, float]:
        """Those that are given, by name."""
        names = ("stop_loss", "take_profit", "trailing_stop")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def __bool__(self) -> bool:
        return not all(np.isnan(self.fractions))


def signals_on(bars: xr.Dataset, tables: tuple[Any, ...]) -> Signals:
    """Lay signals on the times and symbols of bars.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars. Who is no member at a bar (coordinate ``member``) is not entered, and left.
    tables : tuple of DataFrame, DataArray, Series or ndarray of bool
        ``(entries, exits)``, or ``(entries, exits, short_entries, short_exits)``, time ×
        symbol, as `flags_on` takes them.

    Returns
    -------
    Signals
        Arrays of shape (time, symbol).

    Raises
    ------
    InvalidInput
        If there are not two or four tables, or one is no table of true and false.
    UnusableFrame
        If a symbol has no prices, a time is no bar, or one of them comes twice.
    """
    if len(tables) not in (2, 4):
        raise InvalidInput(
            "Signals are two tables, entries and exits, or four with those of short positions",
            seen=f"{len(tables)} tables",
            cure="Give (entries, exits) or (entries, exits, short_entries, short_exits)",
        )
    laid = [flags_on(bars, table) for table in tables]
    if "member" in bars.coords:
        member = is_member(bars).to_numpy()
        laid = [one & member if at % 2 == 0 else one | ~member for at, one in enumerate(laid)]
    return Signals(*laid)


def flags_on(bars: xr.Dataset, table: Any) -> Flags:
    """Lay a table of signals on the times and symbols of bars.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars.
    table : DataFrame, DataArray, Series or ndarray
        True and False, or 1 and 0, time × symbol. Missing rows, columns and values count as
        False.

    Returns
    -------
    ndarray of bool, shape (time, symbol)
        Contiguous.

    Raises
    ------
    InvalidInput
        If it is no table of true and false.
    UnusableFrame
        If a symbol has no prices, a time is no bar, or one of them comes twice.
    """
    if _fits(bars, table):
        return np.ascontiguousarray(table, dtype=np.bool_)
    laid = weights_on(bars, _as_float(table), "A table of signals").fillna(0).to_numpy()
    flags: Flags = laid == 1
    other = laid[~flags & (laid != 0)]
    if other.size:
        raise _no_flags(f"{other[0]:g}")
    return flags


def prices_of(bars: xr.Dataset) -> Prices:
    """The prices of bars, each of shape (time, symbol) and contiguous.

    Parameters
    ----------
    bars : xarray.Dataset
        With closes at least.

    Returns
    -------
    Prices
        Without opens an open is the close; without highs and lows a bar reaches from its open
        to its close.
    """
    close = _table(bars, "close")
    opened = _table(bars, "open") if "open" in bars else close
    high = _table(bars, "high") if "high" in bars else _reach(np.fmax, opened, close)
    low = _table(bars, "low") if "low" in bars else _reach(np.fmin, opened, close)
    return Prices(opened, high, low, close)


def _table(bars: xr.Dataset, name: str) -> Floats:
    return np.ascontiguousarray(bars[name].to_numpy(), dtype=np.float64)


def _reach(further: np.ufunc, opened: Floats, close: Floats) -> Floats:
    return close if opened is close else further(opened, close)


def _fits(bars: xr.Dataset, table: Any) -> bool:
    """Whether a table of bool has the very times and symbols of the bars."""
    if isinstance(table, np.ndarray):
        return bool(table.dtype == np.bool_) and table.shape == bars["close"].shape
    return (
        hasattr(table, "columns")
        and all(kind == np.bool_ for kind in set(table.dtypes))
        and table.index.equals(bars.indexes["time"])
        and table.columns.equals(bars.indexes["symbol"])
    )


def _as_float(table: Any) -> xr.DataArray | pd.DataFrame:
    try:
        return table.astype(float)
    except (TypeError, ValueError, AttributeError):
        raise _no_flags(type(table).__name__) from None


def _no_flags(seen: str) -> InvalidInput:
    return InvalidInput(
        "Entries and exits are no tables of true and false",
        seen=seen,
        cure="Give DataFrames of bool, time by symbol; a table of sides is two: side > 0, side < 0",
    )
