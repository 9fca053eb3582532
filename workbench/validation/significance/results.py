"""What may be claimed."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.domain import Number, Result

__all__ = ["Verdict"]


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
