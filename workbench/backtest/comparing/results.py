"""What a comparison of runs returns."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = ["PairTest", "RunComparison"]


class PairTest(BaseModel):
    """A run beside the first, on the bars that both have."""

    model_config = ConfigDict(frozen=True)

    run: str
    bars: int = Field(description="Bars that both have.")
    differing_bars: int = Field(description="Bars whose returns differ by more than 1e-9.")
    first_difference: dt.datetime | None = Field(description="The first such bar, UTC.")
    correlation: Number
    sharpe_difference: Number = Field(description="First − this one, of a year.")
    low: Number = Field(description="Its 95% interval, of a year.")
    high: Number
    p_value: Number = Field(description="Two-sided, of equal Sharpe ratios (Ledoit & Wolf 2008).")
    sentence: str


class RunComparison(Result):
    """Runs side by side."""

    runs: list[str]
    differences: dict[str, dict[str, Any]] = Field(
        description="What differs: fact → run → value; facts that are the same are not here."
    )
    same: list[str] = Field(description="Facts in which no two runs differ.")
    metrics: dict[str, dict[str, Number]]
    tests: list[PairTest]
    sentence: str
    notes: list[str] = Field(default_factory=list)
    equity: Any = Field(default=None, exclude=True, repr=False)
    """pandas.DataFrame, growth of 1 from the first shared bar, time × run; None without one."""

    def to_frame(self) -> pd.DataFrame:
        """Differences and metrics, one column a run."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        measured: dict[str, dict[str, Any]] = {}
        for run, values in self.metrics.items():
            for name, value in values.items():
                measured.setdefault(name, {})[run] = value
        rows = {**self.differences, **measured}
        return pd.DataFrame.from_dict(rows, orient="index", columns=self.runs).rename_axis("fact")

    def plot(self) -> LayoutDOM:
        """Growth of 1 in each run, and the gap between the first and each other.

        Returns
        -------
        bokeh.models.Column
            Two figures that zoom together.

        Raises
        ------
        NoData
            If the runs share no bar.
        """
        from workbench.backtest.comparing.pictures import figures  # noqa: PLC0415  heavy: bokeh

        return figures(self)

    def __repr__(self) -> str:
        tests = [f"  {test.run}: {test.sentence}" for test in self.tests]
        notes = [f"  ! {note}" for note in self.notes]
        table = self.to_frame().to_string(float_format="{:,.4f}".format)
        return "\n".join([self.sentence, table, *tests, *notes])

    __str__ = __repr__
