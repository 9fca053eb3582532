"""What may be claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Overfitting", "Survivor", "Survivors", "Verdict"]


class Verdict(Result):
    """What may be claimed of the best of all trials of a question.

    `p_value` decides; the others are diagnostics and never the gate. Sharpe ratios are of one
    bar, not annualised; kurtosis is raw in their formulas. What is not defined is NaN.
    """

    headline: ClassVar[tuple[str, ...]] = (
        "sentence",
        "p_value",
        "trials",
        "effective_trials",
        "sharpe_per_bar",
        "standard_error_hac",
        "deflated_sharpe",
    )

    sentence: str = Field(description="What may be claimed, in plain words.")
    p_value: Number = Field(
        description="Family-wise: how often luck alone has a best trial at least this good."
    )
    trials: int = Field(description="Trials of the question.")
    effective_trials: Number = Field(
        description="Independent trials whose maximum has the bootstrap's median."
    )
    sharpe_per_bar: Number
    standard_error_iid: Number = Field(description="For independent returns (Mertens 2002).")
    standard_error_hac: Number = Field(description="Robust to autocorrelation (Lo 2002).")
    t_statistic: Number = Field(description="Studentised mean, the statistic of the p-value.")
    psr: Number = Field(description="Probability that the true Sharpe ratio is above 0, alone.")
    deflated_sharpe: Number = Field(description="Above what the best of the trials would have.")
    minimum_track_record: Number = Field(description="Bars until `psr` would be 95%.")
    block_length: int | None = Field(default=None, description="Bars of a block.")
    critical: Number = Field(
        default=float("nan"), description="The studentised mean that 5% of lucky questions exceed."
    )
    survivors: list[str] | None = Field(
        default=None, description="Trials that stand after StepM; None where it was not asked."
    )
    notes: list[str] = Field(
        default_factory=list, description="What the numbers cannot see of these returns."
    )

    luck: Any = Field(default=None, exclude=True, repr=False)
    """ndarray, shape (1000,): the best studentised mean of all trials in each draw of luck."""

    def plot(self) -> Any:
        """What luck alone makes of the best trial, and where this one lies.

        Returns
        -------
        bokeh.plotting.figure
            A histogram.

        Raises
        ------
        NoData
            If the verdict is that it cannot tell.
        """
        from workbench.charts import chance_histogram  # noqa: PLC0415  heavy: bokeh

        drawn = [] if self.luck is None else self.luck
        title = f"Best of {self.trials:,} by luck alone: p = {self.p_value:.3f}"
        return chance_histogram(drawn, self.t_statistic, title=title)

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *(f"  note: {note}" for note in self.notes)])

    __str__ = __repr__


class Survivor(BaseModel):
    """A trial with its adjusted p-value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trial: str
    t_statistic: Number
    p_value: Number = Field(description="Family-wise, better trials set aside (StepM).")


class Survivors(Result):
    """All trials, best first, and which of them beat luck."""

    headline: ClassVar[tuple[str, ...]] = ("size", "survivors")

    size: float = Field(description="The family-wise error that is allowed for the whole set.")
    trials: list[Survivor]

    @property
    def survivors(self) -> list[str]:
        """Trials whose adjusted p-value is at most `size`, best first."""
        return [one.trial for one in self.trials if one.p_value <= self.size]

    def to_frame(self) -> pd.DataFrame:
        """The trials, best first.

        Returns
        -------
        pandas.DataFrame
            Index ``trial``; columns t_statistic, p_value and survives.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [{**one.model_dump(), "survives": one.p_value <= self.size} for one in self.trials]
        columns = ["trial", "t_statistic", "p_value", "survives"]
        return pd.DataFrame(rows, columns=columns).set_index("trial")


class Overfitting(Result):
    """How well the best of one half of the bars does in the other, over all halves."""

    probability: Number = Field(description="How often it is below the median: PBO.")
    slope: Number = Field(description="Of its Sharpe ratio in the test half on the training half.")
    probability_of_loss: Number = Field(description="How often it loses in the test half.")
    trials: int
    splits: int
    logits: Any = Field(default=None, exclude=True, repr=False)
    """ndarray, shape (splits,): logit of the relative rank, at most 0 for an overfit split."""

    def plot(self) -> Any:
        """How the logits are spread; those at or below 0 are overfit.

        Returns
        -------
        bokeh.plotting.figure
            A histogram.
        """
        from workbench.charts import chance_histogram  # noqa: PLC0415  heavy: bokeh

        title = f"Overfit in {self.probability:.0%} of {self.splits:,} splits: left of the line"
        return chance_histogram(self.logits, 0.0, title=title, better_is_right=False)
