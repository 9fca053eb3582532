"""Fetch bars piece by piece; what has come whole is kept, whatever happens next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from workbench.data.downloads.coverage import Covered, record_coverage
from workbench.data.downloads.normalising import BAR_SCHEMA, asked_period, own_rows
from workbench.data.downloads.planning import Piece
from workbench.data.knowledge import upsert
from workbench.data.quality import quarantine, sift
from workbench.errors import Cancelled, NotEntitled, UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from workbench.context import Context
    from workbench.domain import Timeframe
    from workbench.errors import WorkbenchError
    from workbench.ports import BarSource

__all__ = ["Job", "Outcome", "fetch_bars"]

ROWS_PER_WRITE = 250_000
PIECES_PER_WRITE = 50
"""So many are gathered before a commit: many small ones would litter the lake."""

BAR_KEYS = ("symbol", "time")


@dataclass(frozen=True)
class Job:
    """What is to be fetched.

    Parameters
    ----------
    source : BarSource
        The vendor.
    name, dataset : str
        What the vendor and the dataset are called.
    vendor_symbols : dict
        The workbench's symbol → the vendor's.
    timeframe : Timeframe
        The length of a bar.
    calendar : str
        Whose sessions.
    content : str
        The name of this download, kept beside every row.
    unadjusted : callable, optional
        Makes rows as traded of rows that the vendor has adjusted.
    """

    source: BarSource
    name: str
    dataset: str
    vendor_symbols: dict[str, str]
    timeframe: Timeframe
    calendar: str
    content: str
    unadjusted: Callable[[pa.Table], pa.Table] | None = None

    @property
    def table(self) -> str:
        """The table of the lake."""
        return f"bars_{self.timeframe}"


@dataclass
class Outcome:
    """What a download has brought so far.

    Parameters
    ----------
    new, revised, unchanged, quarantined, actions : int
        Rows; new or changed corporate actions.
    failed : dict
        Symbol → why it could not be had; the others were.
    touched : set of str
        Symbols that have rows.
    reasons : Counter
        Why rows were quarantined.
    """

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    quarantined: int = 0
    actions: int = 0
    failed: dict[str, WorkbenchError] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class _Gathered:
    """Whole pieces that are not written yet, apart by whether they were covered before."""

    rows: dict[bool, list[pa.Table]] = field(default_factory=lambda: {False: [], True: []})
    covered: list[Covered] = field(default_factory=list)
    pieces: int = 0
    count: int = 0


def fetch_bars(job: Job, wanted: Sequence[Piece], context: Context, outcome: Outcome) -> None:
    """Fetch pieces and write them to the lake, with the word of what is covered after the rows.

    Parameters
    ----------
    job : Job
        From whom and into what.
    wanted : sequence of Piece
        As `pieces` gives them.
    context : Context
        Lake, clock, progress and the wish to stop.
    outcome : Outcome
        Filled as the download goes on, so that it tells the truth when it breaks off.

    Raises
    ------
    WireError
        If the vendor fails for good; whole pieces are kept.
    Cancelled
        If the caller stops it; whole pieces are kept.
    """
    gathered = _Gathered()
    try:
        for number, piece in enumerate(wanted):
            context.progress(number, len(wanted), _label(piece, outcome, gathered))
            for part, rows in _answers(job, piece, context, outcome):
                _gather(gathered, part, rows)
            if gathered.count >= ROWS_PER_WRITE or gathered.pieces >= PIECES_PER_WRITE:
                gathered = _written(job, gathered, context, outcome)
    finally:
        _written(job, gathered, context, outcome)
    context.progress(len(wanted), len(wanted), f"{outcome.new:,} new bars")


def _answers(
    job: Job, piece: Piece, context: Context, outcome: Outcome
) -> Iterator[tuple[Piece, pa.Table]]:
    """The rows of a piece; symbol by symbol where the vendor refuses one of several."""
    try:
        yield piece, _asked(job, piece, context)
    except (UnknownName, NotEntitled) as error:
        if len(piece.symbols) == 1:
            outcome.failed[piece.symbols[0]] = error
            return
        for symbol in piece.symbols:
            single = Piece((symbol,), piece.start, piece.end, piece.again)
            yield from _answers(job, single, context, outcome)


def _asked(job: Job, piece: Piece, context: Context) -> pa.Table:
    called = {job.vendor_symbols[symbol]: symbol for symbol in piece.symbols}
    start, end = asked_period(piece.start, piece.end, job.timeframe)
    parts = []
    for page in job.source.bars(list(called), job.timeframe, start, end):
        parts.append(
            own_rows(
                page,
                symbols=called,
                timeframe=job.timeframe,
                calendar=job.calendar,
                period=(piece.start, piece.end),
            )
        )
        if context.stop.is_set():
            raise Cancelled
    rows = pa.concat_tables([BAR_SCHEMA.empty_table(), *parts])
    return job.unadjusted(rows) if job.unadjusted else rows


def _gather(gathered: _Gathered, piece: Piece, rows: pa.Table) -> None:
    counts = Counter(rows["symbol"].to_pylist())
    gathered.rows[piece.again].append(rows)
    gathered.covered += [
        Covered(symbol, piece.start, piece.end, counts[symbol]) for symbol in piece.symbols
    ]
    gathered.pieces += 1
    gathered.count += rows.num_rows


def _written(job: Job, gathered: _Gathered, context: Context, outcome: Outcome) -> _Gathered:
    """Write what has been gathered: good rows, then bad ones, then the word that they are there."""
    now = _naive(context)
    for again, parts in gathered.rows.items():
        rows = pa.concat_tables(parts) if parts else None
        if rows is None or not rows.num_rows:
            continue
        good, bad = sift(rows, job.timeframe, job.calendar)
        made = upsert(
            context.lake,
            job.table,
            job.dataset,
            good,
            keys=BAR_KEYS,
            recorded_at=now,
            content=job.content,
            late=again,
        )
        outcome.new += made.new
        outcome.revised += made.revised
        outcome.unchanged += made.unchanged
        outcome.touched |= set(good["symbol"].unique().to_pylist())
        if bad.num_rows:
            quarantine(context.lake, job.dataset, str(job.timeframe), bad, now, job.name)
            outcome.quarantined += bad.num_rows
            outcome.reasons.update(bad["reason"].to_pylist())
    record_coverage(
        context.lake, job.dataset, "bars", gathered.covered, content=job.content, recorded_at=now
    )
    return _Gathered()


def _label(piece: Piece, outcome: Outcome, gathered: _Gathered) -> str:
    names = piece.symbols[0] if len(piece.symbols) == 1 else f"{len(piece.symbols)} symbols"
    return f"{names} from {piece.start:%Y-%m-%d}, {outcome.new + gathered.count:,} bars"


def _naive(context: Context) -> datetime:
    return context.now().replace(tzinfo=None)
