"""What trials come to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = ["HoldoutOpening", "QuestionSummary", "RelatedTrials", "TrialLedgerReport"]


class RelatedTrials(Result):
    """All trials on the same data: any of its symbols, dates that overlap.

    `p_value` is the family-wise p-value of one result among all of them.
    """

    headline: ClassVar[tuple[str, ...]] = ("sentence", "p_value", "trials", "questions")

    sentence: str
    p_value: Number = Field(description="How often luck alone has one this good among them all.")
    trials: int = Field(description="Different trials of all these questions.")
    questions: int = Field(description="Questions on the data, this one included.")
    unmeasured: int = Field(default=0, description="Trials whose returns are not known.")


class HoldoutOpening(BaseModel):
    """When the bars that were held out were looked at, by whom and with what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    opened_at: dt.datetime
    caller: str
    subject: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    start: dt.datetime
    end: dt.datetime
    trials: int = Field(description="Trials of the question by then.")
    outcome: dict[str, Any] = Field(default_factory=dict)
    again: bool = Field(default=False, description="A person opened what had been opened before.")


class QuestionSummary(BaseModel):
    """A question and what its trials come to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    dataset: str = Field(description="Empty for trials that were made before it was written.")
    symbols: list[str] = Field(default_factory=list)
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    bars: int | None = None
    trials: int = Field(description="Different trials that count.")
    unmeasured: int = Field(description="Those whose returns are not known to the p-value.")
    uncounted: dict[str, int] = Field(default_factory=dict)
    effective_trials: Number = Field(description="Independent trials with the same best by luck.")
    best_strategy: str = ""
    best_parameters: dict[str, Any] = Field(default_factory=dict)
    best_sharpe_per_bar: Number
    p_value: Number = Field(description="Family-wise, of the best trial.")
    callers: dict[str, int] = Field(default_factory=dict)
    verbs: dict[str, int] = Field(default_factory=dict)
    strategies: list[str] = Field(default_factory=list)
    holdout: HoldoutOpening | None = Field(default=None, description="Its first opening.")
    holdout_openings: int = Field(default=0, description="More than one weakens every claim.")
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None

    @property
    def claim(self) -> str:
        """What may be claimed of the best, in words."""
        from workbench.validation.trials.claims import claim_of  # noqa: PLC0415  light import

        return claim_of(self.p_value)


class TrialLedgerReport(Result):
    """Every question that was asked of the data, and how often."""

    headline: ClassVar[tuple[str, ...]] = ("trials", "shown")

    questions: list[QuestionSummary]
    trials: int = Field(description="Different trials of the questions that are shown.")
    shown: str = Field(description="How many questions of how many are shown.")

    def to_frame(self) -> pd.DataFrame:
        """One row a question.

        Returns
        -------
        pandas.DataFrame
            Index ``question``; symbols and strategies as text.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [
            {
                "question": one.question,
                "dataset": one.dataset,
                "start": one.start,
                "end": one.end,
                "bars": one.bars,
                "trials": one.trials,
                "effective_trials": one.effective_trials,
                "best_strategy": one.best_strategy,
                "best_sharpe_per_bar": one.best_sharpe_per_bar,
                "p_value": one.p_value,
                "unmeasured": one.unmeasured,
                "holdout": "opened" if one.holdout else "closed",
                "callers": _counted(one.callers),
                "last_at": one.last_at,
            }
            for one in self.questions
        ]
        columns = list(rows[0]) if rows else ["question", "trials", "p_value"]
        return pd.DataFrame(rows, columns=columns).set_index("question")

    def plot(self) -> LayoutDOM:
        """The best of each question against its number of trials, beside what luck gives.

        Returns
        -------
        bokeh.plotting.figure
            One dot a question: Sharpe ratio per bar times the root of the bars.
        """
        from workbench.validation.trials.listing import pictured  # noqa: PLC0415  heavy: bokeh

        return pictured(self.questions)

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *map(_line, self.questions)])

    __str__ = __repr__


def _title(one: QuestionSummary) -> str:
    dates = f", {one.start:%Y-%m-%d} to {one.end:%Y-%m-%d}" if one.start and one.end else ""
    return f"{one.dataset or one.question}{dates}"


def _line(one: QuestionSummary) -> str:
    p_value = "–" if one.p_value != one.p_value else f"{one.p_value:.3f}"
    times = f" ({one.holdout_openings} times)" if one.holdout_openings > 1 else ""
    spent = f"; hold-out opened {one.holdout.opened_at:%Y-%m-%d}{times}" if one.holdout else ""
    return (
        f"  {one.question}  {_title(one)}: {one.trials:,} trials ({_counted(one.callers)}), "
        f"best {one.best_strategy or '–'}, p = {p_value}: {one.claim}{spent}"
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "–"
