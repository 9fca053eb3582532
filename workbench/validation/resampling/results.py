"""What resampling returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = ["Interval", "Intervals", "PermutationTest", "SharpeDifference", "WealthPaths"]


class Interval(BaseModel):
    """A number and the interval it is known to."""

    model_config = ConfigDict(frozen=True)

    estimate: Number
    low: Number
    high: Number
    standard_error: Number = Field(description="Standard deviation of the draws.")

    def __str__(self) -> str:
        return f"{self.estimate:,.4f}  [{self.low:,.4f}, {self.high:,.4f}]"


class Intervals(Result):
    """Measures of returns, and how far they can be trusted.

    Attributes
    ----------
    samples : dict of ndarray
        Measure → its value on each draw.
    """

    headline: ClassVar[tuple[str, ...]] = ("method", "level", "block", "draws", "bars")

    method: str
    level: float
    draws: int
    block: float = Field(description="Mean length of the blocks in bars.")
    bars: int
    measures: dict[str, Interval]
    samples: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """A row for each measure.

        Returns
        -------
        pandas.DataFrame
            Index ``measure``; columns estimate, low, high, standard_error.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = {name: one.model_dump() for name, one in self.measures.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("measure")

    def plot(self) -> LayoutDOM:
        """The intervals of fractions and of ratios, each on one scale.

        Returns
        -------
        bokeh.models.Column
            A figure for each of the two that has a measure.
        """
        from workbench.charts import interval_strips, stacked  # noqa: PLC0415  heavy: bokeh

        table = self.to_frame()
        groups = {
            "A year, and the worst of it": (_FRACTIONS, "0.0%"),
            "Ratios of a year": (_RATIOS, "0.00"),
        }
        shown = [
            interval_strips(table.loc[kept], title=title, number_format=style)
            for title, (names, style) in groups.items()
            if (kept := [name for name in names if name in table.index])
        ]
        return stacked(*shown)

    def __repr__(self) -> str:
        width = max(map(len, self.measures), default=0)
        lines = [f"  {name:<{width}}  {one}" for name, one in self.measures.items()]
        return "\n".join([super().__repr__(), *lines])

    __str__ = __repr__


_FRACTIONS = ("annualized_return", "volatility", "max_drawdown", "var_95")
_RATIOS = ("sharpe_ratio", "sortino_ratio", "calmar_ratio")


class PermutationTest(Result):
    """How often chance does as well.

    Attributes
    ----------
    samples : ndarray, shape (draws,)
        The statistic on each permutation.
    """

    headline: ClassVar[tuple[str, ...]] = ("statistic", "observed", "p_value", "draws", "permuted")

    statistic: str
    observed: Number
    p_value: float = Field(
        description="(1 + permutations at least as good) / (1 + permutations), one-sided."
    )
    draws: int
    permuted: str = Field(description="What was permuted, in words.")
    median: Number = Field(description="Of the permutations: what chance and drift alone give.")
    notes: list[str] = Field(default_factory=list, repr=False)
    samples: Any = Field(default=None, exclude=True, repr=False)

    def plot(self) -> LayoutDOM:
        """The permutations as a histogram, and where the observed number lies.

        Returns
        -------
        bokeh.plotting.figure
            With the observed number marked.
        """
        from workbench.charts import chance_histogram  # noqa: PLC0415  heavy: bokeh

        return chance_histogram(
            self.samples,
            self.observed,
            title=f"{self.statistic} on {self.draws} permutations: p = {self.p_value:.3f}",
        )


class SharpeDifference(Result):
    """The difference of two Sharpe ratios, and whether it can be chance."""

    headline: ClassVar[tuple[str, ...]] = (
        "first", "second", "difference", "standard_error", "low", "high", "p_value", "method",
    )  # fmt: skip

    first: Number = Field(description="Sharpe ratio per bar.")
    second: Number = Field(description="Sharpe ratio per bar.")
    difference: Number = Field(description="First − second, per bar.")
    standard_error: Number = Field(description="Robust to autocorrelation and heavy tails.")
    low: Number
    high: Number
    level: float
    p_value: Number = Field(description="Two-sided, of equal Sharpe ratios.")
    method: str
    bars: int
    block: float | None = Field(default=None, description="Bars; null without a bootstrap.")
    draws: int | None = None
    samples: Any = Field(default=None, exclude=True, repr=False)

    def plot(self) -> LayoutDOM:
        """The studentised differences drawn under equality; the observed one is marked.

        Returns
        -------
        bokeh.plotting.figure
            A histogram; for the method ``hac``, which draws nothing, the interval.
        """
        from workbench.charts import chance_histogram, interval_strips  # noqa: PLC0415  heavy: bokeh

        if self.samples is None:
            import pandas as pd  # noqa: PLC0415  heavy: pandas

            row = {"estimate": self.difference, "low": self.low, "high": self.high}
            return interval_strips(
                pd.DataFrame([row], index=["difference"]), title="Sharpe per bar, first − second"
            )
        return chance_histogram(
            self.samples,
            abs(self.difference) / self.standard_error,
            title=f"Studentised difference if both were equal: p = {self.p_value:.3f}",
        )


class WealthPaths(Result):
    """Where the account could have gone, had the bars come in another order.

    Attributes
    ----------
    fan : pandas.DataFrame
        Index bar, columns probabilities: quantiles of the growth of 1.
    finals, drawdowns, under_water : ndarray, shape (draws,)
        Growth of 1, deepest drawdown, and the most bars in a row below a former high.
    """

    headline: ClassVar[tuple[str, ...]] = (
        "bars", "draws", "block", "median_final", "probability_of_loss", "median_drawdown",
        "drawdown_95", "median_under_water", "under_water_95",
    )  # fmt: skip

    bars: int = Field(description="Length of each path.")
    draws: int
    block: float
    observed_final: Number = Field(description="What the history itself came to, from 1.")
    observed_drawdown: Number
    observed_under_water: int
    median_final: Number
    final_5: Number = Field(description="One path in twenty ends lower.")
    final_95: Number
    probability_of_loss: float
    median_drawdown: Number
    drawdown_95: Number = Field(description="One path in twenty falls deeper.")
    median_under_water: Number = Field(description="Bars in a row below a former high.")
    under_water_95: Number
    fan: Any = Field(default=None, exclude=True, repr=False)
    finals: Any = Field(default=None, exclude=True, repr=False)
    drawdowns: Any = Field(default=None, exclude=True, repr=False)
    under_water: Any = Field(default=None, exclude=True, repr=False)
    history: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Quantiles of what the paths came to.

        Returns
        -------
        pandas.DataFrame
            Index probability; columns final, drawdown, under_water.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        table = pd.DataFrame(
            {"final": self.finals, "drawdown": self.drawdowns, "under_water": self.under_water}
        )
        return table.quantile([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]).rename_axis("probability")

    def plot(self) -> LayoutDOM:
        """The fan of paths with the history itself, and how deep they fell.

        Returns
        -------
        bokeh.models.Column
            Two figures.
        """
        from workbench.charts import chance_histogram, stacked, wealth_fan  # noqa: PLC0415  heavy: bokeh

        return stacked(
            wealth_fan(self.fan, self.history, title=f"Growth of 1 on {self.draws:,} paths"),
            chance_histogram(
                self.drawdowns,
                self.observed_drawdown,
                title="Deepest drawdown of a path; the history's is marked",
                number_format="0%",
                better_is_right=None,
            ),
        )
