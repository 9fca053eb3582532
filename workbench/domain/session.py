"""A session is named by its date: as a date, a timestamp or ISO text."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput

__all__ = ["Session", "as_session"]

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
