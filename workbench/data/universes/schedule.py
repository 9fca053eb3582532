"""The sessions on which a choice of members takes effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.data.universes.rules import Rebalance, Side

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.universes.rules import UniverseRule

    Dates = npt.NDArray[np.datetime64]

__all__ = ["rebalance_rows"]

MONDAY = np.datetime64("1970-01-05", "D")


def rebalance_rows(times: Dates, rule: UniverseRule, calendar: str) -> npt.NDArray[np.intp]:
    """The rows of a panel from which each new choice counts.

    The sessions are those of the calendar and not of the panel: where a panel ends says nothing
    about where the month does. A session without a row counts from the next row on.

    Parameters
    ----------
    times : numpy.ndarray of datetime64[ns], shape (time,)
        Session dates, sorted.
    rule : UniverseRule
        How often, and on which session of the period.
    calendar : str
        Whose sessions.

    Returns
    -------
    numpy.ndarray of int
        Row numbers, rising.
    """
    days = open_calendar(calendar, times[0]).sessions
    periods = _periods(days, rule.rebalance)
    is_new = periods[1:] != periods[:-1]
    edge = np.r_[True, is_new] if rule.on is Side.FIRST else np.r_[is_new, True]
    rows = np.searchsorted(times.astype("datetime64[D]"), days[edge])
    return np.unique(rows[rows < len(times)])


def _periods(days: Dates, every: Rebalance) -> npt.NDArray[np.int64]:
    """The number of the week, month or quarter of each day."""
    if every is Rebalance.WEEKLY:
        return (days - MONDAY).astype(np.int64) // 7
    months = days.astype("datetime64[M]").astype(np.int64)
    return months if every is Rebalance.MONTHLY else months // 3
