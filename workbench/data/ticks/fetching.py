"""Ticks from a vendor into the lake, a day at a time; a day that came whole is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.data.downloads.coverage import Covered, load_coverage, missing, record_coverage
from workbench.data.downloads.vendors import calendar_of, spelled
from workbench.data.knowledge import upsert
from workbench.data.quality import quarantine
from workbench.data.ticks.days import days_between
from workbench.data.ticks.kinds import KINDS, OWN_CALENDAR, numbered
from workbench.data.ticks.results import TicksDownloaded
from workbench.data.ticks.sifting import as_rejected, sift_ticks
from workbench.errors import Cancelled, InvalidInput, NoData
from workbench.ports import TickSource, adapter, adapter_names
from workbench.wire import pausing

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.context import Context
    from workbench.data.ticks.days import Day
    from workbench.data.ticks.kinds import TickKind
    from workbench.domain import Period

__all__ = ["fetch_ticks"]

ROWS_PER_WRITE = 250_000
"""Days are gathered up to so many ticks before a commit."""


@dataclass(frozen=True)
class _Job:
    source: TickSource
    name: str
    dataset: str
    symbol: str
    called: str
    kind: TickKind
    calendar: str
    content: str
    until: datetime
    """What is later may still be on its way."""


@dataclass
class _Brought:
    """Whole days: those that are not written yet, and what those before have brought."""

    rows: dict[bool, list[pa.Table]] = field(default_factory=lambda: {False: [], True: []})
    covered: list[Covered] = field(default_factory=list)
    count: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def fetch_ticks(
    source: Any,
    symbol: str,
    period: Period,
    context: Context,
    *,
    kind: str,
    dataset: str = "",
    refresh: bool = False,
) -> TicksDownloaded:
    """Bring into the lake the days of ticks that are not there.

    Parameters
    ----------
    source : str or TickSource
        The vendor.
    symbol : str
        Of the workbench.
    period : Period
        Days of the exchange; an open side is today.
    context : Context
        Lake, clock, progress and the wish to stop.
    kind : {"trades", "quotes"}
        Which ticks.
    dataset : str
        ``polygon-trades`` and the like by default.
    refresh : bool
        Ask again for what is there.

    Returns
    -------
    TicksDownloaded
        What came.

    Raises
    ------
    NoData
        If the exchange had no session, or the period has not begun.
    WireError
        If the vendor fails; days that came whole are kept.
    Cancelled
        If the caller stops it; the same.
    """
    job = _planned(source, symbol, kind, dataset, context)
    days = _days(job, period, context)
    covered = load_coverage(context.lake, job.dataset, kind).get(symbol, [])
    held = {day: not missing(covered, day.start, day.end) for day in days}
    wanted = {day: again for day, again in held.items() if refresh or not again}
    brought = _fetched(job, wanted, context)
    return TicksDownloaded(
        dataset=job.dataset,
        source=job.name,
        symbol=symbol,
        kind=kind,
        start=days[0].start,
        end=min(days[-1].end, job.until),
        days=len(days),
        days_asked=len(wanted),
        new=brought.new,
        revised=brought.revised,
        unchanged=brought.unchanged,
        quarantined=sum(brought.reasons.values()),
        reasons=dict(brought.reasons),
        lake_version=context.lake.version(kind),
    )


def _planned(source: Any, symbol: str, kind: str, dataset: str, context: Context) -> _Job:
    vendor, name, facts = _source(source)
    now = _now(context)
    return _Job(
        source=vendor,
        name=name,
        dataset=dataset or f"{name}-{kind}".replace("_", "-"),
        symbol=symbol,
        called=spelled([symbol], name, context.lake)[symbol],
        kind=KINDS[kind],
        calendar=calendar_of([symbol], getattr(facts, "calendar", OWN_CALENDAR)),
        content=f"{name} {now:%Y-%m-%dT%H:%M:%S}",
        until=now - timedelta(seconds=getattr(facts, "delay_seconds", 0)),
    )


def _days(job: _Job, period: Period, context: Context) -> list[Day]:
    """The days of the period that have begun."""
    today = _now(context).date()
    days = days_between(period.first or today, period.last or today, job.calendar)
    begun = [day for day in days if day.start < job.until]
    if not begun:
        raise NoData(
            f"{job.calendar} has no session in this period that has begun",
            seen=f"{period.first or today} to {period.last or today}",
            cure="Choose other days: list_sessions shows them",
        )
    return begun


def _source(source: Any) -> tuple[TickSource, str, Any]:
    """The source, its name, and what it states about itself."""
    if isinstance(source, str):
        found = adapter(TickSource, source)
        return found, source, getattr(found, "facts", None)
    if not hasattr(source, "trades") or not hasattr(source, "quotes"):
        raise InvalidInput(
            "This is no source of ticks",
            seen=type(source).__name__,
            cure=f"Give one of {', '.join(adapter_names(TickSource))}, or an object with trades()"
            " and quotes()",
        )
    facts = getattr(source, "facts", None)
    return source, str(getattr(facts, "name", type(source).__name__.lower())), facts


def _fetched(job: _Job, wanted: dict[Day, bool], context: Context) -> _Brought:
    """Fetch days and write them, with the word of what is covered after the rows."""
    brought = _Brought()
    try:
        with pausing(partial(_wait, context)):
            for number, (day, again) in enumerate(wanted.items()):
                told = (
                    f"{job.symbol} on {day.date}, {brought.new + brought.count:,} {job.kind.table}"
                )
                context.progress(number, len(wanted), told)
                rows = _day_of(job, day, context)
                brought.rows[again].append(rows)
                brought.count += rows.num_rows
                if day.end <= job.until:
                    brought.covered.append(Covered(job.symbol, day.start, day.end, rows.num_rows))
                if brought.count >= ROWS_PER_WRITE:
                    _write(job, brought, context)
    finally:
        _write(job, brought, context)
    context.progress(len(wanted), len(wanted), f"{brought.new:,} new {job.kind.table}")
    return brought


def _day_of(job: _Job, day: Day, context: Context) -> pa.Table:
    """All ticks of a day, under the workbench's symbol."""
    ask = getattr(job.source, job.kind.table)
    parts = [job.kind.schema.empty_table()]
    for page in ask(job.called, day.start, min(day.end, job.until)):
        parts.append(page.select(job.kind.schema.names).cast(job.kind.schema))
        if context.stop.is_set():
            raise Cancelled
    rows = pa.concat_tables(parts).combine_chunks()
    own = pa.array([job.symbol], pa.string()).take(pa.array([0] * rows.num_rows, pa.int32()))
    return numbered(rows.set_column(0, "symbol", own))


def _write(job: _Job, brought: _Brought, context: Context) -> None:
    for again, parts in brought.rows.items():
        if parts:
            _write_rows(job, brought, pa.concat_tables(parts), context, late=again)
    kind = job.kind.table
    record_coverage(
        context.lake,
        job.dataset,
        kind,
        brought.covered,
        content=job.content,
        recorded_at=_now(context),
    )
    brought.rows, brought.covered, brought.count = {False: [], True: []}, [], 0


def _write_rows(
    job: _Job, brought: _Brought, rows: pa.Table, context: Context, *, late: bool
) -> None:
    now, kind = _now(context), job.kind.table
    good, bad = sift_ticks(rows, kind)
    if good.num_rows:
        made = upsert(
            context.lake,
            kind,
            job.dataset,
            good,
            keys=job.kind.keys,
            recorded_at=now,
            content=job.content,
            late=late,
        )
        brought.new += made.new
        brought.revised += made.revised
        brought.unchanged += made.unchanged
    if bad.num_rows:
        quarantine(context.lake, job.dataset, kind, as_rejected(bad, kind), now, job.name)
        brought.reasons.update(bad["reason"].to_pylist())


def _now(context: Context) -> datetime:
    return context.now().replace(tzinfo=None)


def _wait(context: Context, seconds: float) -> None:
    """Wait for a vendor, but no longer than the caller wants."""
    if context.stop.wait(seconds):
        raise Cancelled
