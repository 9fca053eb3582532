"""Prices as traded, adjusted for splits and payments by multiplicative factors.

A factor is 1 at a symbol's last bar, so an action that comes later changes nothing, and relative
returns between two bars depend on nothing that comes after them. At each ex-date all earlier
prices are multiplied by ``(1 − cash ÷ prior close) ÷ shares``, where one share of the bar before
became ``shares`` and was paid ``cash``: the holder sells just enough at the prior close, as Yahoo
and most vendors reckon, and all of it is known before the ex-date opens. With the base
``ex_close`` the factor is ``close ÷ (close × shares + cash)``: the payment is reinvested at the
close of the ex-date, and adjusted returns equal those of `total_returns` (Alpha Vantage).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import pyarrow.compute as pc

from workbench.data.actions.placing import PAYING, SPLIT, placed_actions, rows_of_days
from workbench.data.actions.shaping import shaped
from workbench.domain import Adjust
from workbench.errors import InvalidInput, UnknownName

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa
    import xarray as xr

    Floats = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

__all__ = ["DividendBase", "adjust_bars", "factors", "unadjust_bars"]

Choice = TypeVar("Choice", bound=str)
DividendBase = Literal["prior_close", "ex_close"]
PRICES = ("open", "high", "low", "close")

_log = logging.getLogger(__name__)


def adjust_bars(
    bars: xr.Dataset,
    actions: pa.Table,
    adjust: Adjust | str,
    *,
    dividend_base: DividendBase = "prior_close",
) -> xr.Dataset:
    """Bars as traded, adjusted.

    Parameters
    ----------
    bars : xarray.Dataset
        Dims (time, symbol), as traded; a session or less each.
    actions : pyarrow.Table
        In `ACTION_COLUMNS`, as `load_actions` gives what was known at a moment. Only ex-dates
        up to the last bar count.
    adjust : {"none", "splits", "all"}
        For nothing, for splits, or for splits, dividends and spin-offs.
    dividend_base : {"prior_close", "ex_close"}
        The price at which a payment is reinvested.

    Returns
    -------
    xarray.Dataset
        Prices times their factor, volumes times the shares that later splits made of one; NaN
        stays. ``attrs["adjust"]`` says how, ``attrs["unadjusted"]`` lists the actions that
        could not be valued, as sentences.

    Raises
    ------
    UnknownName
        If there is no such adjustment or base.
    InvalidInput
        If the bars are adjusted already in another way, have no close, or are longer than a
        session and an action falls among them.
    """
    wanted = _one_of(tuple(Adjust), adjust, "adjustment")
    if Adjust(bars.attrs["adjust"]) is wanted and wanted is not Adjust.VENDOR:
        return bars
    _refuse(bars, wanted)
    table = factors(bars, actions, wanted, dividend_base=dividend_base)
    unknown = [
        f"{one.symbol} {one.kind} {one.time.date()}: {one.reason}"
        for one in table[~table["applied"]].itertuples()
    ]
    for sentence in unknown:
        _log.warning("adjust_bars: not applied: %s", sentence)
    applied = table[table["applied"]]
    made = _multiplied(bars, _later(bars, applied, "price_factor"), PRICES)
    made = _multiplied(made, _later(bars, applied, "volume_factor"), ("volume",))
    return made.assign_attrs(adjust=wanted.value, unadjusted=unknown)


def unadjust_bars(bars: xr.Dataset, actions: pa.Table) -> xr.Dataset:
    """Prices as traded, of bars that a vendor has divided by all splits up to today.

    Parameters
    ----------
    bars : xarray.Dataset
        Dims (time, symbol), adjusted for splits only (Yahoo's close), a session or less each.
    actions : pyarrow.Table
        In `ACTION_COLUMNS`: every split that the vendor knew, also those after the last bar.

    Returns
    -------
    xarray.Dataset
        Prices times the ratio of each later split, volumes divided by it;
        ``attrs["adjust"]`` is ``none``.

    Raises
    ------
    InvalidInput
        If the bars are as traded, or adjusted for dividends too.
    """
    if Adjust(bars.attrs["adjust"]) not in {Adjust.SPLITS, Adjust.VENDOR}:
        raise InvalidInput(
            "Only prices that are adjusted for splits alone can be un-adjusted",
            seen=bars.attrs["adjust"],
            cure="Say bars.assign_attrs(adjust='splits') if these are",
        )
    ratios = _later_splits(bars, actions)
    made = _multiplied(_multiplied(bars, ratios, PRICES), 1 / ratios, ("volume",))
    return made.assign_attrs(adjust=Adjust.NONE.value)


def factors(
    bars: xr.Dataset,
    actions: pa.Table,
    adjust: Adjust | str = Adjust.ALL,
    *,
    dividend_base: DividendBase = "prior_close",
) -> pd.DataFrame:
    """What each action does to the prices before it.

    Parameters
    ----------
    bars : xarray.Dataset
        As traded.
    actions : pyarrow.Table
        In `ACTION_COLUMNS`.
    adjust : {"splits", "all"}
        Which actions count.
    dividend_base : {"prior_close", "ex_close"}
        The price at which a payment is reinvested.

    Returns
    -------
    pandas.DataFrame
        In order of symbol and ex-date: symbol, time, kind, ratio, amount, currency, into,
        prior_close and close (as traded), price_factor and volume_factor of the action alone,
        cumulative_factor (of prices just before the ex-date), applied, and the reason where it
        is not.

    Raises
    ------
    UnknownName
        If there is no such adjustment or base.
    InvalidInput
        If bars are longer than a session and an action falls among them.
    """
    wanted = _one_of((Adjust.SPLITS, Adjust.ALL), adjust, "adjustment by actions")
    _one_of(("prior_close", "ex_close"), dividend_base, "base of a dividend")
    table = placed_actions(bars, actions, (SPLIT, *PAYING) if wanted is Adjust.ALL else (SPLIT,))
    between = [table["column"], table["row"]]
    paid = table["cash"].groupby(between).cumsum()
    if dividend_base == "prior_close":
        left = table["prior_close"] - paid
        keeping = left / (left + table["cash"])
    else:
        worth = table["close"] * table["shares"].groupby(between).transform("prod")
        keeping = (worth + paid - table["cash"]) / (worth + paid)
    table["price_factor"] = keeping / table["shares"]
    table["volume_factor"] = table["shares"]
    table["applied"] = table["reason"] == ""
    table["cumulative_factor"] = table[::-1].groupby("column")["price_factor"].cumprod()
    return table


def _later(bars: xr.Dataset, table: pd.DataFrame, name: str) -> Floats:
    """For each bar the product of the factors at later ex-dates, shape (time, symbol)."""
    rows, columns = table["row"].to_numpy(), table["column"].to_numpy()
    return _products(bars, rows, columns, table[name].to_numpy())


def _later_splits(bars: xr.Dataset, actions: pa.Table) -> Floats:
    """For each bar the product of the ratios of all later splits, beyond the last bar too."""
    table = shaped(actions)
    splits = table.filter(pc.equal(table["kind"], SPLIT))
    place = {symbol: column for column, symbol in enumerate(bars["symbol"].to_numpy().tolist())}
    columns = np.array([place.get(symbol, -1) for symbol in splits["symbol"].to_pylist()], np.intp)
    days = splits["time"].to_numpy().astype("datetime64[D]")[columns >= 0]
    ratios = splits["ratio"].to_numpy()[columns >= 0]
    columns = columns[columns >= 0]
    return _products(bars, rows_of_days(bars, days, columns), columns, ratios)


def _products(bars: xr.Dataset, rows: Places, columns: Places, values: Floats) -> Floats:
    """For each bar the product of the values whose row is later, shape (time, symbol)."""
    made = np.ones(bars["close"].shape)
    within = rows > 0
    np.multiply.at(made, (rows[within] - 1, columns[within]), values[within])
    np.cumprod(made[::-1], axis=0, out=made[::-1])
    return made


def _multiplied(bars: xr.Dataset, by: Floats, fields: tuple[str, ...]) -> xr.Dataset:
    present = [name for name in fields if name in bars.data_vars]
    return bars.assign({name: bars[name] * by for name in present})


def _one_of(choices: tuple[Choice, ...], given: str, what: str) -> Choice:
    for choice in choices:
        if choice == given:
            return choice
    raise UnknownName(what, str(given), map(str, choices))


def _refuse(bars: xr.Dataset, wanted: Adjust) -> None:
    found = Adjust(bars.attrs["adjust"])
    if found is not Adjust.NONE or wanted is Adjust.VENDOR:
        raise InvalidInput(
            f"Prices adjusted as {found.value!r} cannot be served as {wanted.value!r}",
            seen=bars.attrs.get("dataset", ""),
            cure="Give prices as traded; bars.assign_attrs(adjust='none') says that they are",
        )
    if "close" not in bars.data_vars:
        raise InvalidInput(
            "Bars without a close cannot be adjusted",
            seen=list(bars.data_vars),
            cure="Load the close too",
        )
