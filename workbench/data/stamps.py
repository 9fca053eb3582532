"""From whatever a frame holds as time to naive UTC, or to session dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from workbench.data.calendars import ALWAYS, open_calendar
from workbench.domain import Timeframe
from workbench.errors import AmbiguousFrame, InvalidInput, UnusableFrame

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["guess_calendar", "guess_timeframe", "normalised", "read_times", "refuse_closed_days"]

NUMBERED = re.compile(r"^\d{1,2}([/.-])\d{1,2}\1(\d{4}|\d{2})( \d{1,2}:\d{2}(:\d{2})?)?$")
"""A date whose first two numbers can change places: 1/2/2020, 01-02-20 or 1.2.2020 16:00."""
DAY_SECONDS = 86_400
EPOCHS = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
"""Magnitude from which a count since 1970 is of this unit."""
INTRADAY = ("1s", "5s", "10s", "15s", "30s", "1m", "2m", "3m", "5m", "10m", "15m", "30m", "1h",
            "2h", "4h", "6h", "8h", "12h")  # fmt: skip


def read_times(values: pd.Index[Any], guessed: list[str]) -> pd.DatetimeIndex:
    """Read dates, text or counts since 1970 as stamps; naive stays naive.

    Parameters
    ----------
    values : pandas.Index
        What the frame holds.
    guessed : list of str
        Takes a sentence for each guess.

    Returns
    -------
    pandas.DatetimeIndex
        Without missing values, naive or zoned.

    Raises
    ------
    AmbiguousFrame
        If text can be day-first or month-first.
    UnusableFrame
        If a value is no time.
    """
    if isinstance(values, pd.PeriodIndex):
        values = values.to_timestamp()
    if not isinstance(values, pd.DatetimeIndex):
        values = _counted(values, guessed) if _is_number(values) else _written(values, guessed)
    if values.hasnans:
        raise UnusableFrame(
            "The time is missing in some rows",
            seen=np.flatnonzero(values.isna())[:3].tolist(),
            cure="Drop these rows: frame.dropna(subset=[…])",
        )
    return values


def guess_timeframe(stamps: pd.DatetimeIndex, guessed: list[str]) -> str:
    """The timeframe that the usual distance of distinct stamps speaks for."""
    distinct = np.unique(stamps.as_unit("ns").asi8)
    if len(distinct) < 2:
        guessed.append("timeframe: 1d, there is one bar only")
        return "1d"
    seconds = float(np.median(np.diff(distinct)) / 1e9)
    if seconds >= 0.9 * DAY_SECONDS:
        days = seconds / DAY_SECONDS
        found = "1M" if days >= 27 else "1w" if days >= 6 else "1d"
    else:
        found = min(INTRADAY, key=lambda text: abs(Timeframe.parse(text).seconds - seconds))
    guessed.append(f"timeframe: {found}, from the usual distance of the bars")
    return found


def guess_calendar(stamps: pd.DatetimeIndex, guessed: list[str]) -> str:
    """``24/7`` if there are bars at weekends, else ``24/5``."""
    weekends = bool((stamps.dayofweek >= 5).any())
    found = "24/7" if weekends else "24/5"
    some = "there are" if weekends else "there are no"
    guessed.append(
        f"calendar: {found}, as {some} bars at weekends; a daily bar is then known at the end of"
        " its day in UTC (say calendar='XNYS' for the close of New York)"
    )
    return found


def normalised(
    stamps: pd.DatetimeIndex, timeframe: Timeframe, calendar: str, tz: str | None
) -> npt.NDArray[np.datetime64]:
    """Start instants in naive UTC; for a bar of a day or longer, session dates at 00:00.

    Parameters
    ----------
    stamps : pandas.DatetimeIndex
        As the frame has them, naive or zoned.
    timeframe : Timeframe
        Decides which of the two.
    calendar : str
        Maps a zoned daily stamp to its session.
    tz : str or None
        The zone of naive stamps.

    Returns
    -------
    numpy.ndarray of datetime64[ns]
        One for each stamp, in their order.

    Raises
    ------
    UnusableFrame
        If naive stamps are intraday and `tz` is not given.
    """
    if stamps.tz is None and tz is not None:
        stamps = _in_zone(stamps, tz)
    if not timeframe.is_intraday:
        return _sessions(stamps, calendar)
    if stamps.tz is None:
        raise UnusableFrame(
            "Intraday times without a zone cannot be placed in the world",
            seen=str(stamps[0]),
            cure="Say tz='UTC', or the zone of the exchange, such as tz='America/New_York'",
        )
    return _array(stamps.tz_convert(None))


def refuse_closed_days(
    times: npt.NDArray[np.datetime64], timeframe: Timeframe, calendar: str
) -> None:
    """Refuse daily bars of days on which the exchange was closed.

    Parameters
    ----------
    times : numpy.ndarray of datetime64[ns]
        Session dates.
    timeframe : Timeframe
        Only bars of one session are looked at.
    calendar : str
        The exchange.

    Raises
    ------
    UnusableFrame
        If there are such; names the first days.
    """
    if calendar in ALWAYS or str(timeframe) != "1d":
        return
    is_open = open_calendar(calendar, times.min()).are_sessions(times)
    if not is_open.all():
        closed = times[~is_open].astype("datetime64[D]")
        raise UnusableFrame(
            f"{len(closed)} of {len(times)} dates are no session of {calendar}",
            seen=[str(day) for day in closed[:3]],
            cure="Give the calendar of these prices, such as calendar='24/7', or drop the rows",
        )


def _sessions(stamps: pd.DatetimeIndex, calendar: str) -> npt.NDArray[np.datetime64]:
    if stamps.tz is None or _at_local_midnight(stamps):
        return _array(stamps.tz_localize(None).normalize())
    instants = _array(stamps.tz_convert(None))
    return open_calendar(calendar, instants.min()).session_of(instants)


def _array(stamps: pd.DatetimeIndex) -> npt.NDArray[np.datetime64]:
    return np.asarray(stamps.to_numpy("datetime64[ns]"))


def _at_local_midnight(stamps: pd.DatetimeIndex) -> bool:
    """Whether a vendor wrote dates in the zone of the exchange."""
    return str(stamps.tz) != "UTC" and bool((stamps == stamps.normalize()).all())


def _in_zone(stamps: pd.DatetimeIndex, tz: str) -> pd.DatetimeIndex:
    try:
        zone = ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            "There is no such time zone", seen=tz, cure="Write one such as Europe/London or UTC"
        ) from None
    placed = stamps.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    if placed.hasnans:
        raise InvalidInput(
            f"Some times do not exist in {tz}, or exist twice: the clocks change",
            seen=str(stamps[placed.isna()][0]),
            cure="Give times in UTC with tz='UTC'",
        )
    return placed


def _counted(values: pd.Index[Any], guessed: list[str]) -> pd.DatetimeIndex:
    numbers = values.to_numpy(dtype=np.float64)
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    if low >= 19_000_101 and high <= 21_001_231:
        guessed.append("time: numbers such as 20200131 read as dates")
        text = pd.Index(values.astype(np.int64).astype(str))
        return pd.DatetimeIndex(pd.to_datetime(text, format="%Y%m%d", errors="coerce"))
    unit = next((unit for least, unit in EPOCHS if low >= least), None)
    if unit is None:
        raise UnusableFrame(
            "The time is a count that is no date",
            seen=values[:3].tolist(),
            cure="Convert it first: frame['time'] = pandas.to_datetime(frame['time'])",
        )
    guessed.append(f"time: numbers read as {unit} since 1970 in UTC")
    return pd.DatetimeIndex(pd.to_datetime(values, unit=unit, utc=True))


def _written(values: pd.Index[Any], guessed: list[str]) -> pd.DatetimeIndex:
    """Text or Python dates: ISO 8601 first, else day-first or month-first if only one fits."""
    mixed = any(getattr(value, "tzinfo", None) or _has_zone(value) for value in values[:50])
    iso = _parsed(values, format="ISO8601", utc=mixed)
    if iso is not None:
        return iso
    readings = {name: _parsed(values, format=form) for name, form in _forms(str(values[0])).items()}
    fitting = {name: read for name, read in readings.items() if read is not None}
    if not fitting:
        raise UnusableFrame(
            "The time cannot be read as dates",
            seen=values[:3].tolist(),
            cure="Write dates like 2020-01-31, or say columns={'time': NAME}",
        )
    name, found = _in_steps(fitting)
    guessed.append(f"time: text such as {values[0]!r} read {name}")
    return found


def _forms(text: str) -> dict[str, str]:
    """The ways in which text like the first value can be meant."""
    match = NUMBERED.match(text)
    if match is None:
        return {"as English dates": "mixed"}
    between, year = match[1], "%Y" if len(match[2]) == 4 else "%y"
    clock = " %H:%M:%S" if match[4] else " %H:%M" if match[3] else ""
    return {
        "month first": f"%m{between}%d{between}{year}{clock}",
        "day first": f"%d{between}%m{between}{year}{clock}",
    }


def _in_steps(readings: dict[str, pd.DatetimeIndex]) -> tuple[str, pd.DatetimeIndex]:
    """The only reading, or the only one that runs through time; never a coin toss."""
    (name, first), *others = readings.items()
    if not others or first.equals(others[0][1]):
        return name, first
    rising = {name: read for name, read in readings.items() if _rises(read)}
    if len(rising) == 1:
        return next(iter(rising.items()))
    at = int(np.argmax(first != others[0][1]))
    raise AmbiguousFrame(
        f"The time can be read month first (row {at}: {first[at]:%Y-%m-%d})"
        f" or day first ({others[0][1][at]:%Y-%m-%d})",
        cure="Convert it first: pandas.to_datetime(frame['date'], dayfirst=True) or False",
    )


def _rises(stamps: pd.DatetimeIndex) -> bool:
    return bool(stamps.is_monotonic_increasing or stamps.is_monotonic_decreasing)


def _parsed(values: pd.Index[Any], **how: Any) -> pd.DatetimeIndex | None:
    try:
        return pd.DatetimeIndex(pd.to_datetime(pd.Index(values), **how))
    except (ValueError, TypeError, OverflowError):
        return None


def _has_zone(value: object) -> bool:
    text = str(value)
    return text.endswith("Z") or (len(text) > 19 and text[-6] in "+-" and text[-3] == ":")


def _is_number(values: pd.Index[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not isinstance(values, pd.RangeIndex)
