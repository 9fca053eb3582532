"""Bars that are kept out of every choice, and when they were looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["Holdout", "HoldoutBook", "Opening"]


@dataclass(frozen=True)
class Holdout:
    """The last bars of some symbols, kept out from a date on.

    Parameters
    ----------
    symbols : tuple of str
        What is traded, sorted.
    timeframe : str
        Of the bars.
    start : datetime
        The first bar that is kept out, in UTC; it has no end.
    dataset : str
        Its name when it was kept.
    caller : str
        Who kept it.
    at : datetime
        When, in UTC.
    """

    symbols: tuple[str, ...]
    timeframe: str
    start: datetime
    dataset: str
    caller: str
    at: datetime


@dataclass(frozen=True)
class Opening:
    """The hold-out of a question, opened.

    Parameters
    ----------
    question : str
        Whose hold-out: the question of the bars before it.
    symbols : tuple of str
        What is traded.
    start, end : datetime
        The first and the last bar of the hold-out, in UTC.
    subject : str
        The strategy that was judged on it, with its source hash.
    parameters : dict
        Its parameters.
    caller : str
        Who opened it.
    at : datetime
        When, in UTC.
    trials : int
        How many trials had been made on the bars before it.
    outcome : dict
        What was seen; JSON values. Empty until it is known.
    holdout : str
        The question of the bars of the hold-out themselves.
    assumptions : dict
        What else changes the answer, such as costs; JSON values.
    again : bool
        Whether a person opened it although these bars had been opened before.
    """

    question: str
    symbols: tuple[str, ...]
    start: datetime
    end: datetime
    subject: str
    parameters: dict[str, Any]
    caller: str
    at: datetime
    trials: int = 0
    outcome: dict[str, Any] = field(default_factory=dict)
    holdout: str = ""
    assumptions: dict[str, Any] = field(default_factory=dict)
    again: bool = False

    @property
    def look(self) -> tuple[Any, ...]:
        """What was looked at and with what: who repeats it sees nothing new."""
        return (
            self.question,
            self.holdout,
            self.symbols,
            self.subject,
            self.parameters,
            self.assumptions,
        )


class HoldoutBook(Protocol):
    """Remembers which bars are kept out, and who looked at them."""

    def keep_holdout(self, holdout: Holdout) -> Holdout:
        """Keep bars out; returns the one that stands, an earlier one that is still closed."""

    def holdouts(self, symbols: Sequence[str]) -> list[Holdout]:
        """What is kept of any of these symbols, the one kept last first."""

    def open_holdout(self, opening: Opening) -> Opening:
        """Record the opening.

        Returns it, or, unless it is made `again`, the first one on any of its symbols whose bars
        overlap, of this question or of another: then nothing is recorded.
        """

    def tell_opening(self, opening: Opening, outcome: dict[str, Any]) -> Opening:
        """Write what the last opening with the same `look` has shown; returns it so."""

    def openings(self, symbols: Sequence[str], start: datetime, end: datetime) -> list[Opening]:
        """Openings on any of these symbols whose bars overlap these dates, the first one first."""
