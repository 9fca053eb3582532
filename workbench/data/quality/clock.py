"""Bars whose clock is wrong: a zone read as another, or summer time forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.calendars import ALWAYS
from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.grid import phase_of
from workbench.data.quality.history import spans
from workbench.data.quality.hours import sessions_between

if TYPE_CHECKING:
    from workbench.data.quality.history import History

__all__ = ["clock_shift"]

HALF_HOUR = 1800
REGULAR = 0.2
"""The share of sessions that must have exactly regular hours for these to be the pattern."""


def clock_shift(history: History) -> list[Finding]:
    """Sessions whose first and last bar are displaced by the same number of half-hours.

    Each session is described by how long its first and its last bar come after those of its
    regular hours, so that half days and summer time of the exchange leave the pattern alone.
    A session is displaced when both differ from the pattern of the series by the same multiple
    of half an hour; the pattern is regular hours where the series has them.

    Source of the rule: daily patterns of activity are fixed in the exchange's local time
    (Andersen and Bollerslev 1997, Journal of Empirical Finance 4, 115).
    """
    if not history.timeframe.is_intraday or history.calendar in ALWAYS or not len(history):
        return []
    edges = _edges(history)
    if edges.empty:
        return []
    first, last = _pattern(edges)
    by = edges["first"] - first
    displaced = (by == edges["last"] - last) & (by != 0) & (by % HALF_HOUR == 0)
    shift = by.where(displaced, 0).to_numpy()
    return [
        _finding(history, edges, low, high, int(shift[low]))
        for value in np.unique(shift[shift != 0])
        for low, high in spans(shift == value)
    ]


def _edges(history: History) -> pd.DataFrame:
    """Session → seconds by which its first and last bar come after those of regular hours."""
    times = pd.Series(history.times).groupby(history.days).agg(["min", "max", "size"])
    days = times.index.to_numpy("datetime64[D]")
    opened, part = sessions_between(history.calendar, days[0], days[-1])
    known = np.isin(days, opened.sessions[part])
    times, days = times[known], days[known]
    places = np.searchsorted(opened.sessions[part], days)
    step = np.timedelta64(history.timeframe.seconds, "s").astype("timedelta64[ns]")
    phase = phase_of(history, step)
    begins = opened.opens[part][places] - ((step - phase) if phase else phase)
    lasts = begins + (-((begins - opened.closes[part][places]) // step) - 1) * step
    second = np.timedelta64(1, "s")
    first = times["min"].to_numpy("datetime64[ns]") - begins
    last = times["max"].to_numpy("datetime64[ns]") - lasts
    return pd.DataFrame(
        {
            "start": times["min"],
            "end": times["max"],
            "bars": times["size"],
            "first": first // second,
            "last": last // second,
        }
    )


def _pattern(edges: pd.DataFrame) -> tuple[int, int]:
    """Where the first and the last bar of a session usually are; 0, 0 are regular hours."""
    pairs = edges.groupby(["first", "last"]).size().sort_values(ascending=False)
    first, last = (int(value) for value in pairs.index[0])
    regular = first == last or pairs.get((0, 0), 0) >= REGULAR * len(edges)
    return (0, 0) if regular else (first, last)


def _finding(history: History, edges: pd.DataFrame, low: int, high: int, shift: int) -> Finding:
    part = edges.iloc[low : high + 1]
    hours = abs(shift) / 3600
    direction = "late" if shift > 0 else "early"
    return history.absence(
        Check.CLOCK_SHIFT,
        Severity.ERROR,
        (part["start"].iloc[0].to_numpy(), part["end"].iloc[-1].to_numpy()),
        int(part["bars"].sum()),
        seen=f"{len(part)} sessions whose bars are {hours:g} h too {direction}",
        why=f"All of their bars are displaced alike against the hours of {history.calendar}"
        + (": summer time was forgotten" if hours == 1 else ": local times read as UTC, perhaps"),
        cure="Read the times in the zone they are meant in (tz=…), or move the bars:"
        " repair_dataset(check='clock_shift')",
        factor=float(shift),
    )
