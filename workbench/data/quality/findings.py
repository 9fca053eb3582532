"""What can be wrong with prices, and how it is said."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Check", "Finding", "Severity"]


class Severity(StrEnum):
    """How sure it is that something is wrong."""

    ERROR = "error"
    """It cannot be right."""
    WARNING = "warning"
    """It is very unlikely to be right; look before using it."""
    NOTE = "note"
    """It may well be right and should be known."""


class Check(StrEnum):
    """What is looked for."""

    DUPLICATE = "duplicate"
    """Two rows of one symbol and time."""
    NO_CLOSE = "no_close"
    """A bar that has other values and no close, or a value that is infinite."""
    NON_POSITIVE = "non_positive"
    """A price that is zero or negative, or a negative volume."""
    HIGH_BELOW_LOW = "high_below_low"
    """The high is less than the low."""
    CROSSED = "crossed"
    """The open or the close lies outside of high and low."""
    CLOSED_DAY = "closed_day"
    """A bar of a day on which the exchange was closed."""
    OUTSIDE_SESSION = "outside_session"
    """An intraday bar before the open or after the close."""
    MISSING_SESSIONS = "missing_sessions"
    """Sessions without a bar."""
    MISSING_BARS = "missing_bars"
    """Intraday bars that are missing within a session."""
    CLOCK_SHIFT = "clock_shift"
    """Sessions whose bars are displaced by whole half-hours: a time zone or its summer time."""
    STALE = "stale"
    """A close that does not change for longer than this series would leave it."""
    SPIKE = "spike"
    """A close that leaves its neighbours and is back at the next bar."""
    SLIP = "slip"
    """A price 10, 100 or 1000 times too high or too low: the decimal point."""
    CURRENCY_UNIT = "currency_unit"
    """A stretch in hundredths or thousandths of the currency: pence among pounds."""
    SPLIT_SHAPED = "split_shaped"
    """A jump by a simple ratio on an ordinary day, without an action on that date."""
    ADJUSTMENT = "adjustment"
    """Adjusted prices in a raw series, or raw ones in an adjusted series."""
    NO_VOLUME = "no_volume"
    """A bar that moved and has no volume, in a series that has volume."""
    VOLUME_UNIT = "volume_unit"
    """Volume in lots of 100 or thousands among volume in shares, or the reverse."""
    BACK_FILL = "back_fill"
    """A row that became known or was written long after its session."""


class Finding(BaseModel):
    """One thing that is wrong, or looks wrong, with one symbol.

    Attributes
    ----------
    check : Check
        What was looked for.
    severity : Severity
        How sure it is.
    symbol : str
        Whose bars.
    start, end : datetime
        First and last bar concerned (of what is missing: that should be there), naive UTC.
    bars : int
        How many bars.
    field : str
        The column concerned; empty when it is the whole bar.
    seen : str
        The value seen.
    why : str
        Why it is doubted, as a sentence.
    cure : str
        What can be done, as a sentence.
    factor : float or None
        By how much the values are too large, where a rule can repair that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: Check
    severity: Severity
    symbol: str
    start: dt.datetime
    end: dt.datetime
    bars: int = Field(ge=1)
    field: str = ""
    seen: str
    why: str
    cure: str
    factor: float | None = None

    def __str__(self) -> str:
        span = f"{self.start:%Y-%m-%d}"
        if self.end.date() != self.start.date():
            span += f" to {self.end:%Y-%m-%d}"
        return f"{self.severity} {self.check} {self.symbol} {span}: {self.seen}. {self.why}"
