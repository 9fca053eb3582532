"""Rows that came later than their session: a backtest that sees them sees the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.history import spans

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.quality.history import History

    Instants = npt.NDArray[np.datetime64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["back_fill"]

LATE = np.timedelta64(5, "D")
"""After the bar's end: a weekend, a holiday and a delay of a day are not late."""


def back_fill(history: History) -> list[Finding]:
    """Rows that became known, or were written among older rows, long after their session.

    A first download of old history is no back-fill, nor is one that reaches further back than
    the last: only a row that was written after both an earlier and a later bar of its symbol is.
    Back-filled histories are a known bias of vendor data (Ljungqvist, Malloy and Marston 2009,
    Journal of Finance 64, 1935).
    """
    ends = history.times + _length(history)
    late = np.zeros(len(history), dtype=bool)
    if history.known_at is not None:
        late |= history.known_at - ends > LATE
    if history.recorded_at is not None:
        late |= _filled_in(history.recorded_at) & (history.recorded_at - ends > LATE)
    return [_finding(history, ends, low, high) for low, high in spans(late)]


def _length(history: History) -> np.timedelta64:
    return np.timedelta64(history.timeframe.seconds, "s")


def _filled_in(recorded: Instants) -> Mask:
    """Whether an earlier and a later bar were both written before each bar."""
    never = np.iinfo(np.int64).max
    moments = np.where(np.isnat(recorded), never, recorded.astype(np.int64))
    before = np.concatenate([[never], np.minimum.accumulate(moments)[:-1]])
    after = np.concatenate([np.minimum.accumulate(moments[::-1])[::-1][1:], [never]])
    return (before < moments) & (after < moments) & (moments < never)


def _finding(history: History, ends: Instants, low: int, high: int) -> Finding:
    stamps = [
        (name, values[low])
        for name, values in (("known", history.known_at), ("written", history.recorded_at))
        if values is not None and not np.isnat(values[low])
    ]
    name, moment = stamps[0]
    days = int((moment - ends[low]) // np.timedelta64(1, "D"))
    return history.finding(
        Check.BACK_FILL,
        Severity.WARNING,
        low,
        high,
        seen=f"{name} on {moment.astype('datetime64[D]')}, {days} days after it ended",
        why="It was not there when its session ended, so nobody could have traded on it",
        cure="Load it as of the time that is studied: load_bars(…, as_of=…)",
    )
