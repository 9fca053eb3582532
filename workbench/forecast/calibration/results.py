"""What a check of calibration returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["CalibrationReport", "StepCalibration"]


class StepCalibration(Result):
    """One step of the horizon: how often outcomes came inside the interval.

    ``low`` and ``high`` are the 95% band of the coverage, NaN where the origins hold fewer than
    20 windows. ``calm`` and ``wild`` are the coverage in the third of origins with the least and
    the most volatility over the last 20 steps. ``rolling_score`` is the interval score of
    rolling quantiles of the last 500 moves, which know no volatility.
    """

    step: int
    origins: int
    windows: int
    coverage: Number
    low: Number
    high: Number
    calm: Number
    wild: Number
    width: Number
    interval_score: Number
    rolling_score: Number
    claim: str


class CalibrationReport(Result):
    """Whether intervals keep their promise, step by step."""

    repr_has_every_row: ClassVar[bool] = True

    level: float
    steps: list[StepCalibration]

    def __repr__(self) -> str:
        return f"CalibrationReport  {self.level:.0%}\n{self.to_frame().to_string()}"

    __str__ = __repr__

    def to_frame(self) -> pd.DataFrame:
        """One row per step.

        Returns
        -------
        pandas.DataFrame
            Index ``step``; columns as the fields of `StepCalibration`.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame([one.model_dump() for one in self.steps]).set_index("step")

    def plot(self) -> figure:
        """The coverage of each step with its band, beside the promise."""
        from workbench.charts import interval_strips  # noqa: PLC0415  heavy: bokeh

        table = self.to_frame()[["coverage", "low", "high"]]
        table = table.rename(columns={"coverage": "estimate"})
        table.index = [f"{step} steps" if step > 1 else "1 step" for step in table.index]
        return interval_strips(
            table,
            title=f"Coverage of {self.level:.0%} intervals",
            number_format="0.0%",
            level=self.level,
        )
