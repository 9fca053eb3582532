"""What a holder earned: price, splits, payments, and what was received at the end.

The return of a bar is ``(close × shares + cash) ÷ prior close − 1`` for one share held at the
close before, as CRSP defines the holding period return. What is received at a delisting or in a
merger is the return of one further bar, after the last; where it is unknown the return is NaN and
the symbol is named, never taken for zero: bankruptcies are overrepresented among the unknown
(Shumway, 1997, The Delisting Bias in CRSP Data, Journal of Finance 52).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data.actions.placing import PAYING, SPLIT, placed_actions, rows_of_days
from workbench.data.actions.shaping import shaped
from workbench.data.currencies import whole_currency
from workbench.domain import Adjust, CorporateAction
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa
    import xarray as xr

__all__ = ["delisting_returns", "total_returns"]

ENDS = (CorporateAction.DELISTING.value, CorporateAction.MERGER.value)


def total_returns(bars: xr.Dataset, actions: pa.Table) -> xr.DataArray:
    """The return of each bar from the close before, with all that was paid.

    Parameters
    ----------
    bars : xarray.Dataset
        As traded. Dims (time, symbol), a session or less each.
    actions : pyarrow.Table
        In `ACTION_COLUMNS`.

    Returns
    -------
    xarray.DataArray
        Simple fractions, dims (time, symbol); NaN at a symbol's first bar and where it has none,
        but for the bar at which a delisting or merger paid. ``attrs["unvalued"]`` lists the
        actions that could not be valued and ``attrs["unknown_delistings"]`` the ends whose
        return is not known or comes after the last bar, as sentences.

    Raises
    ------
    InvalidInput
        If the bars are adjusted already, or longer than a session and an action falls among them.
    """
    if Adjust(bars.attrs["adjust"]) is not Adjust.NONE:
        raise InvalidInput(
            "Total returns are made of prices as traded",
            seen=bars.attrs["adjust"],
            cure="Load the bars with adjust='none'",
        )
    closes = bars["close"].to_numpy()
    prior = pd.DataFrame(closes).ffill().shift().to_numpy()
    returns = closes / prior - 1.0
    table = placed_actions(bars, actions, (SPLIT, *PAYING))
    if len(table):
        cells = table.groupby(["row", "column"]).agg(
            shares=("shares", "prod"), cash=("cash", "sum"), close=("close", "first"),
            prior_close=("prior_close", "first"),
        )  # fmt: skip
        worth = cells["close"] * cells["shares"] + cells["cash"]
        rows, columns = (cells.index.get_level_values(name) for name in ("row", "column"))
        returns[rows, columns] = worth / cells["prior_close"] - 1.0
    ends = delisting_returns(bars, actions)
    paid = ends[ends["reason"] == ""]
    returns[paid["row"], paid["column"]] = paid["delisting_return"]
    attrs = {
        "unvalued": _sentences(table[table["reason"] != ""]),
        "unknown_delistings": _sentences(ends[ends["reason"] != ""]),
    }
    return bars["close"].copy(data=returns).assign_attrs(attrs).rename("total_return")


def delisting_returns(bars: xr.Dataset, actions: pa.Table) -> pd.DataFrame:
    """What holders received when a share ended, over its last close.

    Parameters
    ----------
    bars : xarray.Dataset
        As traded.
    actions : pyarrow.Table
        In `ACTION_COLUMNS`. Of a delisting the amount counts; of a merger the amount and the
        price of ``into`` times the ratio. Of several ends of a symbol the last counts.

    Returns
    -------
    pandas.DataFrame
        One row for each symbol of the bars that ended: symbol, kind, time, last_close, received
        (per share, in the unit of the price), delisting_return (NaN where unknown), ``row`` of the
        bar that it belongs to, ``column``, and the reason where it is unknown or belongs to none.
    """
    frame = shaped(actions).to_pandas()
    columns = pd.Index(bars["symbol"].to_numpy()).get_indexer(frame["symbol"])
    frame = frame.assign(column=columns)[frame["kind"].isin(ENDS) & (columns >= 0)]
    frame = frame.sort_values(["column", "time"]).drop_duplicates("column", keep="last")
    closes = bars["close"].to_numpy()
    at = rows_of_days(bars, frame["time"].to_numpy("datetime64[D]"), frame["column"].to_numpy())
    rows = [
        _end(bars, closes, action, int(row))
        for action, row in zip(frame.itertuples(), at, strict=True)
    ]
    names = ["symbol", "kind", "time", "last_close", "received", "delisting_return"]
    return pd.DataFrame(rows, columns=[*names, "row", "column", "reason"])


def _end(
    bars: xr.Dataset, closes: npt.NDArray[np.float64], action: Any, row: int
) -> dict[str, Any]:
    traded = np.flatnonzero(~np.isnan(closes[:, action.column]))
    last = int(traded[-1]) if len(traded) else -1
    last_close = float(closes[last, action.column]) if len(traded) else np.nan
    received = _received(bars, action, last)
    row = max(row, last + 1)
    reason = ""
    if not len(traded) or row >= len(closes):
        reason = "it lies outside of the bars"
    elif np.isnan(received):
        reason = "what a holder received is unknown"
    return {
        "symbol": action.symbol,
        "kind": action.kind,
        "time": action.time,
        "last_close": last_close,
        "received": received,
        "delisting_return": received / last_close - 1.0,
        "row": row,
        "column": action.column,
        "reason": reason,
    }


def _received(bars: xr.Dataset, action: Any, last: int) -> float:
    """Cash and shares for one share, in the unit of its price; NaN where it is unknown."""
    unit_name, unit = whole_currency(str(bars["currency"].to_numpy()[action.column]))
    paid_name, part = whole_currency(action.currency) if action.currency else (unit_name, unit)
    cash = float(action.amount) * unit / part if paid_name == unit_name or not unit_name else np.nan
    if action.kind != CorporateAction.MERGER or not action.ratio > 0:
        return cash
    symbols = bars["symbol"].to_numpy().tolist()
    if action.into not in symbols:
        return float("nan")
    prices = bars["close"].to_numpy()[: last + 1, symbols.index(action.into)]
    known = prices[~np.isnan(prices)]
    shares = action.ratio * known[-1] if len(known) else np.nan
    return float(shares + (0.0 if np.isnan(action.amount) else cash))


def _sentences(table: pd.DataFrame) -> list[str]:
    return [
        f"{one.symbol} {one.kind} {one.time.date()}: {one.reason}" for one in table.itertuples()
    ]
