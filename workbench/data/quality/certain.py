"""Checks of what cannot be right, whatever the series.

Each takes a history and returns findings. The masks below them take plain arrays, so that a
download of a million rows is sifted by the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.history import PRICES, History, spans
from workbench.data.quality.hours import local_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from workbench.domain import Timeframe

    Floats = npt.NDArray[np.float64]
    Instants = npt.NDArray[np.datetime64]
    Mask = npt.NDArray[np.bool_]

__all__ = [
    "closed_day",
    "crossed",
    "duplicate",
    "high_below_low",
    "no_close",
    "non_positive",
]

ROUNDING = 1e-6
"""Relative. Prices that a vendor kept in single precision differ by 1e-7."""


def duplicate(history: History) -> list[Finding]:
    """Rows with the symbol and time of a row before them."""
    same = np.diff(history.times, prepend=np.datetime64("NaT")) == np.timedelta64(0, "ns")
    return [
        history.finding(
            Check.DUPLICATE,
            Severity.ERROR,
            place,
            place,
            seen=_seen(history, PRICES, place - 1) + " and then " + _seen(history, PRICES, place),
            why="A symbol has one bar at a time; the last one counts",
            cure="Load it once: the lake keeps the last row and the ones before as revisions",
        )
        for place in np.flatnonzero(same)
    ]


def no_close(history: History) -> list[Finding]:
    """Bars without a close, and values that are infinite."""
    why = "A bar has a close, and numbers are finite"
    return _errors(history, Check.NO_CLOSE, are_unfinished(history.fields), why)


def non_positive(history: History) -> list[Finding]:
    """Prices at or below zero, volumes below it."""
    why = "A price is above zero and a volume not below it"
    return _errors(history, Check.NON_POSITIVE, are_non_positive(history.fields), why)


def high_below_low(history: History) -> list[Finding]:
    """Bars whose high is less than their low."""
    why = "The high is the highest price of the bar"
    return _errors(history, Check.HIGH_BELOW_LOW, are_inverted(history.fields), why)


def crossed(history: History) -> list[Finding]:
    """Bars whose open or close lies outside of high and low, by more than rounding."""
    why = "The open and the close lie between low and high"
    return _errors(history, Check.CROSSED, are_crossed(history.fields), why)


def closed_day(history: History) -> list[Finding]:
    """Bars of days on which the exchange was closed."""
    mask = are_on_closed_days(history.times, history.timeframe, history.calendar)
    why = f"{history.calendar} was closed on this date"
    return _errors(history, Check.CLOSED_DAY, mask, why)


def are_unfinished(fields: Mapping[str, Floats]) -> Mask:
    """Where a bar has no close or an infinite value."""
    infinite = [np.isinf(values) for values in fields.values()]
    return np.asarray(np.isnan(fields["close"]) | np.any(infinite, axis=0))


def are_non_positive(fields: Mapping[str, Floats]) -> Mask:
    """Where a price is zero or negative or a volume negative."""
    wrong = [values < 0 if name == "volume" else values <= 0 for name, values in fields.items()]
    return np.asarray(np.any(wrong, axis=0))


def are_inverted(fields: Mapping[str, Floats]) -> Mask:
    """Where the high is below the low."""
    if not {"high", "low"} <= fields.keys():
        return np.zeros(len(fields["close"]), dtype=bool)
    return np.asarray(fields["high"] < fields["low"] * (1 - ROUNDING))


def are_crossed(fields: Mapping[str, Floats]) -> Mask:
    """Where the open or the close is outside of a high and low that are not inverted."""
    wrong = np.zeros(len(fields["close"]), dtype=bool)
    for name in ("open", "close"):
        if name in fields and "high" in fields:
            wrong |= fields[name] > fields["high"] * (1 + ROUNDING)
        if name in fields and "low" in fields:
            wrong |= fields[name] < fields["low"] * (1 - ROUNDING)
    return wrong & ~are_inverted(fields)


def are_on_closed_days(times: Instants, timeframe: Timeframe, calendar: str) -> Mask:
    """Where a bar of a session or a part of one lies on a date that is no session.

    Foreign exchange (``24/5``) begins on Sunday evening UTC, so only its Saturdays are closed
    within a day. What lies before the calendar is not known and counts as open; what lies
    after it is years ahead and cannot be.
    """
    none = np.zeros(len(times), dtype=bool)
    if not len(times) or not (timeframe.is_intraday or str(timeframe) == "1d"):
        return none
    days = (local_days(times, calendar) if timeframe.is_intraday else times).astype("datetime64[D]")
    if calendar == "24/5" and timeframe.is_intraday:
        return np.asarray((days.astype(np.int64) + 3) % 7 == 5)
    opened = open_calendar(calendar, days.min())
    first, last = opened.sessions[0], opened.sessions[-1]
    is_session = np.zeros(int((last - first).astype(np.int64)) + 2, dtype=bool)
    is_session[(opened.sessions - first).astype(np.int64)] = True
    places = (np.minimum(days, last + 1) - first).astype(np.int64)
    return np.asarray(~is_session[np.maximum(places, 0)] & (places >= 0))


def _errors(history: History, check: Check, mask: Mask, why: str) -> list[Finding]:
    names = [*PRICES, "volume"] if check is Check.NON_POSITIVE else list(PRICES)
    return [
        history.finding(
            check,
            Severity.ERROR,
            first,
            last,
            seen=_seen(history, names, first),
            why=why,
            cure=_CURES[check],
        )
        for first, last in spans(mask)
    ]


_CURES = {
    Check.NO_CLOSE: "Download it again, or withdraw the bar: repair_dataset(check='no_close')",
    Check.NON_POSITIVE: "Download it again, or withdraw it: repair_dataset(check='non_positive')",
    Check.HIGH_BELOW_LOW: "If they changed places: repair_dataset(check='high_below_low')",
    Check.CROSSED: "Download it again, or widen the range: repair_dataset(check='crossed')",
    Check.CLOSED_DAY: "Give the calendar of these prices, or withdraw the bars:"
    " repair_dataset(check='closed_day')",
}


def _seen(history: History, names: list[str] | tuple[str, ...], place: int) -> str:
    shown = [
        f"{name} {history.fields[name][place]:.6g}" for name in names if name in history.fields
    ]
    return ", ".join(shown)
