"""The bars that a series should have, and which of them are there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.quality.hours import expected_bars, sessions_between

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.quality.history import History

    Instants = npt.NDArray[np.datetime64]

__all__ = ["Grid", "are_outside", "grid_of", "phase_of"]

ALIGNED = 0.95
"""The share of bars that must lie on the grid for it to be the grid of the series."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The bars that a series should have between its first and its last.

    Parameters
    ----------
    starts : numpy.ndarray of datetime64[ns], shape (bars,)
        Their stamps, sorted.
    days : numpy.ndarray of datetime64[D], shape (bars,)
        The session of each.
    present : numpy.ndarray of bool, shape (bars,)
        Whether it is there.
    """

    starts: Instants
    days: Instants
    present: npt.NDArray[np.bool_]


@lru_cache(maxsize=4)
def grid_of(history: History) -> Grid | None:
    """The grid of a history by its calendar.

    Parameters
    ----------
    history : History
        Its bars.

    Returns
    -------
    Grid or None
        None where no bar can be expected: an empty history, bars of several days, or intraday
        bars that do not lie at equal distances from the open.
    """
    if not len(history):
        return None
    unit = "m" if history.timeframe.is_intraday else history.timeframe.unit
    if unit != "m" and history.timeframe.count > 1:
        return None
    return {"m": _intraday, "d": _daily, "w": _by_period, "M": _by_period}[unit](history)


def _daily(history: History) -> Grid:
    opened, part = sessions_between(history.calendar, history.days[0], history.days[-1])
    days = opened.sessions[part]
    return Grid(days.astype("datetime64[ns]"), days, np.isin(days, history.days))


def _by_period(history: History) -> Grid:
    """Weeks or months; a label stands for its period wherever in it the vendor puts it."""
    periods = history.days.astype(f"datetime64[{history.timeframe.unit.upper()}]")
    expected = np.arange(periods[0], periods[-1] + 1)
    days = expected.astype("datetime64[D]")
    return Grid(days.astype("datetime64[ns]"), days, np.isin(expected, periods))


def _intraday(history: History) -> Grid | None:
    days = history.days
    step = np.timedelta64(history.timeframe.seconds, "s").astype("timedelta64[ns]")
    phase = phase_of(history, step)
    starts, dates = expected_bars(
        history.calendar, days.min(), days.max(), history.timeframe, phase
    )
    inside = (starts >= history.times[0]) & (starts <= history.times[-1])
    starts, dates = starts[inside], dates[inside]
    present = np.isin(starts, history.times)
    regular = int((~are_outside(history, step)).sum())
    if not len(starts) or present.sum() < ALIGNED * regular:
        return None
    return Grid(starts, dates, present)


def phase_of(history: History, step: np.timedelta64) -> np.timedelta64:
    """The most common distance of a bar from the open of its date, as a part of a bar."""
    opened, part = sessions_between(history.calendar, history.days.min(), history.days.max())
    if part.stop <= part.start:
        return np.timedelta64(0, "ns")
    places = np.searchsorted(opened.sessions[part], history.days)
    parts = (history.times - opened.opens[part][places.clip(max=part.stop - part.start - 1)]) % step
    values, counts = np.unique(parts, return_counts=True)
    usual: np.timedelta64 = values[np.argmax(counts)]
    return usual


def are_outside(history: History, step: np.timedelta64) -> npt.NDArray[np.bool_]:
    """Whether each bar lies before the open, after the close or in the break of its date."""
    days = history.days
    opened, part = sessions_between(history.calendar, days.min(), days.max())
    sessions = opened.sessions[part]
    if not len(sessions):
        return np.ones(len(history), dtype=bool)
    places = np.searchsorted(sessions, days).clip(max=len(sessions) - 1)
    times = history.times
    outside = (times + step <= opened.opens[part][places]) | (times >= opened.closes[part][places])
    pause = (times >= opened.break_starts[part][places]) & (
        times + step <= opened.break_ends[part][places]
    )
    return np.asarray(outside | pause | (sessions[places] != days))
