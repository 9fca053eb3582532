"""Fetch the corporate actions of what is downloaded, up to today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workbench.data.actions import gather_actions, store_actions
from workbench.data.downloads.coverage import Covered, load_coverage, missing, record_coverage
from workbench.data.quality import quarantine
from workbench.errors import UnknownName

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.context import Context
    from workbench.data.downloads.coverage import Span
    from workbench.data.downloads.fetching import Job, Outcome
    from workbench.ports import ReferenceSource

__all__ = ["fetch_actions"]

DAY = timedelta(days=1)


def fetch_actions(
    job: Job,
    reference: ReferenceSource,
    start: datetime,
    context: Context,
    outcome: Outcome,
    *,
    refresh: bool,
) -> None:
    """Ask for the actions that are not covered, symbol by symbol.

    They reach up to today whatever period of bars is wanted: a vendor that adjusts prices has
    adjusted them for all of them.

    Parameters
    ----------
    job : Job
        Whose actions.
    reference : ReferenceSource
        The vendor.
    start : datetime
        The first ex-date, naive UTC.
    context : Context
        Lake, clock, progress and the wish to stop.
    outcome : Outcome
        Counts what is new, and what was quarantined and why.
    refresh : bool
        Ask again for what is covered.
    """
    now = _naive(context)
    until = now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    covered = {} if refresh else load_coverage(context.lake, job.dataset, "actions")
    wanted = [
        (symbol, _with_the_day_before(gap, start))
        for symbol in job.vendor_symbols
        for gap in missing(covered.get(symbol, []), start, until)
    ]
    for number, (symbol, span) in enumerate(wanted):
        context.progress(number, len(wanted), f"corporate actions of {symbol}")
        rows = _fetched(job, reference, symbol, span, context, outcome)
        if rows is not None:
            whole = [Covered(symbol, *span, rows)]
            record_coverage(
                context.lake, job.dataset, "actions", whole, content=job.content, recorded_at=now
            )


def _with_the_day_before(gap: Span, start: datetime) -> Span:
    """What was today when it was asked for was not over: an action may have come since."""
    return max(start, gap[0] - DAY), gap[1]


def _fetched(
    job: Job,
    reference: ReferenceSource,
    symbol: str,
    span: Span,
    context: Context,
    outcome: Outcome,
) -> int | None:
    """How many actions came; None when the vendor does not know the symbol."""
    rows = 0
    try:
        pages = gather_actions(reference, {job.vendor_symbols[symbol]: symbol}, *span)
        for good, bad in pages:
            made = store_actions(context.lake, job.dataset, good, _naive(context))
            outcome.actions += made.new + made.revised
            rows += good.num_rows
            _set_aside(job, bad, context, outcome)
    except UnknownName:
        return None  # the bars will say so
    return rows


def _set_aside(job: Job, bad: pa.Table, context: Context, outcome: Outcome) -> None:
    if bad.num_rows:
        rows = bad.select(["symbol", "time", "reason"])
        now, length = _naive(context), str(job.timeframe)
        quarantine(context.lake, job.dataset, length, rows, now, f"{job.name} actions")
        outcome.quarantined += bad.num_rows
        outcome.reasons.update(f"corporate action: {why}" for why in bad["reason"].to_pylist())


def _naive(context: Context) -> datetime:
    return context.now().replace(tzinfo=None)
