"""When a filing or a figure became known: never earlier than anybody could have read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Instants = npt.NDArray[np.datetime64]

__all__ = ["NEW_YORK", "accepted_at", "end_of_day", "published_at"]

NEW_YORK = "America/New_York"
OPENS = pd.Timedelta(hours=6)
"""EDGAR publishes from 06:00 in New York what it accepted the evening before."""
CLOSES = pd.Timedelta(hours=17, minutes=30)
"""What begins to arrive later is filed on the next business day (17 CFR 232.13(a)(2))."""


def end_of_day(dates: Instants, zone: str = NEW_YORK) -> Instants:
    """The midnight that ends each date in a zone.

    Parameters
    ----------
    dates : numpy.ndarray of datetime64
        Dates; NaT stays NaT.
    zone : str
        Where the day ends.

    Returns
    -------
    numpy.ndarray of datetime64[us]
        Naive UTC.
    """
    midnight = pd.DatetimeIndex(dates).normalize() + pd.Timedelta(days=1)
    return _utc(midnight, zone)


def published_at(filed_at: Instants, *, zone: str = NEW_YORK, delay_seconds: int = 0) -> Instants:
    """When filings became known.

    A stamp with a time of day is the moment at which a filing was public. A date alone (00:00)
    does not say when on that day, and EDGAR accepts filings until 22:00 in New York: it counts
    as known from the end of that day there, so that the next session is the first to use it.

    Parameters
    ----------
    filed_at : numpy.ndarray of datetime64
        Naive UTC; NaT, an unknown filing date, stays NaT.
    zone : str
        Where the day of a date alone ends.
    delay_seconds : int
        How long after that the vendor delivers.

    Returns
    -------
    numpy.ndarray of datetime64[us]
        Naive UTC.
    """
    stamps = np.asarray(filed_at).astype("datetime64[us]")
    is_date = stamps == stamps.astype("datetime64[D]")
    known = np.where(is_date, end_of_day(stamps, zone), stamps)
    return np.asarray(known + np.timedelta64(delay_seconds, "s"))


def accepted_at(accepted: Any, filing_date: Any) -> pd.Timestamp:
    """When EDGAR published what it accepted at a moment, in naive UTC.

    Parameters
    ----------
    accepted : str
        The acceptance in New York as ``YYYYMMDDHHMMSS``, signs between them or not, whatever
        zone is written behind; empty or None where it is unknown.
    filing_date : str
        The date of filing; the next business day for what came in after 17:30.

    Returns
    -------
    pandas.Timestamp
        The acceptance, or 06:00 of the filing date for what was accepted before that day; the
        date of filing alone where the moment is unknown, NaT where both are.
    """
    day = pd.Timestamp(filing_date) if filing_date else pd.NaT
    if not accepted:
        return day
    digits = "".join(letter for letter in str(accepted) if letter.isdigit())[:14]
    moment = pd.to_datetime(digits, format="%Y%m%d%H%M%S")
    if day is pd.NaT and moment - moment.normalize() > CLOSES:
        return moment.normalize() + pd.offsets.BDay(1)
    day = moment.normalize() if day is pd.NaT else day
    public = max(moment, day + OPENS)
    return pd.Timestamp(_utc(pd.DatetimeIndex([public]), NEW_YORK)[0])


def _utc(local: pd.DatetimeIndex, zone: str) -> Instants:
    """Wall-clock times as naive UTC; where the clocks change, the later reading."""
    twice = np.zeros(len(local), dtype=bool)
    placed = local.tz_localize(ZoneInfo(zone), ambiguous=twice, nonexistent="shift_forward")
    return np.asarray(placed.tz_convert(None).to_numpy("datetime64[us]"))
