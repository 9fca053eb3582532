"""From findings to the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.quality.coverage import coverage_of
from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.grid import grid_of
from workbench.data.quality.results import QualityReport
from workbench.errors import NoData

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.data.quality.history import History

    Instants = npt.NDArray[np.datetime64]

__all__ = ["quality_report"]

ABSENT = (Check.MISSING_SESSIONS, Check.MISSING_BARS)
ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def quality_report(
    histories: Sequence[History], found: Sequence[Finding], *, name: str, timeframe: str
) -> QualityReport:
    """Count what was found and put it in order: errors first, then by symbol and time.

    Parameters
    ----------
    histories : sequence of History
        What was looked at.
    found : sequence of Finding
        What was found.
    name, timeframe : str
        What the bars are.

    Returns
    -------
    QualityReport
        With all findings in memory.

    Raises
    ------
    NoData
        If there is no bar at all.
    """
    there = [history for history in histories if len(history)]
    if not there:
        raise NoData("There are no bars to check", seen=name, cure="Choose an earlier start")
    ordered = sorted(found, key=lambda one: (ORDER[one.severity], one.symbol, one.start))
    of_symbol: dict[str, list[Finding]] = {}
    for one in ordered:
        of_symbol.setdefault(one.symbol, []).append(one)
    tallies = pd.DataFrame([_tally(one, of_symbol.get(one.symbol, [])) for one in there]).sum()
    counts: dict[str, dict[str, int]] = {}
    for one in ordered:
        by_symbol = counts.setdefault(one.check.value, {})
        by_symbol[one.symbol] = by_symbol.get(one.symbol, 0) + 1
    return QualityReport(
        name=name,
        timeframe=timeframe,
        symbols=[history.symbol for history in there],
        start=min(history.times[0] for history in there).astype("datetime64[us]").item(),
        end=max(history.times[-1] for history in there).astype("datetime64[us]").item(),
        bars=int(tallies["bars"]),
        missing=int(tallies["missing"]),
        wrong=int(tallies["wrong"]),
        doubtful=int(tallies["doubtful"]),
        sound_share=float(tallies["sound"] / tallies["bars"]),
        counts=counts,
        findings=ordered,
        coverage=coverage_of(there),
        histories={history.symbol: history for history in there},
    )


def _tally(history: History, found: list[Finding]) -> dict[str, int]:
    """How many bars there are or should be, and how many of them are what."""
    grid = grid_of(history)
    starts = history.times[:0] if grid is None else grid.starts
    absent = 0 if grid is None else int((~grid.present).sum())
    times = np.unique(history.times)
    if grid is None or history.timeframe.unit in "wM":  # labels need not be the grid's
        bars = len(times) + absent
    else:
        bars = len(np.union1d(times, starts))
    wrong = _marked(times, found, Severity.ERROR)
    doubtful = _marked(times, found, Severity.WARNING) & ~wrong
    sound = len(times) - int(wrong.sum()) - int(doubtful.sum())
    return {
        "bars": bars,
        "missing": absent,
        "wrong": int(wrong.sum()),
        "doubtful": int(doubtful.sum()),
        "sound": sound,
    }


def _marked(times: Instants, found: list[Finding], severity: Severity) -> npt.NDArray[np.bool_]:
    marked = np.zeros(len(times), dtype=bool)
    for one in found:
        if one.severity is severity and one.check not in ABSENT:
            low = np.searchsorted(times, np.datetime64(one.start, "ns"), side="left")
            high = np.searchsorted(times, np.datetime64(one.end, "ns"), side="right")
            marked[low:high] = True
    return marked
