"""The checklist that `validate_strategy` answers with."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = ["Check", "Outcome", "StrategyValidation"]

Outcome = Literal["passed", "failed", "cannot tell"]

_MARKS: dict[Outcome, str] = {"passed": "✓", "failed": "✗", "cannot tell": "?"}


class Check(BaseModel):
    """One thing that was asked of a strategy."""

    model_config = ConfigDict(frozen=True)

    name: str
    outcome: Outcome
    number: Number = Field(description="What decided; null where nothing could be measured.")
    threshold: Number = Field(description="What the number was held against.")
    sentence: str = Field(description="What it means, in plain words.")


class StrategyValidation(Result):
    """What was asked of a strategy, and how it answered; the family-wise verdict first.

    Attributes
    ----------
    backtest : BacktestReport
        The strategy with these parameters, as the ledger has it.
    walk_forward, cross_validation, costs, capacity, regimes, permutation, intervals, paths, leaks
        The studies behind the checks; None where one could not be made.
    """

    strategy: str
    dataset: str
    start: dt.datetime
    end: dt.datetime
    bars: int
    parameters: dict[str, Any]
    verdict: Outcome = Field(description="Of the first check: luck, all trials counted.")
    sentence: str
    passed: int
    failed: int
    unknown: int
    checks: list[Check]
    trials: int | None = Field(description="Different trials of this question by now.")
    notes: list[str] = Field(default_factory=list)

    backtest: Any = Field(default=None, exclude=True, repr=False)
    walk_forward: Any = Field(default=None, exclude=True, repr=False)
    cross_validation: Any = Field(default=None, exclude=True, repr=False)
    costs: Any = Field(default=None, exclude=True, repr=False)
    capacity: Any = Field(default=None, exclude=True, repr=False)
    regimes: Any = Field(default=None, exclude=True, repr=False)
    permutation: Any = Field(default=None, exclude=True, repr=False)
    intervals: Any = Field(default=None, exclude=True, repr=False)
    paths: Any = Field(default=None, exclude=True, repr=False)
    leaks: Any = Field(default=None, exclude=True, repr=False)

    repr_has_every_row: ClassVar[bool] = True

    def to_frame(self) -> pd.DataFrame:
        """A row for each check.

        Returns
        -------
        pandas.DataFrame
            Index ``name``; columns outcome, number, threshold, sentence.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame([one.model_dump() for one in self.checks]).set_index("name")

    def plot(self) -> LayoutDOM:
        """The studies behind the checks, one above the other.

        Returns
        -------
        bokeh.models.Column
            Those that could be made.
        """
        from workbench.charts import stacked  # noqa: PLC0415  heavy: bokeh

        studies = (
            self.walk_forward,
            self.cross_validation,
            self.permutation,
            self.costs,
            self.capacity,
            self.regimes,
            self.intervals,
            self.paths,
        )
        return stacked(*(study.plot() for study in studies if study is not None))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        lines = [
            f"StrategyValidation of {self.strategy}({shown})",
            f"  {self.dataset}, {self.bars:,} bars, {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}",
            f"  {self.sentence}",
        ]
        width = max(len(one.name) for one in self.checks)
        lines += [
            f"  {_MARKS[one.outcome]} {one.name:<{width}}  {one.sentence}" for one in self.checks
        ]
        return "\n".join([*lines, *(f"  ! {note}" for note in self.notes)])

    __str__ = __repr__
