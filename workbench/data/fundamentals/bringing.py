"""Bring facts from a source and series from a file into the lake."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from workbench.data.adding import read_file
from workbench.data.fundamentals.facts import SCHEMA
from workbench.data.fundamentals.files import content_of
from workbench.data.fundamentals.keeping import store_facts
from workbench.data.fundamentals.macro_keeping import store_macro
from workbench.data.fundamentals.macro_tables import has_vintages, macro_of_frame
from workbench.data.fundamentals.reports import facts_added, macro_added
from workbench.data.instruments import vendor_symbol
from workbench.data.knowledge import Upserted
from workbench.errors import NoData
from workbench.ports import ReferenceSource, adapter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.context import Context
    from workbench.data.fundamentals.results import FactsAdded, MacroAdded
    from workbench.domain import Period

__all__ = ["added_macro", "downloaded_facts", "recorded_now"]

FIRST = datetime(2009, 1, 1)  # noqa: DTZ001  naive UTC, as everywhere below the surfaces


def recorded_now(context: Context) -> datetime:
    """The time of the context's clock, naive UTC."""
    return context.now().astimezone(UTC).replace(tzinfo=None)


def downloaded_facts(
    symbols: Sequence[str], source: str, period: Period, context: Context
) -> FactsAdded:
    """Download facts and keep them page by page.

    Parameters
    ----------
    symbols : sequence of str
        The companies.
    source : str
        The adapter.
    period : Period
        Of the filing dates.
    context : Context
        Whose lake, clock and progress.

    Returns
    -------
    FactsAdded
        The counts of all pages.

    Raises
    ------
    UnknownName
        If there is no such source or symbol.
    WireError
        If the source fails; the pages before are kept.
    NoData
        If no report was filed in the period.
    """
    now = recorded_now(context)
    start = datetime.combine(period.first, time()) if period.first else FIRST
    end = datetime.combine(period.end, time()) if period.end else now
    reference = adapter(ReferenceSource, source)
    pages, total = [SCHEMA.empty_table()], Upserted(0, 0, 0, None)
    for done, symbol in enumerate(symbols):
        context.progress(done, len(symbols), f"fundamentals of {symbol}")
        called = vendor_symbol(symbol, source, lake=context.lake)
        for page in reference.fundamentals([called], start, end):
            facts = _renamed(page, symbol)
            wrote = store_facts(context.lake, source, facts, recorded_at=now, content=source)
            total = _both(total, wrote)
            pages.append(facts.select(SCHEMA.names))
    context.progress(len(symbols), len(symbols), "fundamentals")
    together = pa.concat_tables(pages)
    if not together.num_rows:
        raise NoData(
            f"{source} has no report of these companies filed in this period",
            seen=list(symbols),
            cure="Ask for an earlier start, or check the symbols",
        )
    return facts_added(source, together, total)


def added_macro(
    name: str,
    path: str,
    *,
    lag_days: float | None,
    columns: Mapping[str, str] | None,
    unit: str | None,
    zone: str,
    context: Context,
) -> MacroAdded:
    """Read a file of series and keep it.

    Parameters
    ----------
    name, path : str
        What the dataset is called, and its file.
    lag_days : float or None
        For a file without vintages.
    columns : mapping or None
        Meaning → column.
    unit : str or None
        Of the figures.
    zone : str
        Where a day ends.
    context : Context
        Whose lake and clock.

    Returns
    -------
    MacroAdded
        The counts, and from when the figures count as known.

    Raises
    ------
    NoData
        If there is no such file, or it has no figure.
    InvalidInput
        If it cannot be read as series.
    """
    frame = read_file(path)
    told = has_vintages(frame, columns)
    series = macro_of_frame(
        frame, name=name, columns=columns, lag_days=lag_days, unit=unit, zone=zone
    )
    if not series.num_rows:
        raise NoData("The file has no figure", seen=path, cure="Give a file with figures")
    wrote = store_macro(
        context.lake,
        name,
        series,
        recorded_at=recorded_now(context),
        has_vintages=told,
        content=content_of(Path(path).expanduser()),
    )
    return macro_added(name, series, wrote, _known(told=told, lag_days=lag_days, zone=zone))


def _known(*, told: bool, lag_days: float | None, zone: str) -> str:
    if told:
        return f"As the file says; a date alone from the end of that day in {zone}."
    return (
        f"{lag_days:g} days after the end of the period in {zone}; the figures are those of today,"
        " what was published first is lost."
    )


def _renamed(page: pa.Table, symbol: str) -> pa.Table:
    """The page with the workbench's own symbol in place of the vendor's."""
    column = pa.array([symbol] * page.num_rows, pa.string())
    return page.set_column(page.column_names.index("symbol"), "symbol", column)


def _both(one: Upserted, other: Upserted) -> Upserted:
    """What two writes brought together."""
    return Upserted(
        one.new + other.new,
        one.revised + other.revised,
        one.unchanged + other.unchanged,
        other.version,
    )
