"""A universe by rule: which symbols, ranked by what, chosen how often; as a model and as text."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workbench.errors import InvalidInput

__all__ = ["Measure", "Rebalance", "Side", "Statistic", "UniverseRule"]


class Measure(StrEnum):
    """What symbols are ranked by; the highest come first."""

    DOLLAR_VOLUME = "dollar volume"
    """Close times volume: what changed hands in a session, in the currency of the prices."""
    VOLUME = "volume"
    """Units that changed hands in a session."""
    MARKET_VALUE = "market value"
    """A variable ``market_value`` of the bars, where somebody knows it."""
    PRICE = "price"
    """The close."""


class Statistic(StrEnum):
    """How the sessions of a window become one number."""

    MEDIAN = "median"
    MEAN = "mean"


class Rebalance(StrEnum):
    """How often members are chosen."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Side(StrEnum):
    """On which session of the week, month or quarter a choice takes effect."""

    FIRST = "first"
    LAST = "last"


class UniverseRule(BaseModel):
    """Which symbols belong to a universe, chosen again and again from what is known by then.

    ``str(rule)`` is a sentence that `parse` reads back:
    ``top 500 by 60-day median dollar volume, price > 5, rebalanced monthly``.

    Attributes
    ----------
    top : int
        The most members.
    measure : Measure
        What they are ranked by.
    window : int
        Sessions that the measure looks back; 1 takes the last session alone.
    statistic : Statistic
        How these sessions become one number.
    min_price : float
        The last close must be above it; 0 asks for any price.
    min_history : int
        Bars that a symbol must have had; None asks for as many as `window`.
    rebalance : Rebalance
        How often members are chosen.
    on : Side
        Whether the choice takes effect on the first or the last session of that period.
    keep : int
        A member stays while its rank is not beyond this one, which spares turnover at the edge;
        None gives a member no such advantage.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    top: int = Field(ge=1)
    measure: Measure = Measure.DOLLAR_VOLUME
    window: int = Field(default=1, ge=1, le=2520)
    statistic: Statistic = Statistic.MEDIAN
    min_price: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    min_history: int | None = Field(default=None, ge=1)
    rebalance: Rebalance = Rebalance.MONTHLY
    on: Side = Side.FIRST
    keep: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _keeps_no_fewer_than_it_takes(self) -> Self:
        if self.keep is not None and self.keep < self.top:
            raise ValueError(f"keep is a rank of at least top, {self.top}")
        return self

    @property
    def history(self) -> int:
        """Bars that a symbol must have had before it can be chosen."""
        return self.window if self.min_history is None else self.min_history

    @classmethod
    def parse(cls, text: str | Self) -> Self:
        """Read a rule from its sentence; a rule is returned as it is.

        Parameters
        ----------
        text : str or UniverseRule
            ``top N by [W-day median|mean] MEASURE`` and, after commas and in any order, some of
            ``price > P``, ``at least N days of history``, ``kept to rank N`` and
            ``rebalanced weekly|monthly|quarterly [at the first|last session]``.

        Returns
        -------
        UniverseRule
            What is not said has its default; without a window the last session alone ranks.

        Raises
        ------
        InvalidInput
            If a part cannot be understood, is said twice or contradicts another.
        """
        if isinstance(text, cls):
            return text
        said: dict[str, Any] = {}
        for part in str(text).split(","):
            read = _read(part.strip())
            if read is None or said.keys() & read.keys():
                raise InvalidInput(
                    "A part of the universe's rule is not understood, or said twice",
                    seen=part.strip(),
                    cure=f"Write it like: {EXAMPLE}",
                )
            said |= read
        try:
            return cls.model_validate(said)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            problem = " ".join(map(str, (*first["loc"], first["msg"])))
            raise InvalidInput(
                f"The universe's rule cannot be used: {problem}",
                seen=text,
                cure=f"Write it like: {EXAMPLE}",
            ) from None

    def __str__(self) -> str:
        is_plain = (self.window, self.statistic) == (1, Statistic.MEDIAN)
        how = "" if is_plain else f"{self.window}-day {self.statistic} "
        parts = [f"top {self.top} by {how}{self.measure}"]
        parts += [f"price > {self.min_price!r}".removesuffix(".0")] if self.min_price else []
        if self.min_history is not None:
            parts.append(f"at least {self.min_history} days of history")
        last = " at the last session" if self.on is Side.LAST else ""
        parts.append(f"rebalanced {self.rebalance}{last}")
        parts += [f"kept to rank {self.keep}"] if self.keep is not None else []
        return ", ".join(parts)


EXAMPLE = "top 500 by 60-day median dollar volume, price > 5, rebalanced monthly"


def _words(kind: type[StrEnum]) -> str:
    return "|".join(kind)


_RANKING = re.compile(
    rf"top (?P<top>\d+) by ((?P<window>\d+)-day (?P<statistic>{_words(Statistic)}) )?"
    rf"(?P<measure>{_words(Measure)})"
)
_PRICE = re.compile(r"price > (?P<min_price>\d+(\.\d+)?(e[+-]?\d+)?)")
_HISTORY = re.compile(r"at least (?P<min_history>\d+) days of history")
_REBALANCE = re.compile(
    rf"rebalanced (?P<rebalance>{_words(Rebalance)})( at the (?P<on>{_words(Side)}) session)?"
)
_KEEP = re.compile(r"kept to rank (?P<keep>\d+)")


_PARTS = (_RANKING, _PRICE, _HISTORY, _REBALANCE, _KEEP)


def _read(part: str) -> dict[str, Any] | None:
    """What one part says, field → text; None when it is none of the parts."""
    plain = re.sub(r"\s+", " ", part.lower())
    for pattern in _PARTS:
        match = pattern.fullmatch(plain)
        if match is not None:
            return {name: text for name, text in match.groupdict().items() if text}
    return None
