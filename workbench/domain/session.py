"""A session is named by its date: as a date, a timestamp or ISO text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from workbench.errors import InvalidInput

__all__ = ["Period", "Session", "as_session"]

if TYPE_CHECKING:
    Session = dt.date | str
else:
    Session = dt.date
"""The date of a session; in Python also its ISO text or a timestamp."""


def as_session(parameter: str, value: Any) -> dt.date | None:
    """The date of a session, however it was given.

    Parameters
    ----------
    parameter : str
        The name of the argument, for the message.
    value : date, datetime, pandas.Timestamp, str or None
        None means that it was not given. A text is ISO 8601, ``2020-01-31``; of an instant
        the date is taken.

    Returns
    -------
    date or None
        None when `value` is None.

    Raises
    ------
    InvalidInput
        If the value names no day.
    """
    if value is None:
        return None
    if isinstance(value, dt.datetime):  # pandas.Timestamp is one
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.datetime.fromisoformat(value).date()
    except (TypeError, ValueError):
        raise InvalidInput(
            f"{parameter} names no day", seen=value, cure="Write it as 2020-01-31"
        ) from None


@dataclass(frozen=True)
class Period:
    """From a first session to a last one, both included.

    Parameters
    ----------
    first, last : date or None
        None leaves that side open.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    @classmethod
    def of(cls, start_date: Any = None, end_date: Any = None) -> Self:
        """The period from a start date to an end date, however they were given.

        Parameters
        ----------
        start_date, end_date : date, datetime, pandas.Timestamp, str or None
            As `as_session` takes them; None means that this side is open.

        Returns
        -------
        Period
            Both days belong to it.

        Raises
        ------
        InvalidInput
            If one of them names no day, or the end is before the start.
        """
        first, last = as_session("start_date", start_date), as_session("end_date", end_date)
        if first is not None and last is not None and last < first:
            raise InvalidInput(
                "The end date is before the start date",
                seen=f"{first} to {last}",
                cure="Exchange the two dates",
            )
        return cls(first, last)

    @property
    def end(self) -> dt.date | None:
        """The day after the last: the end of the half-open interval ``[first, end)``."""
        return None if self.last is None else self.last + dt.timedelta(days=1)
