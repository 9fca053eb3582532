"""Facts beside bars: at each bar what was known at that moment, and nothing later."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.data.fundamentals.facts import KNOWN_AT, with_known_at
from workbench.data.fundamentals.items import names_of, refuse_unknown
from workbench.data.fundamentals.periods import Fact, KnownFacts, Span
from workbench.data.fundamentals.publication import NEW_YORK
from workbench.errors import AmbiguousFrame, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import numpy.typing as npt
    import pyarrow as pa

    Numbers = npt.NDArray[np.float64]
    Instants = npt.NDArray[np.datetime64]

__all__ = ["facts_asof", "figures"]

FIGURE_COLUMNS = ("symbol", "item", "time", "value", "unit", "known_at")
DAY = np.timedelta64(1, "D")


def facts_asof(
    facts: pa.Table,
    items: Sequence[str],
    bars: xr.Dataset,
    *,
    span: Span | str = Span.TRAILING,
    unit: str | None = None,
    as_of: datetime | None = None,
    max_age_days: int | None = 548,
    zone: str = NEW_YORK,
) -> xr.Dataset:
    """The figures that were known at each bar's ``known_at``.

    Restatements count from the moment at which they were known: a bar between the first report
    and the restatement sees the first. Parts of a figure that is put together (a fourth quarter,
    trailing twelve months) are those that were known by then, each as it was last stated.

    Parameters
    ----------
    facts : pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`, every statement of every filing; a column ``known_at`` where a
        value became known later than it was filed.
    items : sequence of str
        As the source calls them, or a plain name of `ITEMS` such as ``net_income``.
    bars : xarray.Dataset
        Coordinates time, symbol and ``known_at`` along time (naive UTC).
    span : {"ttm", "quarter", "year"}
        The stretch of a flow; a balance is the latest one. A quarter that was not reported is
        put together; a ``year`` is one as reported. Flows per share add up only nearly.
    unit : str, optional
        Take only facts in this unit.
    as_of : datetime, optional
        Leave out what became known after it (naive UTC), even for later bars.
    max_age_days : int, optional
        A figure whose period ended longer before the bar is stale and NaN; None takes any.
    zone : str
        Where the day of a filing date ends, as in `published_at`.

    Returns
    -------
    xarray.Dataset
        Dims (time, symbol); one float64 variable for each item, NaN where nothing was known.

    Raises
    ------
    UnknownName
        If no fact has an item.
    AmbiguousFrame
        If an item of a symbol is stated in two units and `unit` is not given.
    InvalidInput
        If `span` is none.
    """
    known = figures(facts, items, span=span, unit=unit, as_of=as_of, zone=zone)
    times, moments = bars["time"].to_numpy(), bars[KNOWN_AT].to_numpy()
    symbols = bars["symbol"].to_numpy().tolist()
    shape = (len(times), len(symbols))
    values = {item: np.full(shape, np.nan) for item in items}
    for (item, symbol), one in known.groupby(["item", "symbol"], sort=False):
        if symbol in symbols:
            values[item][:, symbols.index(symbol)] = _at(one, moments, times, max_age_days)
    coords = {name: bars.coords[name] for name in ("time", "symbol", KNOWN_AT)}
    made = {item: (("time", "symbol"), column) for item, column in values.items()}
    return xr.Dataset(made, coords, {"span": Span(span).value, "max_age_days": max_age_days})


def figures(
    facts: pa.Table,
    items: Sequence[str],
    *,
    span: Span | str = Span.TRAILING,
    unit: str | None = None,
    as_of: datetime | None = None,
    zone: str = NEW_YORK,
) -> pd.DataFrame:
    """How the newest figure of each item changed as filings came in.

    Parameters
    ----------
    facts, items, span, unit, as_of, zone
        As for `facts_asof`.

    Returns
    -------
    pandas.DataFrame
        A row whenever the figure changed: symbol, item, ``time`` (the end of its period), value,
        unit and ``known_at``; sorted by symbol, item and ``known_at``.

    Raises
    ------
    UnknownName, AmbiguousFrame, InvalidInput
        As `facts_asof`.
    """
    stretch = _span(span)
    table = _prepared(facts, items, unit, as_of, zone)
    rows: list[dict[str, Any]] = []
    for (symbol, item), one in table.groupby(["symbol", "item"], sort=True):
        about = {"symbol": symbol, "item": item, "unit": _only_unit(one, str(symbol), str(item))}
        rows += [{**about, **change} for change in _changes(one, stretch)]
    frame = pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))
    ends = frame["time"].to_numpy(np.int64).astype("datetime64[D]")
    known_at = frame[KNOWN_AT].to_numpy("datetime64[us]")
    return frame.assign(time=ends.astype("datetime64[us]"), known_at=known_at)


def _prepared(
    facts: pa.Table, items: Sequence[str], unit: str | None, as_of: datetime | None, zone: str
) -> pd.DataFrame:
    """The statements of these items that were ever known, in the order of becoming known."""
    frame = with_known_at(facts, zone=zone).to_pandas()
    ranked = {name: (item, at) for item in items for at, name in enumerate(names_of(item))}
    refuse_unknown(items, frame["item"].unique().tolist())
    frame = frame[frame["item"].isin(ranked) & frame[KNOWN_AT].notna()]
    frame = frame if unit is None else frame[frame["unit"] == unit]
    frame = frame if as_of is None else frame[frame[KNOWN_AT] <= pd.Timestamp(as_of)]
    frame = frame.assign(
        rank=[-ranked[name][1] for name in frame["item"]],
        item=[ranked[name][0] for name in frame["item"]],
    )
    order = [KNOWN_AT, "filed_at", "rank", "time", "period_start", "value"]
    return frame.sort_values(order, kind="stable", na_position="first")


def _changes(one: pd.DataFrame, span: Span) -> Iterator[dict[str, Any]]:
    """The newest figure after each moment at which it changed."""
    known, last = KnownFacts(), None
    for moment, stated in groupby(_statements(one), key=lambda pair: pair[0]):
        for _, fact in stated:
            known.learn(fact)
        newest = known.latest(span)
        if newest is not None and newest != last:
            end, value = last = newest
            yield {"time": end, "value": value, KNOWN_AT: moment}


def _statements(one: pd.DataFrame) -> Iterator[tuple[np.datetime64, Fact]]:
    ends = _days(one["time"])
    starts = [None if day is None else day - 1 for day in _days(one["period_start"])]
    filed = one["filed_at"].fillna(pd.Timestamp.min).to_numpy("datetime64[s]").astype(np.int64)
    facts = map(Fact, starts, ends, filed.tolist(), one["value"])
    return zip(one[KNOWN_AT].to_numpy("datetime64[us]"), facts, strict=True)


def _days(column: pd.Series) -> list[Any]:
    """Days since 1970; None where there is none."""
    days = column.to_numpy("datetime64[D]")
    numbers = days.astype(np.int64).tolist()
    return [None if gone else day for gone, day in zip(np.isnat(days), numbers, strict=True)]


def _at(one: pd.DataFrame, moments: Instants, times: Instants, max_age: int | None) -> Numbers:
    """The figure known at each moment, NaN before the first and where it is stale."""
    place = np.searchsorted(one[KNOWN_AT].to_numpy("datetime64[ns]"), moments, side="right") - 1
    values, ends = one["value"].to_numpy(np.float64), one["time"].to_numpy("datetime64[ns]")
    good = place >= 0
    if max_age is not None:
        good &= times - ends[place] <= max_age * DAY
    return np.where(good, values[place], np.nan)


def _only_unit(one: pd.DataFrame, symbol: str, item: str) -> str:
    units = sorted(one["unit"].dropna().unique())
    if len(units) > 1:
        raise AmbiguousFrame(
            f"{item} of {symbol} is stated in more than one unit",
            seen=units,
            cure=f"Say unit={units[0]!r} or another of them",
        )
    return units[0] if units else ""


def _span(span: Span | str) -> Span:
    if span not in set(Span):
        raise InvalidInput(
            "There is no such span of a figure", seen=span, cure=f"Choose one of: {', '.join(Span)}"
        )
    return Span(span)
