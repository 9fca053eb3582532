"""What a decision to depart from repeat-last says."""

from __future__ import annotations

from typing import ClassVar

from workbench.domain import Number, Result

__all__ = ["Decision"]


class Decision(Result):
    """Whether a forecaster has earned to be used instead of repeat-last, and why.

    ``skill`` is that of the mean absolute error on held-out forecasts, ``p_value`` one-sided
    against no skill, for all candidates that were tried; NaN where it cannot be tested.
    """

    candidate: str
    departs: bool
    skill: Number
    p_value: Number
    origins: int
    windows: int
    """Held-out windows that do not overlap."""
    tried: int
    statement: str

    headline: ClassVar[tuple[str, ...]] = (
        "candidate",
        "departs",
        "skill",
        "p_value",
        "windows",
        "statement",
    )
