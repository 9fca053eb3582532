"""A download from the first question to the manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.data.actions import load_actions
from workbench.data.downloads.acting import fetch_actions
from workbench.data.downloads.cataloguing import check_dataset, dataset_name, write_facts
from workbench.data.downloads.coverage import load_coverage
from workbench.data.downloads.fetching import Job, Outcome, fetch_bars
from workbench.data.downloads.planning import complete_until, expected_bars, pieces
from workbench.data.downloads.results import DownloadReport
from workbench.data.downloads.unadjusting import as_traded
from workbench.data.downloads.vendors import (
    calendar_of,
    currency_of,
    reference_of,
    source_of,
    spelled,
)
from workbench.domain import Adjust, Timeframe
from workbench.errors import Cancelled, InvalidInput, NoData, UnknownName
from workbench.wire import pausing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.context import Context
    from workbench.data.downloads.coverage import Span
    from workbench.data.downloads.planning import Piece

__all__ = ["Request", "download"]

YEARS_OF_DAYS, DAYS_OF_MINUTES = 20, 30
"""How far back a download begins if nobody says otherwise."""


@dataclass(frozen=True)
class Request:
    """What somebody wants to have.

    Parameters
    ----------
    source : str or BarSource
        The vendor.
    symbols : sequence of str
        Of the workbench.
    start, end : datetime or None
        ``[start, end)``, naive UTC.
    timeframe : str
        The length of a bar.
    dataset, calendar : str
        Empty means the usual.
    actions : bool
        Corporate actions too, where the vendor has them.
    refresh : bool
        Ask again for what is there, to see what the vendor has revised.
    """

    source: Any
    symbols: Sequence[str]
    start: datetime | None = None
    end: datetime | None = None
    timeframe: str = "1d"
    dataset: str = ""
    calendar: str = ""
    actions: bool = True
    refresh: bool = False


def download(request: Request, context: Context, *, dry_run: bool = False) -> DownloadReport:
    """Bring into the lake what is missing of a request.

    Parameters
    ----------
    request : Request
        What is wanted.
    context : Context
        Lake, clock, progress and the wish to stop.
    dry_run : bool
        Only tell what would be asked for.

    Returns
    -------
    DownloadReport
        What came.

    Raises
    ------
    WireError
        If the vendor fails; what came whole is kept and the next download goes on from there.
    InvalidInput
        If the request cannot be carried out as it is.
    UnknownName
        If no symbol of the request exists.
    """
    job, period, wanted = _planned(request, context)
    outcome = Outcome()
    if not dry_run:
        reference = reference_of(request.source, job.name) if request.actions else None
        try:
            with pausing(partial(_wait, context)):
                if reference is not None:
                    how = {"refresh": request.refresh}
                    fetch_actions(job, reference, period[0], context, outcome, **how)
                    job = _as_traded(job, context)
                fetch_bars(job, wanted, context, outcome)
        finally:
            _catalogued(job, outcome, actions=reference is not None, context=context)
        _refuse_nothing(request, outcome)
    return _report(job, period, wanted, outcome, dry_run=dry_run, context=context)


def _wait(context: Context, seconds: float) -> None:
    """Wait for a vendor, but no longer than the caller wants."""
    if context.stop.wait(seconds):
        raise Cancelled


def _planned(request: Request, context: Context) -> tuple[Job, Span, list[Piece]]:
    source, name = source_of(request.source)
    timeframe = Timeframe.parse(request.timeframe)
    _check_timeframe(timeframe, source.facts.timeframes, name)
    if not request.symbols:
        raise InvalidInput("No symbol is asked for", seen=[], cure="Give symbols=['AAPL', …]")
    dataset = request.dataset or dataset_name(name, str(timeframe))
    held = check_dataset(dataset, name, str(timeframe))
    own = held.calendar if held else source.facts.calendar
    calendar = request.calendar or calendar_of(request.symbols, own)
    _check_calendar(dataset, held.calendar if held else calendar, calendar)
    now = context.now().replace(tzinfo=None)
    job = Job(
        source=source,
        name=name,
        dataset=dataset,
        vendor_symbols=spelled(request.symbols, name, context.lake),
        timeframe=timeframe,
        calendar=calendar,
        content=f"{name} {now:%Y-%m-%dT%H:%M:%S}",
    )
    period = _period(request, job, now)
    covered = load_coverage(context.lake, dataset, "bars")
    wanted = pieces(
        list(job.vendor_symbols),
        covered,
        period,
        timeframe,
        together=source.facts.symbols_per_request,
        refresh=request.refresh,
    )
    return job, period, wanted


def _check_timeframe(timeframe: Timeframe, able: Sequence[str], name: str) -> None:
    if str(timeframe) not in able and timeframe.unit not in able:
        raise UnknownName(f"timeframe at {name}", str(timeframe), able)


def _check_calendar(dataset: str, has: str, wanted: str) -> None:
    if has != wanted:
        raise InvalidInput(
            f"The dataset {dataset!r} has the calendar {has} and these symbols have {wanted}",
            seen=wanted,
            cure="Give another name: dataset=… (--dataset)",
        )


def _period(request: Request, job: Job, now: datetime) -> Span:
    complete = complete_until(job.timeframe, job.calendar, now, job.source.facts.delay_seconds)
    end = min(request.end, complete) if request.end else complete
    days = DAYS_OF_MINUTES if job.timeframe.is_intraday else 366 * YEARS_OF_DAYS
    start = request.start or (complete - timedelta(days=days)).replace(hour=0, minute=0)
    if start >= end:
        raise NoData(
            "No bar of this period is complete yet",
            seen=f"{start} to {request.end or 'now'}",
            cure=f"Choose an earlier start: bars are complete until {end}",
        )
    return start, end


def _as_traded(job: Job, context: Context) -> Job:
    """The job, with the undoing of the vendor's own splits where it adjusts for them."""
    if job.source.facts.adjust is not Adjust.SPLITS:
        return job
    actions = load_actions(context.lake, job.dataset, list(job.vendor_symbols))
    return replace(job, unadjusted=partial(as_traded, actions=actions))


def _catalogued(job: Job, outcome: Outcome, *, actions: bool, context: Context) -> None:
    if not outcome.touched:
        return
    facts = job.source.facts
    write_facts(
        job.dataset,
        facts,
        timeframe=str(job.timeframe),
        calendar=job.calendar,
        currency=currency_of(list(job.vendor_symbols), facts.currency),
        actions=actions,
        touched=outcome.touched,
        lake=context.lake,
    )


def _refuse_nothing(request: Request, outcome: Outcome) -> None:
    """Symbols that cannot be had are reported beside the others; if there are none, it failed."""
    if outcome.failed and set(outcome.failed) == set(request.symbols):
        raise next(iter(outcome.failed.values()))


def _report(
    job: Job,
    period: Span,
    wanted: Sequence[Piece],
    outcome: Outcome,
    *,
    dry_run: bool,
    context: Context,
) -> DownloadReport:
    return DownloadReport(
        dataset=job.dataset,
        source=job.name,
        timeframe=str(job.timeframe),
        symbols=list(job.vendor_symbols),
        start=period[0],
        end=period[1],
        dry_run=dry_run,
        pieces=len(wanted),
        expected=sum(expected_bars(one, job.timeframe, job.calendar) for one in wanted),
        new=outcome.new,
        revised=outcome.revised,
        unchanged=outcome.unchanged,
        quarantined=outcome.quarantined,
        actions=outcome.actions,
        reasons=dict(outcome.reasons),
        failed={symbol: str(error) for symbol, error in outcome.failed.items()},
        lake_version=context.lake.version(job.table),
    )
