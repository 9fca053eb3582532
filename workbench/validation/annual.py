"""How many bars a year has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.domain import Timeframe

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["bars_per_year", "periods_per_year"]

SESSIONS = 252
"""Sessions in a year of an exchange."""
DAYS = 365
"""Sessions in a year of a market that never closes."""
SESSION_HOURS = 6.5
"""Length of a session of an exchange (New York); shorter bars are counted within it."""

_WEEKS, _MONTHS = 52, 12
_ALWAYS_OPEN = frozenset({"24/7", "24/7/365", "always"})


def periods_per_year(timeframe: str | Timeframe, calendar: str = "XNYS") -> float:
    """Bars in a year: 252 for daily bars of an exchange, 365 where trading never stops.

    Parameters
    ----------
    timeframe : str or Timeframe
        The length of a bar.
    calendar : str
        The calendar's name; ``"24/7"`` never closes, any other has 252 sessions of 6.5 hours.

    Returns
    -------
    float
        52 for weeks and 12 for months, on every calendar.

    Raises
    ------
    InvalidInput
        If `timeframe` is no timeframe.
    """
    length = Timeframe.parse(timeframe)
    always = calendar in _ALWAYS_OPEN
    sessions = DAYS if always else SESSIONS
    if length.is_intraday:
        hours = 24.0 if always else SESSION_HOURS
        return sessions * hours * 3_600 / length.seconds
    of_unit = {"d": sessions, "w": _WEEKS, "M": _MONTHS}
    return of_unit[length.unit] / length.count


def bars_per_year(bars: xr.Dataset) -> float:
    """Bars in a year of these bars: by their timeframe and the calendar of the first symbol.

    Parameters
    ----------
    bars : xarray.Dataset
        Attribute ``timeframe`` (daily where there is none), coordinate ``calendar`` (an
        exchange's where there is none).

    Returns
    -------
    float
        As `periods_per_year`.
    """
    given = np.atleast_1d(bars["calendar"].to_numpy()) if "calendar" in bars.coords else ["XNYS"]
    return periods_per_year(bars.attrs.get("timeframe") or "1d", str(given[0]))
