"""What is missing, and what is there when nothing should be."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.calendars import ALWAYS
from workbench.data.quality.certain import are_on_closed_days
from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.grid import are_outside, grid_of
from workbench.data.quality.history import spans
from workbench.data.quality.robust import longest_by_chance

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.quality.grid import Grid
    from workbench.data.quality.history import History

    Mask = npt.NDArray[np.bool_]

__all__ = ["missing_bars", "missing_sessions", "outside_session"]

COMPLETE = 0.01
"""A series that lacks fewer of its other bars than this should lack none."""
ALARM = 1e-3
"""Runs of missing bars expected by chance in a series that has them all the time."""
STRAYS = 0.02
"""A series with more bars outside of regular hours than this has them on purpose."""
AGAIN = "Download this period again; if it was halted then, nothing is missing"


def missing_sessions(history: History) -> list[Finding]:
    """Sessions, weeks or months between the first and the last bar that have none."""
    grid = grid_of(history)
    if grid is None:
        return []
    _, firsts = np.unique(grid.days, return_index=True)
    absent = ~np.logical_or.reduceat(grid.present, firsts)
    what = {"w": "week", "M": "month"}.get(history.timeframe.unit, "session")
    return [
        history.absence(
            Check.MISSING_SESSIONS,
            Severity.WARNING,
            (grid.starts[firsts[low]], grid.starts[firsts[high]]),
            _bars_of(grid, firsts, low, high),
            seen=f"{high - low + 1} {what}{'s' if high > low else ''} without a bar",
            why=f"{history.calendar} was open",
            cure=AGAIN,
        )
        for low, high in spans(absent)
    ]


def missing_bars(history: History) -> list[Finding]:
    """Intraday bars that are missing in the regular hours of a session that has others.

    Where bars are missing all the time, as in a stock that seldom trades, only stretches that
    are longer than chance leaves them are found (`longest_by_chance`).
    """
    grid = grid_of(history)
    if grid is None or not history.timeframe.is_intraday:
        return []
    absent = ~grid.present & ~_in_empty_sessions(grid)
    runs = [part for run in spans(absent) for part in _by_day(grid, *run)]
    return [
        history.absence(
            Check.MISSING_BARS,
            Severity.WARNING,
            (grid.starts[low], grid.starts[high]),
            high - low + 1,
            seen=f"{high - low + 1} of {int((grid.days == grid.days[low]).sum())} bars missing",
            why=f"{history.calendar} was open, and {1 - absent.mean():.2%} of the bars are there",
            cure=AGAIN,
        )
        for low, high in runs
        if _is_odd(absent, high - low + 1)
    ]


def outside_session(history: History) -> list[Finding]:
    """Intraday bars before the open, after the close or in the break of their session.

    Where there are many they are pre-market and after-hours trading, which is said once.
    """
    if not history.timeframe.is_intraday or history.calendar in ALWAYS or not len(history):
        return []
    step = np.timedelta64(history.timeframe.seconds, "s").astype("timedelta64[ns]")
    outside = are_outside(history, step)
    outside &= ~are_on_closed_days(history.times, history.timeframe, history.calendar)
    if outside.mean() > STRAYS:
        return [_extended(history, outside)]
    return [
        history.finding(
            Check.OUTSIDE_SESSION,
            Severity.WARNING,
            low,
            high,
            seen=f"close {history.fields['close'][low]:.6g}",
            why=f"{history.calendar} was not open, and this series has hardly a bar outside of"
            " its hours",
            cure="Withdraw these bars: repair_dataset(check='outside_session')",
        )
        for low, high in spans(outside)
    ]


def _is_odd(absent: Mask, run: int) -> bool:
    """Whether the series lacks hardly another bar, or never so many in a row."""
    if absent.sum() - run < COMPLETE * len(absent):
        return True
    return run > longest_by_chance(absent, run, 0.0, ALARM)


def _extended(history: History, outside: Mask) -> Finding:
    places = np.flatnonzero(outside)
    return history.absence(
        Check.OUTSIDE_SESSION,
        Severity.NOTE,
        (history.times[places[0]], history.times[places[-1]]),
        len(places),
        seen=f"{outside.mean():.1%} of the bars are outside of regular hours",
        why="It has pre-market or after-hours trading: sessions are longer than the calendar's",
        cure="Leave these bars out where only regular hours are meant",
    )


def _bars_of(grid: Grid, firsts: npt.NDArray[np.intp], low: int, high: int) -> int:
    stop = firsts[high + 1] if high + 1 < len(firsts) else len(grid.starts)
    return int(stop - firsts[low])


def _in_empty_sessions(grid: Grid) -> Mask:
    _, firsts, places = np.unique(grid.days, return_index=True, return_inverse=True)
    return np.asarray(~np.logical_or.reduceat(grid.present, firsts)[places])


def _by_day(grid: Grid, low: int, high: int) -> list[tuple[int, int]]:
    """A run of missing bars, cut where a session ends."""
    cuts = low + 1 + np.flatnonzero(np.diff(grid.days[low : high + 1]) > np.timedelta64(0, "D"))
    edges = [low, *cuts.tolist(), high + 1]
    return [(first, stop - 1) for first, stop in pairwise(edges)]
