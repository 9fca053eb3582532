"""Facts and series as results."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.fundamentals.joining import figures
from workbench.data.fundamentals.results import (
    FactsAdded,
    FundamentalsReport,
    MacroAdded,
    MacroReport,
)
from workbench.data.knowledge import latest
from workbench.errors import NoData

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.data.knowledge import Upserted
    from workbench.domain import Period

__all__ = ["end_of", "facts_added", "fundamentals_report", "macro_added", "macro_report"]

FILED = (
    "A filing with a time from that moment; one with a date alone from the end of that day in"
    " New York."
)


def end_of(day: dt.date | None) -> dt.datetime | None:
    """The last moment of a day in UTC, naive."""
    return None if day is None else dt.datetime.combine(day, dt.time.max)


def facts_added(dataset: str, facts: pa.Table, wrote: Upserted) -> FactsAdded:
    """What became of facts that were brought."""
    first, last = _bounds(facts["time"])
    return FactsAdded(
        dataset=dataset,
        symbols=sorted(facts["symbol"].unique().to_pylist()),
        items=sorted(facts["item"].unique().to_pylist()),
        new=wrote.new,
        changed=wrote.revised,
        unchanged=wrote.unchanged,
        first=first,
        last=last,
        known=FILED,
        lake_version=wrote.version,
    )


def fundamentals_report(
    facts: pa.Table,
    symbols: Sequence[str],
    items: Sequence[str],
    *,
    span: str,
    as_of: dt.datetime | None,
    limit: int,
) -> FundamentalsReport:
    """Figures as they changed, the newest `limit` of them as records.

    Parameters
    ----------
    facts : pyarrow.Table
        The statements of the symbols.
    symbols, items : sequence of str
        What was asked for.
    span : str
        The stretch of a flow.
    as_of : datetime or None
        Naive UTC.
    limit : int
        The most records.

    Returns
    -------
    FundamentalsReport
        With all figures in memory.

    Raises
    ------
    NoData
        If no figure was known by `as_of`, or none can be told for this span.
    """
    changes = figures(facts, items, span=span, as_of=as_of)
    if changes.empty:
        raise NoData(
            f"No {span} figure can be told from the facts known by then",
            seen=list(items),
            cure="Ask for a later as_of, or for span quarter or year",
        )
    shown = changes.sort_values("known_at", kind="stable").tail(limit)
    return FundamentalsReport(
        symbols=list(symbols),
        items=list(items),
        span=span,
        as_of=as_of,
        count=len(changes),
        left_out=max(0, len(changes) - limit),
        records=_records(shown.rename(columns={"time": "period_end"})),
        figures=changes,
        facts=facts,
    )


def macro_added(name: str, series: pa.Table, wrote: Upserted, known: str) -> MacroAdded:
    """What became of series that were brought."""
    first, last = _bounds(series["time"])
    return MacroAdded(
        name=name,
        series=sorted(series["symbol"].unique().to_pylist()),
        new=wrote.new,
        revised=wrote.revised,
        unchanged=wrote.unchanged,
        first=first,
        last=last,
        known=known,
        lake_version=wrote.version,
    )


def macro_report(
    series: pa.Table, names: Sequence[str], period: Period, as_of: dt.datetime | None, limit: int
) -> MacroReport:
    """Series as they were known, the newest `limit` figures as records.

    Parameters
    ----------
    series : pyarrow.Table
        Every vintage.
    names : sequence of str
        The series.
    period : Period
        Of the periods of the figures.
    as_of : datetime or None
        Naive UTC.
    limit : int
        The most records.

    Returns
    -------
    MacroReport
        With all figures and vintages in memory.

    Raises
    ------
    NoData
        If no figure of the period was known by `as_of`.
    """
    frame = latest(series, ["symbol", "time"], as_of).to_pandas()
    days = frame["time"].dt.date
    inside = (days >= (period.first or dt.date.min)) & (days <= (period.last or dt.date.max))
    frame = frame[inside & frame["known_at"].notna()].reset_index(drop=True)
    if frame.empty:
        raise NoData(
            "No figure of these series was known by then",
            seen=list(names),
            cure="Ask for a longer period or a later as_of",
        )
    shown = frame.sort_values(["time", "symbol"], kind="stable").tail(limit)
    return MacroReport(
        series=[name for name in names if (frame["symbol"] == name).any()],
        as_of=as_of,
        start=frame["time"].min().date(),
        end=frame["time"].max().date(),
        count=len(frame),
        left_out=max(0, len(frame) - limit),
        records=_records(shown.rename(columns={"symbol": "series"})),
        figures=frame,
        vintages=series,
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as wire values: dates and moments as text, what is missing as None."""
    frame = frame.astype(object).where(frame.notna(), None)
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return [
        {name: at.isoformat() if isinstance(at, pd.Timestamp) else at for name, at in row.items()}
        for row in rows
    ]


def _bounds(times: pa.ChunkedArray) -> tuple[Any, ...]:
    bounds = pc.min_max(times).as_py()
    return tuple(at and at.date() for at in (bounds["min"], bounds["max"]))
