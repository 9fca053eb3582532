"""From which bars matter to what kind of leak that is: a likely name of a certain leak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.validation.leaks.futures import Future
from workbench.validation.leaks.kinds import LeakKind
from workbench.validation.leaks.shapes import shape_of
from workbench.validation.leaks.tables import FIELDS
from workbench.validation.leaks.tracing import traced

if TYPE_CHECKING:
    from workbench.validation.leaks.probing import Probe
    from workbench.validation.leaks.tracing import Source, Trace

__all__ = ["kinds_of"]

NEIGHBOURS = (1, 2, 3)
FAR = (61, 62, 63, 64)
CHAIN = 4
AT_THE_END = 5
"""Bars by which the last one that matters may miss the end: one weekday's, say."""
FAR_AHEAD = 3
"""Values that reach over a third of the sample, each differently, were made of all of it."""
AFTER = 8
LONG = 10
"""Labels that reach over more than a part of the sample in so many look like a fit on it."""
DAYS_TO_PUBLISH = 3
"""What is known so much later than its stamp, and is no price, is a figure of a period."""
PERIODS = ("h", "D", "W-SUN", "W-FRI", "W-SAT", "M", "Q", "Y")
CLOCKS = ("5min", "10min", "15min", "30min", "1h", "2h", "4h", "6h", "8h", "12h")
DISTINCT = 5


def kinds_of(probe: Probe, trace: Trace) -> tuple[LeakKind, ...]:
    """Name a leak by the later bars that matter, for the first value and for others after it.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    trace : Trace
        The first value that moved, with its nearest row.

    Returns
    -------
    tuple of LeakKind
        The likeliest first; more than one where they look alike. A row of another table: a stamp
        before its knowledge, or a forward join. Bars on either side that weigh alike: a centred
        window. Else, by the last bar that matters: the end of the sample, a fixed distance, the
        end of a period, the next event, or a stretch after which the values are clean again.
    """
    if trace.nearest is None or trace.farthest is None:
        return (LeakKind.SAMPLE_LENGTH,)
    if trace.nearest.table:
        return (_of_join(probe, trace, trace.nearest),)
    if _fills_hole(probe, trace):
        return (LeakKind.FORWARD_JOIN,)
    shape = shape_of(probe, trace)
    if shape and shape.mirrored:
        kinds = (LeakKind.CENTRED_WINDOW, LeakKind.FUTURE_WINDOW)
        return kinds if shape.turned else kinds[:1]
    named = _by_ends(probe, trace, local=bool(shape and shape.ahead))
    if named[0] is LeakKind.FUTURE_WINDOW and shape and shape.both:
        return (LeakKind.FUTURE_WINDOW, LeakKind.CENTRED_WINDOW)
    return named


def _fills_hole(probe: Probe, trace: Trace) -> bool:
    """Whether the data have no value where the function has one that comes later."""
    if trace.column is None:
        return False
    table = probe.tables[0]
    own = table.values[probe.bar_of(0) == trace.bar, table.columns.index(trace.column)]
    return bool(len(own) and np.isnan(own).all() and np.isfinite(trace.before))


def _by_ends(probe: Probe, trace: Trace, *, local: bool) -> tuple[LeakKind, ...]:
    """By the last bars that matter; `local` where a single bar is felt nearby only."""
    rows = _output_bars(probe)
    place = int(np.searchsorted(rows, trace.bar))
    near, far = (
        _traces(
            probe, trace, [int(rows[place + step]) for step in steps if place + step < len(rows)]
        )
        for steps in (NEIGHBOURS, FAR)
    )
    near = [trace, *near]
    traces = [*near, *far]
    if _to_the_end(probe, traces) or (not local and _far_ahead(probe, traces)):
        return _scaled_or_fitted(probe, trace)
    if _fill_their_gaps(traces, rows):
        return (LeakKind.RESAMPLE_LABEL,)
    if _share_ends(near) and (len(far) < len(FAR) or _share_ends(far)):
        return _by_period(probe, trace)
    return (LeakKind.FUTURE_WINDOW,)


def _output_bars(probe: Probe) -> npt.NDArray[np.int64]:
    """The bars that the function has an answer for."""
    stamps = np.concatenate([table.times for table in probe.base])
    answered: npt.NDArray[np.int64] = np.unique(np.maximum(probe.position(stamps), 0))
    return answered


def _fill_their_gaps(traces: list[Trace], rows: npt.NDArray[np.int64]) -> bool:
    """Whether each value reaches to the bar before the next value: a period's last bar."""
    for one in traces:
        place = int(np.searchsorted(rows, one.bar))
        until = rows[place + 1] - 1 if place + 1 < len(rows) else None
        if one.farthest is None or one.reach == 0 or (until and one.farthest.bar != until):
            return False
    return True


def _traces(probe: Probe, trace: Trace, bars: list[int]) -> list[Trace]:
    inside = [bar for bar in bars if bar < len(probe.clock) - 1]
    found = (traced(probe, bar, trace.future) for bar in inside)
    return [one for one in found if one is not None and one.farthest is not None]


def _of_join(probe: Probe, trace: Trace, source: Source) -> LeakKind:
    """A row of another table that the value should not know."""
    table = probe.tables[source.table]
    stamp, known = table.times[source.row], table.known[source.row]
    if stamp.dtype.kind != "M" or not stamp < known or not stamp <= probe.moment(trace.bar):
        return LeakKind.FORWARD_JOIN
    late = (known - stamp) >= np.timedelta64(DAYS_TO_PUBLISH, "D")
    of_bar = trace.column is not None and trace.column.field.lower() in FIELDS
    return LeakKind.RESTATED if late and not of_bar else LeakKind.STAMPED_AT_START


def _to_the_end(probe: Probe, traces: list[Trace]) -> bool:
    """Whether the values reach to the end of the sample."""
    last = len(probe.clock) - 1
    ends = [one for one in traces if one.farthest and one.farthest.bar >= last - AT_THE_END]
    far_enough = len({one.bar for one in ends}) > 1 or traces[0].reach > last // 2
    return bool(ends) and len(ends) >= len(traces) - 1 and far_enough


def _far_ahead(probe: Probe, traces: list[Trace]) -> bool:
    """Whether values reach over much of the sample, each to another bar."""
    ends = {one.farthest.bar for one in traces if one.farthest}
    reach = float(np.median([one.reach for one in traces]))
    return reach > (len(probe.clock) - 1) / FAR_AHEAD and len(ends) > 1


def _share_ends(traces: list[Trace]) -> bool:
    """Whether neighbours reach to the same bar, as days of a month do."""
    ends = [one.farthest.bar for one in traces if one.farthest]
    return len(set(ends)) < len(ends)


def _by_period(probe: Probe, trace: Trace) -> tuple[LeakKind, ...]:
    """The end of a period, the next event, or labels that end."""
    ends = [trace.farthest.bar] if trace.farthest else []
    found = [trace]
    while len(ends) < CHAIN:
        following = _traces(probe, trace, [ends[-1] + 1])
        if not following or following[0].farthest is None:
            break
        ends.append(following[0].farthest.bar)
        found += following
    if len(ends) == 1 and ends[0] + 2 < len(probe.clock) and _ends_there(probe, trace, ends[0]):
        long = trace.reach > len(probe.clock) // LONG
        return (LeakKind.LABEL_OVERLAP, LeakKind.FULL_SAMPLE_FIT)[: 1 + long]
    one_row = all(one.nearest is None or one.nearest == one.farthest for one in found)
    if _are_periods(probe, ends):
        return (LeakKind.RESAMPLE_LABEL, LeakKind.FORWARD_JOIN)[: 1 + one_row]
    return (LeakKind.FORWARD_JOIN if one_row else LeakKind.FUTURE_WINDOW,)


def _ends_there(probe: Probe, trace: Trace, end: int) -> bool:
    """Whether nothing after a bar looks ahead."""
    last = len(probe.clock) - 2
    later = {*range(end + 1, end + 1 + AFTER), *np.linspace(end + 1, last, AFTER).astype(int)}
    kind = Future.WALKED if trace.future is Future.CUT else trace.future
    found = (probe.moved(probe.future(kind, int(cut)), int(cut)) for cut in later if cut <= last)
    return not any((probe.position(one.times) > end).any() for one in found if one)


def _are_periods(probe: Probe, ends: list[int]) -> bool:
    """Whether these bars are the last of a calendar period, or evenly spaced."""
    inner = [end for end in ends if end + 1 < len(probe.clock)]
    if probe.clock.dtype.kind == "M":
        stamps = pd.DatetimeIndex(probe.clock)
        labels = [np.asarray(stamps.to_period(unit).astype("int64")) for unit in PERIODS]
        labels += [np.asarray(stamps.floor(unit).astype("int64")) for unit in CLOCKS]
        coarse = [label for label in labels if len(np.unique(label)) <= len(label) // 2]
        if any(all(label[end] != label[end + 1] for end in inner) for label in coarse):
            return True
    return len(ends) > 2 and len(set(np.diff(ends).tolist())) == 1


def _scaled_or_fitted(probe: Probe, trace: Trace) -> tuple[LeakKind, ...]:
    """Scaling keeps the order of a column's values, a fit changes it; few values have none."""
    cut = trace.bar + (len(probe.clock) - trace.bar) * 3 // 5
    kind = Future.WALKED if trace.future is Future.CUT else trace.future
    found = probe.moved(probe.future(kind, cut), cut)
    columns = np.array(found.columns)
    for name in dict.fromkeys(found.columns):
        own = columns == name
        before, after = found.before[own], found.after[own]
        finite = np.isfinite(before) & np.isfinite(after)
        if len(np.unique(before[finite])) >= DISTINCT:
            kept = _keeps_order(before[finite], after[finite])
            return (LeakKind.FULL_SAMPLE_SCALING if kept else LeakKind.FULL_SAMPLE_FIT,)
    return (LeakKind.FULL_SAMPLE_SCALING, LeakKind.FULL_SAMPLE_FIT)


def _keeps_order(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> bool:
    steps = np.diff(after[np.argsort(before, kind="stable")])
    noise = 1e-9 * max(float(np.abs(after).max()), 1e-300)
    return bool((steps >= -noise).all() or (steps <= noise).all())
