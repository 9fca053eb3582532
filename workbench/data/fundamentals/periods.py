"""Quarters, years and trailing twelve months, from whatever periods were reported.

A flow reported for a period is the difference of a running total between its two ends. So the
reported periods are the edges of a graph of dates, and the flow of any stretch is the sum along
a path: the fourth quarter is the year less nine months, the trailing twelve months in spring are
the last year plus the first quarter less the first quarter before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Fact", "KnownFacts", "Span"]

MOST_EDGES = 5
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


@dataclass
class KnownFacts:
    """What is known of one item of one company; it only ever learns.

    Parameters
    ----------
    held : dict
        Period → the statement that counts.
    """

    held: dict[tuple[int | None, int], Fact] = field(default_factory=dict)

    def learn(self, fact: Fact) -> None:
        """Take in a statement; a later one of the same filing or a later filing counts."""
        period = (fact.start, fact.end)
        if period not in self.held or self.held[period].filed <= fact.filed:
            self.held[period] = fact

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
        balances = [fact for fact in self.held.values() if fact.start is None]
        if balances:
            newest = max(balances, key=lambda fact: fact.end)
            return newest.end, newest.value
        if span is Span.YEAR:
            return self._reported(*LENGTHS[span])
        for end in sorted({fact.end for fact in self.held.values()}, reverse=True):
            total = self._total(end, *LENGTHS[span])
            if total is not None:
                return end, total
        return None

    def _reported(self, least: int, most: int) -> tuple[int, float] | None:
        years = [
            (fact.end, fact.value)
            for (start, end), fact in self.held.items()
            if start is not None and least <= end - start <= most
        ]
        return max(years, default=None)

    def _total(self, end: int, least: int, most: int) -> float | None:
        """The flow of a stretch of so many days up to `end`, by the fewest reported periods."""
        totals, edges = {end: 0.0}, self._edges()
        reached = [end]
        for _ in range(MOST_EDGES):
            found: dict[int, float] = {}
            for day in reached:
                for other, flow in edges.get(day, ()):
                    found.setdefault(other, totals[day] + flow)
            reached = sorted(day for day in found if day not in totals)
            totals |= {day: found[day] for day in reached}
            fitting = [day for day in reached if least <= end - day <= most]
            if fitting:
                return totals[fitting[-1]]
        return None

    def _edges(self) -> dict[int, list[tuple[int, float]]]:
        """Day → the days that one reported period away, with the flow back to them."""
        edges: dict[int, list[tuple[int, float]]] = {}
        for (start, end), fact in sorted(self.held.items(), key=lambda one: one[0][1]):
            if start is not None:
                edges.setdefault(end, []).append((start, fact.value))
                edges.setdefault(start, []).append((end, -fact.value))
        return edges
