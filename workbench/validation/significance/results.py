"""What may be claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CorrectionRow",
    "Corrections",
    "Overfitting",
    "SimulatedDesign",
    "Survivor",
    "Survivors",
    "Verdict",
]


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


class SimulatedDesign(BaseModel):
    """Studies that were simulated in one way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    design: str
    studies: int
    effective_trials: Number = Field(description="Median, as the bootstrap counts them.")
    critical: Number = Field(description="Median studentised mean that 5% of luck exceeds.")
    theory: list[Number] = Field(description="Share found among independent trials by a formula.")


class CorrectionRow(BaseModel):
    """What one correction said of the studies of one design."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    design: str
    correction: str
    rejects: Number = Field(description="Share of studies of pure noise that it took for skill.")
    finds: list[Number] = Field(description="Share of trials with skill that it found.")


class Corrections(Result):
    """How often each correction takes noise for skill, and how often it finds skill."""

    headline: ClassVar[tuple[str, ...]] = ("trials", "bars", "level")

    trials: int = Field(description="Of a study.")
    bars: int = Field(description="Of a study, 252 a year.")
    level: float = Field(description="The share of noise that a correction promises to reject.")
    sharpes: list[float] = Field(description="True Sharpe ratios of a year that were planted.")
    designs: list[SimulatedDesign]
    rows: list[CorrectionRow]

    def lies(self, row: CorrectionRow) -> bool:
        """Whether it takes noise for skill more than one and a half times as often as it says."""
        return row.rejects > 1.5 * self.level

    def to_frame(self) -> pd.DataFrame:
        """The corrections, below them what theory finds among independent trials.

        Returns
        -------
        pandas.DataFrame
            Index ``design`` and ``correction``; columns ``rejects noise``, ``finds <Sharpe>``
            and ``lies``.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        finds = [f"finds {sharpe:g}" for sharpe in self.sharpes]
        table = [
            (one.design, one.correction, one.rejects, *one.finds, self.lies(one))
            for one in self.rows
        ]
        table += [(one.design, "theory", self.level, *one.theory, False) for one in self.designs]
        columns = ["design", "correction", "rejects noise", *finds, "lies"]
        frame = pd.DataFrame(table, columns=columns).set_index(["design", "correction"])
        order = [one.design for one in self.designs]
        return frame.sort_index(
            level="design", sort_remaining=False, kind="stable", key=lambda of: of.map(order.index)
        )

    def plot(self) -> Any:
        """Noise taken for skill to the right, skill that is found upwards.

        Returns
        -------
        bokeh.plotting.figure
            One dot for each correction and design.

        Raises
        ------
        NoData
            If nothing was simulated.
        """
        from workbench.charts import size_and_power  # noqa: PLC0415  heavy: bokeh

        frame = self.to_frame().reset_index()
        last = f"finds {self.sharpes[-1]:g}"
        table = frame.rename(columns={"rejects noise": "size", last: "power"})
        title = f"Noise taken for skill, and a Sharpe ratio of {self.sharpes[-1]:g} found"
        return size_and_power(table, self.level, title=title)

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *map(self._line, self.rows)])

    __str__ = __repr__

    def _line(self, row: CorrectionRow) -> str:
        finds = ", ".join(
            f"{sharpe:g} in {share:.0%}"
            for sharpe, share in zip(self.sharpes, row.finds, strict=True)
        )
        lies = "  LIES" if self.lies(row) else ""
        return f"  {row.design}: {row.correction}: noise {row.rejects:.1%}, finds {finds}{lies}"
