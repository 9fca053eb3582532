"""When exchanges are open, with explicit bounds.

``24/7`` and ``24/5`` (Monday to Friday) are days that end at midnight UTC; every other calendar
is an exchange's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from workbench.data.calendar_files import hours_of_exchange
from workbench.errors import OutOfRange

if TYPE_CHECKING:
    import numpy.typing as npt

    Instants = npt.NDArray[np.datetime64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["ALWAYS", "Calendar", "open_calendar"]

FIRST_YEAR, LAST_YEAR = 1970, 2040
DAY = np.timedelta64(1, "D")
ALWAYS = {"24/7": "1111111", "24/5": "1111100"}


@dataclass(frozen=True, eq=False)
class Calendar:
    """The sessions of an exchange.

    Every array but `sessions` has one value for each session; instants are naive UTC.

    Parameters
    ----------
    name : str
        The market identifier code, or ``24/7`` or ``24/5``.
    zone : str
        The time zone of the exchange.
    sessions : numpy.ndarray of datetime64[D]
        The session dates, sorted.
    opens, closes : numpy.ndarray of datetime64[ns]
        When regular trading begins and ends.
    break_starts, break_ends : numpy.ndarray of datetime64[ns]
        When it pauses; NaT where it does not.
    early_closes, late_opens : numpy.ndarray of bool
        Whether it ends earlier or begins later than usual.
    """

    name: str
    zone: str
    sessions: Instants
    opens: Instants
    closes: Instants
    break_starts: Instants
    break_ends: Instants
    early_closes: Flags
    late_opens: Flags

    def check(self, dates: Instants) -> None:
        """Refuse what the calendar does not cover.

        Parameters
        ----------
        dates : numpy.ndarray of datetime64
            Dates or instants.

        Raises
        ------
        OutOfRange
            If one lies before the first session or after the last.
        """
        days = dates.astype("datetime64[D]")
        first, last = self.sessions[0], self.sessions[-1]
        if len(days) and (days.min() < first or days.max() > last):
            outside = days.min() if days.min() < first else days.max()
            raise OutOfRange(f"A date for the calendar {self.name}", str(outside), first, last)

    def are_sessions(self, dates: Instants) -> npt.NDArray[np.bool_]:
        """Whether each date is a session."""
        same: npt.NDArray[np.bool_] = self.sessions[self._at(dates)] == dates.astype(
            "datetime64[D]"
        )
        return same

    def close_of(self, dates: Instants) -> Instants:
        """When the last session up to each date closes, naive UTC.

        Parameters
        ----------
        dates : numpy.ndarray of datetime64
            Session dates, or any dates.

        Returns
        -------
        numpy.ndarray of datetime64[ns]
            One for each date.
        """
        self.check(dates)
        days = dates.astype("datetime64[D]")
        return self.closes[np.searchsorted(self.sessions, days, side="right") - 1]

    def between(self, first: np.datetime64 | None, last: np.datetime64 | None) -> slice:
        """Where the sessions from a first to a last date stand, both included.

        Parameters
        ----------
        first, last : numpy.datetime64 or None
            Dates; None is the calendar's own bound.

        Returns
        -------
        slice
            Of every array of the calendar.

        Raises
        ------
        OutOfRange
            If a date lies outside the calendar.
        """
        low = self.sessions[0] if first is None else first
        high = self.sessions[-1] if last is None else last
        self.check(np.array([low, high], dtype="datetime64[D]"))
        start = int(np.searchsorted(self.sessions, low, side="left"))
        return slice(start, int(np.searchsorted(self.sessions, high, side="right")))

    def next_open(self, instants: Instants) -> Instants:
        """When trading next begins after each instant; sessions without a gap are one.

        Parameters
        ----------
        instants : numpy.ndarray of datetime64[ns]
            Naive UTC.

        Returns
        -------
        numpy.ndarray of datetime64[ns]
            Later than each instant; NaT where the calendar knows of none.

        Raises
        ------
        OutOfRange
            If an instant lies outside the calendar.
        """
        return self._first_after(self._stretches[0], instants)

    def next_close(self, instants: Instants) -> Instants:
        """When trading next ends after each instant; sessions without a gap are one.

        Parameters
        ----------
        instants : numpy.ndarray of datetime64[ns]
            Naive UTC.

        Returns
        -------
        numpy.ndarray of datetime64[ns]
            Later than each instant; NaT where the calendar knows of none.

        Raises
        ------
        OutOfRange
            If an instant lies outside the calendar.
        """
        return self._first_after(self._stretches[1], instants)

    def next_sessions(self, after: np.datetime64, count: int) -> Instants:
        """The `count` sessions after a date, as datetime64[ns] at 00:00.

        Parameters
        ----------
        after : numpy.datetime64
            A date.
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of datetime64[ns], shape (count,)
            Session dates.

        Raises
        ------
        OutOfRange
            If the calendar does not reach that far.
        """
        first = int(np.searchsorted(self.sessions, after.astype("datetime64[D]"), side="right"))
        if count > len(self.sessions) - first:
            raise OutOfRange("count", count, 0, len(self.sessions) - first)
        return self.sessions[first : first + count].astype("datetime64[ns]")

    def session_of(self, stamps: Instants) -> Instants:
        """The session date that each vendor stamp of a daily bar means.

        Vendors stamp the same day at 00:00 UTC, at midnight of the exchange (04:00 or 05:00
        UTC in New York), at the close, or at 23:59:59.999 UTC. The first and the last are
        the UTC date; all others are the date in the exchange's zone.

        Parameters
        ----------
        stamps : numpy.ndarray of datetime64[ns]
            Instants, naive UTC.

        Returns
        -------
        numpy.ndarray of datetime64[ns]
            Session dates at 00:00.
        """
        days = stamps.astype("datetime64[D]")
        of_day = stamps - days
        is_label = (of_day == np.timedelta64(0, "ns")) | (of_day >= np.timedelta64(86_399, "s"))
        if self.zone != "UTC" and not is_label.all():
            days = np.where(is_label, days, _local_dates(stamps, self.zone))
        return days.astype("datetime64[ns]")

    @cached_property
    def _stretches(self) -> tuple[Instants, Instants]:
        """Begins and ends of trading without a gap, NaT where the calendar itself ends."""
        gaps = self.opens[1:] != self.closes[:-1]
        never = np.array(["NaT"], dtype="datetime64[ns]")
        begins = np.concatenate([self.opens[:1], self.opens[1:][gaps], never])
        ends = np.concatenate([self.closes[:-1][gaps], never])
        return begins, ends

    def _first_after(self, times: Instants, instants: Instants) -> Instants:
        self.check(instants)
        return times[np.searchsorted(times[:-1], instants, side="right")]

    def _at(self, dates: Instants) -> npt.NDArray[np.intp]:
        self.check(dates)
        days = dates.astype("datetime64[D]")
        return np.searchsorted(self.sessions, days, side="left").clip(max=len(self.sessions) - 1)


def open_calendar(name: str, first: np.datetime64 | None = None) -> Calendar:
    """Open a calendar that reaches from 1970, or from the year of `first`, to 2040.

    Parameters
    ----------
    name : str
        A market identifier code such as ``XNYS``, or ``24/7`` or ``24/5``.
    first : numpy.datetime64, optional
        A date that it must cover, where the exchange's rules are known.

    Returns
    -------
    Calendar
        From this process, from disk, or built by the library.

    Raises
    ------
    UnknownName
        If there is no such calendar.
    """
    year = FIRST_YEAR if first is None else first.astype("datetime64[Y]").astype(int) + 1970
    return _open(name, FIRST_YEAR if year >= FIRST_YEAR else int(year) // 100 * 100)


@lru_cache(maxsize=32)
def _open(name: str, year: int) -> Calendar:
    if name in ALWAYS:
        return _always_open(name, year)
    return Calendar(name, **hours_of_exchange(name, year, LAST_YEAR, ALWAYS))


def _always_open(name: str, year: int) -> Calendar:
    days = np.arange(f"{year}-01-01", f"{LAST_YEAR + 1}-01-01", dtype="datetime64[D]")
    sessions = days[np.is_busday(days, weekmask=ALWAYS[name])]
    opens = sessions.astype("datetime64[ns]")
    never = np.full(len(sessions), "NaT", dtype="datetime64[ns]")
    usual = np.zeros(len(sessions), dtype=bool)
    closes = (sessions + DAY).astype("datetime64[ns]")
    return Calendar(name, "UTC", sessions, opens, closes, never, never, usual, usual)


def _local_dates(stamps: Instants, zone: str) -> Instants:
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    index = pd.DatetimeIndex(stamps).tz_localize("UTC").tz_convert(ZoneInfo(zone))
    dates: Instants = index.tz_localize(None).to_numpy("datetime64[D]")
    return dates
