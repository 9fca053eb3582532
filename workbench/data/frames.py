"""The door for one's own prices: a frame of any common shape becomes bars.

Nothing here reads settings, a lake or a registry.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.data.columns import ADJUSTED, Columns, field_of, read_columns
from workbench.data.numbers import checked_numbers, refuse_duplicates
from workbench.data.panel import panel_of_arrays
from workbench.data.shapes import as_pandas, flat
from workbench.data.stamps import (
    guess_calendar,
    guess_timeframe,
    normalised,
    read_times,
    refuse_closed_days,
)
from workbench.domain import Adjust, Timeframe
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import numpy.typing as npt

    from workbench.domain import DatasetRef

__all__ = ["bars"]

_log = logging.getLogger(__name__)


def bars(
    frame: DatasetRef,
    *,
    columns: Mapping[str, Hashable] | Sequence[Hashable] | None = None,
    timeframe: str | None = None,
    calendar: str | None = None,
    currency: str | None = None,
    tz: str | None = None,
) -> xr.Dataset:
    """Read a frame as bars; what is not given is guessed, and said.

    Wide frames (columns are symbols, values are closes), wide frames of field × symbol in
    either order (as yfinance gives them), long frames (one row per time and symbol) and the
    open, high, low, close, volume of one symbol are all understood, under the usual names
    in any case, from pandas, polars, pyarrow and xarray. Bars pass through unchanged.

    Parameters
    ----------
    frame : pandas, polars, pyarrow or xarray object
        The prices.
    columns : mapping or sequence, optional
        What the columns mean, ``{"time": "when", "close": "px"}``, or the columns that are
        symbols, ``["AAPL", "C"]``. An adjusted close adjusts open, high and low alike.
    timeframe : str, optional
        The length of a bar, such as ``1d`` or ``5m``.
    calendar : str, optional
        The exchange whose closes tell when a daily bar is known, such as ``XNYS``.
    currency : str, optional
        ISO 4217; unknown by default.
    tz : str, optional
        The zone of times that have none. Intraday times need it; dates do not.

    Returns
    -------
    xarray.Dataset
        Dims (time, symbol), float64, NaN where a symbol has no bar; coordinates and attrs as
        `load_bars` gives them. ``attrs["guessed"]`` lists what was guessed, as sentences.

    Raises
    ------
    AmbiguousFrame
        If two readings are possible; names both and the argument that settles it.
    UnusableFrame
        If there is no usable time, a number is none, infinite or not positive, a row is
        there twice, or a date is no session of `calendar`.
    InvalidInput
        If an argument cannot be used.
    """
    if isinstance(frame, xr.Dataset) and _are_bars(frame):
        return frame
    table = flat(as_pandas(frame))
    read = read_columns(table, columns)
    guessed = list(read.guessed)
    stamps = read_times(table.index if read.time is None else pd.Index(table[read.time]), guessed)
    length = Timeframe.parse(timeframe or guess_timeframe(stamps, guessed))
    venue = calendar or guess_calendar(stamps, guessed)
    times = normalised(stamps, length, venue, tz)
    refuse_closed_days(times, length, venue)
    panel, adjust = _panel(table, read, times, guessed)
    made = panel_of_arrays(
        **panel,
        calendar=venue,
        currency=currency or "",
        attrs={
            "dataset": f"frame-{_hash(panel)}",
            "adjust": adjust.value,
            "timeframe": str(length),
            "survivorship": "Survivorship unknown: these prices are a frame of your own.",
            "lake_version": None,
            "guessed": guessed,
            **({"synthetic": True} if getattr(frame, "attrs", {}).get("synthetic") else {}),
        },
    )
    for sentence in guessed:
        _log.info("bars: guessed %s", sentence)
    return made


def _are_bars(frame: xr.Dataset) -> bool:
    """Whether a Dataset is already what `bars` returns."""
    return (
        frame.sizes.keys() == {"time", "symbol"}
        and {"close"} <= set(frame.data_vars)
        and {"known_at", "calendar", "currency"} <= set(frame.coords)
        and {"timeframe", "adjust"} <= set(frame.attrs)
    )


def _panel(
    table: pd.DataFrame, read: Columns, times: npt.NDArray[np.datetime64], guessed: list[str]
) -> tuple[dict[str, Any], Adjust]:
    if read.symbols:
        refuse_duplicates(times, None, table.index)
        values = {"close": checked_numbers(table[read.symbols], "close")}
        symbols, adjust = [str(name) for name in read.symbols], Adjust.VENDOR
        codes = None
    else:
        refuse_duplicates(times, _symbols(table, read), table.index)
        codes, symbols = _codes(table, read, guessed)
        values, adjust = _fields(table, read, guessed)
    _refuse_same(symbols)
    return _spread(times, codes, symbols, values, guessed), adjust


def _spread(
    times: npt.NDArray[np.datetime64],
    codes: npt.NDArray[np.int64] | None,
    symbols: list[str],
    values: dict[str, npt.NDArray[np.float64]],
    guessed: list[str],
) -> dict[str, Any]:
    """Put rows in order of time and, where `codes` tells the symbol, side by side."""
    if (np.diff(times) < np.timedelta64(0, "ns")).any() and (codes is None or codes.max() == 0):
        guessed.append("order: the rows were not in order of time and are sorted")
    distinct, row = np.unique(times, return_inverse=True)
    column = slice(None) if codes is None else codes
    spread = {}
    for name, numbers in values.items():
        panel = np.full((len(distinct), len(symbols)), np.nan)
        panel[row, column] = numbers if codes is None else numbers[:, 0]
        spread[name] = panel
    return {"times": distinct, "symbols": symbols, "values": spread}


def _symbols(table: pd.DataFrame, read: Columns) -> pd.Series[Any] | None:
    return None if read.symbol is None else table[read.symbol]


def _codes(
    table: pd.DataFrame, read: Columns, guessed: list[str]
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The symbol of each row as a number, and the symbols in order of appearance."""
    column = _symbols(table, read)
    if column is None:
        name = read.fields["close"]
        symbol = str(name) if read.fields.keys() == {"close"} and not field_of(name) else "frame"
        guessed.append(f"symbol: one, called {symbol!r}")
        return np.zeros(len(table), dtype=np.int64), [symbol]
    codes, names = pd.factorize(column)
    if (codes < 0).any():
        raise UnusableFrame(
            "The symbol is missing in some rows",
            seen=np.flatnonzero(codes < 0)[:3].tolist(),
            cure="Drop these rows or name their symbol",
        )
    return codes.astype(np.int64), [str(name) for name in names]


def _fields(
    table: pd.DataFrame, read: Columns, guessed: list[str]
) -> tuple[dict[str, npt.NDArray[np.float64]], Adjust]:
    values = {name: checked_numbers(table[[column]], name) for name, column in read.fields.items()}
    names = {field_of(name): name for name in table.columns}
    plain = names.get("close")
    if field_of(read.fields["close"]) != ADJUSTED:
        return values, Adjust.NONE if ADJUSTED in names else Adjust.VENDOR
    if plain is not None:
        factor = values["close"] / checked_numbers(table[[plain]], "close")
        values |= {one: values[one] * factor for one in ("open", "high", "low") if one in values}
        guessed.append(f"open, high, low: adjusted by {read.fields['close']!r} over {plain!r}")
    return values, Adjust.ALL


def _refuse_same(symbols: list[str]) -> None:
    twice = sorted({name for name in symbols if symbols.count(name) > 1})
    if twice:
        raise UnusableFrame(
            "A symbol is there twice", seen=twice, cure="Rename or drop one of the columns"
        )


def _hash(panel: dict[str, Any]) -> str:
    digest = hashlib.sha256(repr(panel["symbols"]).encode())
    digest.update(panel["times"].tobytes())
    for name, numbers in panel["values"].items():
        digest.update(name.encode() + numbers.tobytes())
    return digest.hexdigest()[:10]
