"""When exchanges are open, opened with explicit bounds and kept on disk.

The library takes a second to import and another to build a calendar, so the sessions and
closes of each calendar are kept under ``WORKBENCH_HOME/cache``. ``24/7`` and ``24/5``
(Monday to Friday) are days that end at midnight UTC and need no library.
"""

from __future__ import annotations

import contextlib
import os
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from workbench.errors import OutOfRange, UnknownName
from workbench.settings import cache_folder

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    import numpy.typing as npt

    Instants = npt.NDArray[np.datetime64]

__all__ = ["ALWAYS", "Calendar", "open_calendar"]

FIRST_YEAR, LAST_YEAR = 1970, 2040
DAY = np.timedelta64(1, "D")
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
ALWAYS = {"24/7": "1111111", "24/5": "1111100"}


@dataclass(frozen=True, eq=False)
class Calendar:
    """The sessions of an exchange.

    Parameters
    ----------
    name : str
        The market identifier code, or ``24/7`` or ``24/5``.
    zone : str
        The time zone of the exchange.
    sessions : numpy.ndarray of datetime64[D]
        The session dates, sorted.
    closes : numpy.ndarray of datetime64[ns]
        When each session closes, naive UTC.
    """

    name: str
    zone: str
    sessions: Instants
    closes: Instants

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
        days = dates.astype("datetime64[D]")
        self._check(days)
        return self.closes[np.searchsorted(self.sessions, days, side="right") - 1]

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

    def _at(self, dates: Instants) -> npt.NDArray[np.intp]:
        days = dates.astype("datetime64[D]")
        self._check(days)
        return np.searchsorted(self.sessions, days, side="left").clip(max=len(self.sessions) - 1)

    def _check(self, days: Instants) -> None:
        first, last = self.sessions[0], self.sessions[-1]
        if len(days) and (days.min() < first or days.max() > last):
            outside = days.min() if days.min() < first else days.max()
            raise OutOfRange(f"A date for the calendar {self.name}", str(outside), first, last)


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
    kept = _kept_file(name, year)
    if kept is not None and kept.is_file():
        with contextlib.suppress(*UNREADABLE), np.load(BytesIO(kept.read_bytes())) as arrays:
            return Calendar(name, str(arrays["zone"]), arrays["sessions"], arrays["closes"])
    built = _built(name, year)
    if kept is not None:
        _keep(built, kept)
    return built


def _always_open(name: str, year: int) -> Calendar:
    days = np.arange(f"{year}-01-01", f"{LAST_YEAR + 1}-01-01", dtype="datetime64[D]")
    sessions = days[np.is_busday(days, weekmask=ALWAYS[name])]
    return Calendar(name, "UTC", sessions, (sessions + DAY).astype("datetime64[ns]"))


def _built(name: str, year: int) -> Calendar:
    import exchange_calendars  # noqa: PLC0415  heavy: exchange_calendars
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    if name not in exchange_calendars.get_calendar_names():
        raise UnknownName("calendar", name, {*ALWAYS, *exchange_calendars.get_calendar_names()})
    low, high = _bounds(exchange_calendars, name)
    calendar = exchange_calendars.get_calendar(
        name,
        start=max(pd.Timestamp(year, 1, 1), low or pd.Timestamp.min),
        end=min(pd.Timestamp(LAST_YEAR, 12, 31), high or pd.Timestamp.max),
    )
    closes = calendar.closes.dt.tz_localize(None).to_numpy("datetime64[ns]")
    return Calendar(name, str(calendar.tz), calendar.sessions.to_numpy("datetime64[D]"), closes)


def _bounds(library: ModuleType, name: str) -> tuple[object, object]:
    """The first and last date for which the library knows the rules of an exchange."""
    dispatcher = library.calendar_utils.global_calendar_dispatcher
    factory = dispatcher._calendar_factories[dispatcher.resolve_alias(name)]  # noqa: SLF001
    return factory.bound_min(), factory.bound_max()


def _kept_file(name: str, year: int) -> Path | None:
    key = f"{name.replace('/', '-')}-{year}-{version('exchange_calendars')}.npz"
    try:
        return cache_folder("calendars") / key
    except OSError:
        return None


def _keep(calendar: Calendar, path: Path) -> None:
    half_done = path.with_suffix(f".{os.getpid()}-{id(calendar)}.part.npz")
    with contextlib.suppress(OSError):
        np.savez(half_done, zone=calendar.zone, sessions=calendar.sessions, closes=calendar.closes)
        half_done.replace(path)


def _local_dates(stamps: Instants, zone: str) -> Instants:
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    index = pd.DatetimeIndex(stamps).tz_localize("UTC").tz_convert(ZoneInfo(zone))
    dates: Instants = index.tz_localize(None).to_numpy("datetime64[D]")
    return dates
