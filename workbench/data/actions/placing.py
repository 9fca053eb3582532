"""Where corporate actions fall among bars, and what each brought to a holder.

Everything is reckoned in the shares of the bar before the ex-date: a split turns one of them into
`ratio`, and a payment of the same or a later day comes on each of the new ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.actions.shaping import shaped
from workbench.data.calendars import open_calendar
from workbench.data.currencies import whole_currency
from workbench.domain import CorporateAction, Timeframe
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt
    import pyarrow as pa
    import xarray as xr

    Floats = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

__all__ = ["PAYING", "SPLIT", "placed_actions", "rows_of_days"]

SPLIT = CorporateAction.SPLIT.value
SPIN_OFF = CorporateAction.SPIN_OFF.value
PAYING = (
    CorporateAction.DIVIDEND.value,
    CorporateAction.SPECIAL_DIVIDEND.value,
    SPIN_OFF,
)
COLUMNS = ("symbol", "time", "kind", "ratio", "amount", "currency", "into")


def placed_actions(bars: xr.Dataset, actions: pa.Table, kinds: Collection[str]) -> pd.DataFrame:
    """The actions that fall between two bars of their symbol, and what each brought.

    Parameters
    ----------
    bars : xarray.Dataset
        As traded. Dims (time, symbol), one session or less each.
    actions : pyarrow.Table
        In `ACTION_COLUMNS`.
    kinds : collection of str
        Those to place.

    Returns
    -------
    pandas.DataFrame
        In order of symbol and ex-date: symbol, time, kind, ratio, amount, currency, into;
        ``row`` and ``column`` of the first bar on or after the ex-date, ``before`` the row of
        the bar before; ``prior_close`` there and ``close`` on the ex-date; ``shares`` and
        ``cash`` that a share of the bar before became and was paid (1 and 0 where ``reason``
        says why the action cannot be valued). Actions outside of the bars are left out.

    Raises
    ------
    InvalidInput
        If bars are longer than a session and an action falls among them.
    """
    frame = _chosen(bars, actions, kinds)
    closes = bars["close"].to_numpy()
    frame["row"], frame["before"] = _rows(bars, frame, closes)
    frame = frame[(frame["row"] < len(closes)) & (frame["before"] >= 0)]
    _refuse_long_bars(bars, frame)
    frame = frame.assign(
        prior_close=closes[frame["before"], frame["column"]],
        close=closes[frame["row"], frame["column"]],
        per_share=_per_share(bars, frame),
    ).reset_index(drop=True)
    return _valued(frame.assign(reason=_reasons(bars, frame)))


def rows_of_days(
    bars: xr.Dataset, days: npt.NDArray[np.datetime64], columns: Places
) -> npt.NDArray[np.intp]:
    """The first row on or after a day, by the clock of each symbol's exchange.

    Parameters
    ----------
    bars : xarray.Dataset
        Daily or intraday bars.
    days : numpy.ndarray of datetime64[D], shape (n,)
        Ex-dates.
    columns : numpy.ndarray of int, shape (n,)
        The symbol of each.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        The number of rows where there is none.
    """
    times = bars["time"].to_numpy()
    if not Timeframe.parse(str(bars.attrs["timeframe"])).is_intraday:
        return np.searchsorted(times, days.astype("datetime64[ns]"), side="left")
    zones = np.array([open_calendar(str(name)).zone for name in bars["calendar"].to_numpy()])
    rows = np.zeros(len(days), dtype=np.intp)
    for zone in np.unique(zones[columns]):
        there = zones[columns] == zone
        midnights = pd.DatetimeIndex(days[there]).tz_localize(
            zone, ambiguous=np.ones(there.sum(), dtype=bool), nonexistent="shift_forward"
        )
        instants = midnights.tz_convert(None).to_numpy("datetime64[ns]")
        rows[there] = np.searchsorted(times, instants, side="left")
    return rows


def _chosen(bars: xr.Dataset, actions: pa.Table, kinds: Collection[str]) -> pd.DataFrame:
    """Actions of these kinds and of symbols that are there, a day's splits first."""
    frame = shaped(actions).select(COLUMNS).to_pandas()
    symbols = pd.Index(bars["symbol"].to_numpy())
    frame["column"] = symbols.get_indexer(frame["symbol"])
    frame = frame[frame["kind"].isin(list(kinds)) & (frame["column"] >= 0)]
    frame = frame.assign(later=frame["kind"] != SPLIT)
    frame = frame.sort_values(["column", "time", "later"], kind="stable")
    return frame.drop(columns="later").reset_index(drop=True)


def _rows(bars: xr.Dataset, frame: pd.DataFrame, closes: Floats) -> tuple[Places, Places]:
    """The first row with a close on or after each ex-date, and the last one before it."""
    columns = frame["column"].to_numpy()
    first = rows_of_days(bars, frame["time"].to_numpy("datetime64[D]"), columns)
    row, before = np.empty_like(first), np.empty_like(first)
    for column, places in frame.groupby("column").indices.items():
        traded = np.flatnonzero(~np.isnan(closes[:, column]))
        at = np.searchsorted(traded, first[places], side="left")
        row[places] = np.append(traded, len(closes))[at]
        before[places] = np.append(-1, traded)[at]
    return row, before


def _refuse_long_bars(bars: xr.Dataset, frame: pd.DataFrame) -> None:
    timeframe = Timeframe.parse(str(bars.attrs["timeframe"]))
    if len(frame) and not timeframe.is_intraday and str(timeframe) != "1d":
        first = frame.iloc[0]
        raise InvalidInput(
            f"A {first['kind']} of {first['symbol']} falls within a bar of {timeframe}: its open"
            " and its close are not of the same shares",
            seen=str(first["time"].date()),
            cure="Adjust daily bars, then resample them",
        )


def _reasons(bars: xr.Dataset, frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Why an action cannot be valued; empty where it can."""
    price = _quoted(bars, frame).map(lambda one: whole_currency(one)[0])
    paid = frame["currency"].fillna("").map(lambda one: whole_currency(one)[0])
    is_split, unknown = frame["kind"] == SPLIT, frame["per_share"].isna()
    cases = {
        "": is_split & (frame["ratio"] > 0),
        "its ratio is unknown": is_split,
        "the price of its shares on that day is unknown": unknown & (frame["kind"] == SPIN_OFF),
        "its amount is unknown": unknown,
    }
    differs = (paid != price) & (paid != "") & (price != "")
    other = "it is paid in " + paid + ", the price is in " + price
    return np.select([*cases.values(), differs], [*cases, other.astype(object)], "")


def _valued(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with ``shares`` and ``cash``; an action worth the whole price is refused."""
    usable = frame["reason"] == ""
    is_split = frame["kind"] == SPLIT
    shares = frame["ratio"].where(usable & is_split, 1.0)
    between = [frame["column"], frame["row"]]
    cash = frame["per_share"].where(usable & ~is_split, 0.0) * shares.groupby(between).cumprod()
    too_much = (cash.groupby(between).cumsum() >= frame["prior_close"]) & (cash > 0)
    reason = frame["reason"].mask(too_much, "it is not less than the price before it")
    return frame.assign(shares=shares, cash=cash.where(~too_much, 0.0), reason=reason)


def _per_share(bars: xr.Dataset, frame: pd.DataFrame) -> Floats:
    """What one share was paid, in the unit of its own price; NaN where it is unknown."""
    quoted = _quoted(bars, frame)
    units = quoted.map(lambda one: whole_currency(one)[1])
    parts = frame["currency"].fillna(quoted).map(lambda one: whole_currency(one)[1])
    cash = (frame["amount"] * units / parts).to_numpy(np.float64)
    into = pd.Index(bars["symbol"].to_numpy()).get_indexer(frame["into"].fillna(""))
    price = bars["close"].to_numpy()[frame["row"], into]
    shares = np.where((frame["kind"] == SPIN_OFF) & (into >= 0), frame["ratio"] * price, np.nan)
    return np.where(np.isnan(cash), shares, cash)


def _quoted(bars: xr.Dataset, frame: pd.DataFrame) -> pd.Series[str]:
    """In what the price of each action's symbol is quoted."""
    quoted = bars["currency"].to_numpy().astype(str)[frame["column"]]
    return pd.Series(quoted, index=frame.index, dtype=object)
