"""From which bars matter to what kind of leak that is: a likely name of a certain leak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.validation.leaks.futures import Future, spiked
from workbench.validation.leaks.kinds import LeakKind
from workbench.validation.leaks.probing import Bent
from workbench.validation.leaks.tracing import traced

if TYPE_CHECKING:
    from workbench.validation.leaks.probing import Probe
    from workbench.validation.leaks.tracing import Source, Trace

__all__ = ["kind_of"]

NEIGHBOURS = (1, 2, 3)
FAR = (17, 61)
CHAIN = 4
DAYS_TO_PUBLISH = 3
"""A row that is known so much later than its stamp is a figure of a period, not a bar."""
PERIODS = ("h", "D", "W-SUN", "W-FRI", "W-SAT", "M", "Q", "Y")
CLOCKS = ("5min", "10min", "15min", "30min", "1h", "2h", "4h", "6h", "8h", "12h")
DISTINCT = 5


def kind_of(probe: Probe, trace: Trace) -> LeakKind:
    """Name a leak by the later bars that matter, for the first value and for others after it.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    trace : Trace
        The first value that moved, with its nearest row.

    Returns
    -------
    LeakKind
        A row of another table: a stamp before its knowledge, or a forward join. Else, by the
        last bar that matters: the end of the sample, a fixed distance, the end of a period, the
        next event, or a stretch after which the values are clean again.
    """
    if trace.nearest is None or trace.farthest is None:
        return LeakKind.SAMPLE_LENGTH
    if trace.nearest.table:
        return _of_join(probe, trace, trace.nearest)
    rows = _output_bars(probe)
    place = int(np.searchsorted(rows, trace.bar))
    following = [
        int(rows[place + step]) for step in (*NEIGHBOURS, *FAR) if place + step < len(rows)
    ]
    traces = [trace, *_traces(probe, trace, following)]
    if _to_the_end(probe, traces):
        return _scaled_or_fitted(probe, trace)
    if _fill_their_gaps(traces, rows):
        return LeakKind.RESAMPLE_LABEL
    if _share_ends(traces[: 1 + len(NEIGHBOURS)]):
        return _by_period(probe, trace)
    return LeakKind.CENTRED_WINDOW if _is_centred(probe, traces) else LeakKind.FUTURE_WINDOW


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
    return LeakKind.RESTATED if late else LeakKind.STAMPED_AT_START


def _to_the_end(probe: Probe, traces: list[Trace]) -> bool:
    last = len(probe.clock) - 1
    ends = [one for one in traces if one.farthest and one.farthest.bar >= last - 1]
    far_enough = len({one.bar for one in ends}) > 1 or traces[0].reach > last // 2
    return bool(ends) and len(ends) >= len(traces) - 1 and far_enough


def _share_ends(traces: list[Trace]) -> bool:
    """Whether neighbours reach to the same bar, as days of a month do."""
    ends = [one.farthest.bar for one in traces if one.farthest]
    return len(set(ends)) < len(ends)


def _is_centred(probe: Probe, traces: list[Trace]) -> bool:
    """Whether a value reaches as far back as ahead."""
    reach = max(one.reach for one in traces)
    one = traces[-1]
    if one.bar < reach + 2:
        return False
    back = np.zeros(len(probe.clock), dtype=bool)
    back[one.bar - reach - 1 : one.bar - max(reach - 1, 0)] = True
    before = np.arange(len(probe.clock)) < one.bar - reach - 1
    return _rows_move(probe, one, back) and not _rows_move(probe, one, before)


def _rows_move(probe: Probe, trace: Trace, bars: npt.NDArray[np.bool_]) -> bool:
    values = [table.values for table in probe.tables]
    cells = bars[probe.bar_of(0)][:, None]
    values[0] = np.where(cells, spiked(probe.tables[0], size=1.7), values[0])
    found = probe.moved(Bent(tuple(values), (None,) * len(values)), trace.bar)
    return found.at(trace.time)


def _by_period(probe: Probe, trace: Trace) -> LeakKind:
    """The end of a period, the next event, or labels that end."""
    ends = [trace.farthest.bar] if trace.farthest else []
    while len(ends) < CHAIN:
        following = _traces(probe, trace, [ends[-1] + 1])
        if not following or following[0].farthest is None:
            break
        ends.append(following[0].farthest.bar)
    if len(ends) == 1 and ends[0] + 2 < len(probe.clock):
        return LeakKind.LABEL_OVERLAP
    return LeakKind.RESAMPLE_LABEL if _are_periods(probe, ends) else LeakKind.FORWARD_JOIN


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


def _scaled_or_fitted(probe: Probe, trace: Trace) -> LeakKind:
    """Scaling keeps the order of a column's values; a fit changes it."""
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
            return LeakKind.FULL_SAMPLE_SCALING if kept else LeakKind.FULL_SAMPLE_FIT
    return LeakKind.FULL_SAMPLE_SCALING


def _keeps_order(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> bool:
    steps = np.diff(after[np.argsort(before, kind="stable")])
    noise = 1e-9 * max(float(np.abs(after).max()), 1e-300)
    return bool((steps >= -noise).all() or (steps <= noise).all())
