"""Quarters, years and trailing twelve months, from whatever periods were reported.

A flow reported for a period is the difference of a running total between its two ends. So the
reported periods are the edges of a graph of dates, and the flow of any stretch is the sum along
a path: the fourth quarter is the year less nine months, the trailing twelve months in spring are
the last year plus the first quarter less the first quarter before.
"""

from __future__ import annotations

from bisect import insort
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Fact", "KnownFacts", "Span"]

MOST_PERIODS = 5
"""Reported periods that one figure may be put together from."""


class Span(StrEnum):
    """The stretch of time whose flow is asked for; a balance is the latest one for each."""

    QUARTER = "quarter"
    YEAR = "year"
    """A year as reported, not put together."""
    TRAILING = "ttm"
    """The last twelve months up to the latest period that they can be told for."""


LENGTHS = {Span.QUARTER: (80, 105), Span.YEAR: (350, 380), Span.TRAILING: (350, 380)}
"""The days that each span may have: quarters of 12 to 15 weeks, years of 50 to 54."""


class Fact(NamedTuple):
    """A figure as it was stated.

    Parameters
    ----------
    start : int or None
        The day before the period begins, counted from 1970; None for a balance.
    end : int
        The last day of the period.
    filed : int
        Orders the filings; of two statements the later filed one counts.
    value : float
        The figure.
    """

    start: int | None
    end: int
    filed: int
    value: float


class KnownFacts:
    """What is known of one item of one company; it only ever learns."""

    def __init__(self) -> None:
        self._filed: dict[tuple[int | None, int], int] = {}
        self._balance: Fact | None = None
        self._year: Fact | None = None
        self._ends: list[int] = []
        self._flows: dict[int, dict[int, float]] = {}
        """Day → each day that a reported period leads to, with the flow from there."""

    def learn(self, fact: Fact) -> None:
        """Take in a statement; a later one of the same filing or a later filing counts."""
        period = (fact.start, fact.end)
        if self._filed.get(period, fact.filed) > fact.filed:
            return
        self._filed[period] = fact.filed
        if fact.start is None:
            self._balance = _newer(fact, self._balance)
            return
        if fact.end not in self._ends:
            insort(self._ends, fact.end)
        self._flows.setdefault(fact.end, {})[fact.start] = fact.value
        self._flows.setdefault(fact.start, {})[fact.end] = -fact.value
        least, most = LENGTHS[Span.YEAR]
        if least <= fact.end - fact.start <= most:
            self._year = _newer(fact, self._year)

    def latest(self, span: Span) -> tuple[int, float] | None:
        """The end and the figure of the latest span that can be told.

        Parameters
        ----------
        span : Span
            What to tell of a flow.

        Returns
        -------
        tuple of (int, float) or None
            None while no such span can be told.
        """
        stated = self._balance or (self._year if span is Span.YEAR else None)
        if stated is not None:
            return stated.end, stated.value
        if span is Span.YEAR:
            return None
        for end in reversed(self._ends):
            total = self._total(end, *LENGTHS[span])
            if total is not None:
                return end, total
        return None

    def _total(self, end: int, least: int, most: int) -> float | None:
        """The flow of a stretch of so many days up to `end`, by the fewest reported periods."""
        totals, reached = {end: 0.0}, [end]
        for _ in range(MOST_PERIODS):
            found: dict[int, float] = {}
            for day in reached:
                for other, flow in self._flows[day].items():
                    if other not in totals:
                        found.setdefault(other, totals[day] + flow)
            fitting = [day for day in found if least <= end - day <= most]
            if fitting:
                return found[max(fitting)]
            totals |= found
            reached = list(found)
        return None


def _newer(one: Fact, other: Fact | None) -> Fact:
    return one if other is None or one.end >= other.end else other
