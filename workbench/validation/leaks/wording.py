"""The sentences of a leak report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.validation.leaks.kinds import LeakKind

if TYPE_CHECKING:
    import datetime as dt

    from workbench.validation.leaks.futures import Future
    from workbench.validation.leaks.probing import Probe
    from workbench.validation.leaks.tracing import Trace

__all__ = ["cure_of", "evidence_of", "is_certain", "stamp"]

CURES = {
    LeakKind.FUTURE_WINDOW: "Shift by a positive number of bars; let windows end at the bar.",
    LeakKind.CENTRED_WINDOW: "Use a window that ends at the bar: center=False, a one-sided filter.",
    LeakKind.FULL_SAMPLE_SCALING: "Scale by what was known: an expanding or rolling window.",
    LeakKind.FULL_SAMPLE_FIT: "Fit on the bars before, and fit again as time goes on.",
    LeakKind.SAMPLE_LENGTH: "Let nothing depend on how many bars follow; draw random numbers bar by"
    " bar.",
    LeakKind.FORWARD_JOIN: 'Join the row before: merge_asof(direction="backward"), ffill.',
    LeakKind.RESAMPLE_LABEL: 'Use a period once it is over: label="right", closed="right", or'
    " shift(1).",
    LeakKind.STAMPED_AT_START: "Join on known_at, the moment at which the longer bar is complete.",
    LeakKind.LABEL_OVERLAP: "Leave out of the training the last bars, as many as the label looks"
    " ahead.",
    LeakKind.RESTATED: "Join on known_at; keep the first report beside the restatement"
    " (facts_asof does both).",
}
_CERTAIN = (LeakKind.SAMPLE_LENGTH, LeakKind.STAMPED_AT_START, LeakKind.RESTATED)


def is_certain(kind: LeakKind) -> bool:
    """Whether the kind follows from what was seen, rather than from its shape."""
    return kind in _CERTAIN


def cure_of(kind: LeakKind) -> str:
    """What to do about a kind of leak."""
    return CURES.get(kind, "")


def stamp(time: Any) -> dt.datetime | None:
    """A time of a table as a datetime; None where rows have only numbers."""
    if np.asarray(time).dtype.kind != "M":
        return None
    moment: dt.datetime = pd.Timestamp(time).to_pydatetime(warn=False)
    return moment


def evidence_of(probe: Probe, trace: Trace, future: Future) -> str:
    """What was changed and what came of it, in a sentence."""
    output = f"{trace.output} at" if trace.output else "the output at"
    values = f"from {trace.before:.6g} to {trace.after:.6g}"
    where = f"{output} {_shown(trace.time)} (bar {trace.bar})"
    source = trace.nearest
    if source is None:
        return f"{where} moves {values} if {future}."
    table = probe.tables[source.table]
    column = str(trace.column) if trace.column else "several columns"
    owner = "" if source.table == 0 else f"{table.name}: "
    ahead = source.bar - trace.bar
    known = f", known {ahead} bar{'s' if ahead != 1 else ''} later (t+{ahead})," if ahead else ""
    row = f"{owner}{column} at {_shown(table.times[source.row])}{known}"
    return f"{row} moves {where} {values} if {future}."


def _shown(time: Any) -> str:
    text = str(time)[:19]
    return text.removesuffix("T00:00:00").replace("T", " ") if "T" in text else f"row {text}"
