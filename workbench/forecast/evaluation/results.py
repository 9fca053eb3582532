"""What an evaluation returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Number, Result
from workbench.forecast.abstaining.results import Decision
from workbench.forecast.evaluation.wording import p_in_words

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = [
    "BaselineComparison",
    "Comparison",
    "ConfidenceSet",
    "Direction",
    "Evaluation",
    "EvaluationReport",
    "MetricResults",
    "PredictionStatistics",
    "RuleResult",
    "Scores",
    "StepScores",
]


class Direction(Result):
    """The share of moves whose direction was right, with its 95% interval.

    The interval is NaN where the origins hold fewer than 20 windows. ``base_rate`` is the share
    of the direction that came more often: who always says that one is right so often. All NaN
    where no direction was predicted.
    """

    accuracy: Number
    low: Number
    high: Number
    base_rate: Number


class RuleResult(Result):
    """What the sign of the forecast would have earned, in simple returns that are summed.

    ``turnover`` counts whole positions bought or sold; ``held_return`` is what was earned by
    holding throughout.
    """

    net_return: Number
    gross_return: Number
    cost: Number
    turnover: Number
    held_return: Number
    cost_bps: float


class Scores(Result):
    """How well one forecaster did over all origins and steps, in units of the series.

    ``mape`` and ``smape`` are fractions. ``mase`` divides by the mean absolute step before the
    first origin. ``r2_score`` is of the values themselves and near 1 for any forecast of a
    trending series; ``r2_change`` is of the change since the origin, so that repeat-last has 0.
    ``coverage`` is the share of outcomes inside each central interval, ``width`` how wide the
    interval is, and ``interval_score`` the width with what lies outside dearly paid for.
    """

    name: str
    mae: Number
    rmse: Number
    mape: Number
    smape: Number = float("nan")
    mase: Number = float("nan")
    r2_score: Number
    r2_change: Number
    pinball: Number
    crps: Number = float("nan")
    directional_accuracy: Number
    direction: Direction | None = None
    coverage: dict[str, Number]
    width: dict[str, Number] = Field(default_factory=dict)
    interval_score: dict[str, Number] = Field(default_factory=dict)
    rule: RuleResult | None = None


class StepScores(Result):
    """One step of the horizon: the model beside repeat-last."""

    step: int
    naive_mae: Number
    mae: Number
    skill: Number
    naive_crps: Number
    crps: Number
    crps_skill: Number
    coverage: dict[str, Number]
    width: dict[str, Number]
    interval_score: dict[str, Number]


class Comparison(Result):
    """Whether one forecaster loses less than another, and whether that is more than luck.

    ``difference`` is the mean loss of the rival minus that of the forecaster, so above 0 is
    better; ``p_value`` is one-sided against "no better" and NaN where it cannot be tested.
    ``p_holm`` is for the family of all comparisons that were asked for together.
    """

    name: str
    rival: str
    step: int | None
    """None for the mean over all steps."""
    loss: str
    test: str
    """Diebold-Mariano, or Clark-West where the forecaster nests the rival."""
    skill: Number
    difference: Number
    statistic: Number
    p_value: Number
    p_holm: Number
    method: str
    windows: int
    """Windows of this reach that do not overlap."""

    @property
    def verdict(self) -> str:
        """In words: the p-value, or why there is none."""
        if self.method == "not testable":
            return f"not testable: {self.windows} independent windows"
        if self.p_value != self.p_value:
            return "the same forecasts" if self.difference == 0 else "always the same difference"
        return p_in_words(self.p_value)


class ConfidenceSet(Result):
    """The forecasters among which the best cannot be told apart, at one loss.

    ``p_values`` are those of Hansen, Lunde and Nason (2011): who is below `size` is out. Empty
    where the origins hold fewer than 100 windows.
    """

    loss: str
    size: float
    p_values: dict[str, Number]
    included: list[str]
    method: str


class Evaluation(Result):
    """A model and repeat-last on the same held-out forecasts, and other plain forecasts."""

    naive: Scores
    model: Scores
    rivals: list[Scores] = Field(default_factory=list)
    """Drift, seasonal naive and NLinear, fitted before the first origin."""
    skill: Number
    """1 − MAE / MAE of repeat-last; above 0 is better."""
    pinball_skill: Number
    """The same of the quantile loss."""
    skills: dict[str, Number] = Field(default_factory=dict)
    """Skill in MAE against each of the plain forecasts."""
    origins: int
    horizon: int
    p_value: Number = float("nan")
    """One-sided, of a mean absolute error no smaller than that of repeat-last, all steps."""
    steps: list[StepScores] = Field(default_factory=list)
    comparisons: list[Comparison] = Field(default_factory=list)
    confidence_set: ConfidenceSet | None = None
    decision: Decision | None = None
    """Whether the default may depart from repeat-last by this model."""
    statement: str
    by_step: Any = Field(default=None, exclude=True, repr=False)
    reliability: Any = Field(default=None, exclude=True, repr=False)
    windows: Any = Field(default=None, exclude=True, repr=False)

    headline: ClassVar[tuple[str, ...]] = (
        "skill",
        "pinball_skill",
        "p_value",
        "origins",
        "statement",
    )

    def to_frame(self) -> pd.DataFrame:
        """One row per forecaster, repeat-last first, the model last."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [self._row(one) for one in (self.naive, *self.rivals, self.model)]
        return pd.DataFrame(rows).set_index("name")

    def tests(self) -> pd.DataFrame:
        """One row per comparison.

        Returns
        -------
        pandas.DataFrame
            Columns as the fields of `Comparison`, and ``verdict``.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame(
            [{**one.model_dump(), "verdict": one.verdict} for one in self.comparisons]
        )

    def errors(self) -> pd.DataFrame:
        """The mean absolute error by step of the horizon.

        Returns
        -------
        pandas.DataFrame
            Index ``step``, one column per forecaster; of an evaluation that was kept with its
            model a few steps, of repeat-last and the model.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        if self.by_step is not None:
            table: pd.DataFrame = self.by_step.pivot_table("mae", "step", "name", sort=False)
            return table
        rows = [(one.naive_mae, one.mae) for one in self.steps]
        index = pd.Index([one.step for one in self.steps], name="step")
        return pd.DataFrame(rows, index, [self.naive.name, self.model.name])

    def coverages(self) -> pd.DataFrame:
        """The share of outcomes inside each central interval, over all steps.

        Returns
        -------
        pandas.DataFrame
            Index ``level``, the share that was promised; one column per forecaster.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        columns = {one.name: one.coverage for one in (self.naive, self.model)}
        levels = {name: float(name.rstrip("%")) / 100 for name in self.model.coverage}
        return pd.DataFrame(columns).rename(levels).rename_axis("level").sort_index()

    def plot(self) -> LayoutDOM:
        """Error by step of the horizon, and what share of outcomes each interval has held."""
        from workbench.charts import coverage_by_level, error_by_step, reliability, stacked  # noqa: PLC0415  heavy: bokeh

        calibration = (
            coverage_by_level(self.coverages(), title="Outcomes inside each interval")
            if self.reliability is None
            else reliability(self.reliability, title="Outcomes below each quantile")
        )
        return stacked(
            error_by_step(self.errors(), title="Mean absolute error by step"), calibration
        )

    def _row(self, scores: Scores) -> dict[str, Any]:
        values = scores.model_dump(
            exclude={"coverage", "width", "interval_score", "direction", "rule"}
        )
        covered = {f"coverage_{level}": share for level, share in scores.coverage.items()}
        rule = {} if scores.rule is None else {"net_return": scores.rule.net_return}
        skill = 1.0 - scores.mae / self.naive.mae if self.naive.mae > 0 else float("nan")
        return {**values, **covered, **rule, "skill": skill}


class PredictionStatistics(Result):
    """The last step of the horizon, over all windows.

    ``correct_direction`` counts; ``avg_prediction_error`` is the mean of forecast minus outcome,
    in units of the series; ``prediction_correlation`` is that of predicted and real changes since
    the origin, NaN where no change was predicted.
    """

    total_predictions: int
    correct_direction: int
    avg_prediction_error: Number
    prediction_correlation: Number


class MetricResults(Result):
    """The metrics that were asked for, and statistics of the predictions."""

    results: dict[str, Number]
    prediction_statistics: PredictionStatistics


class BaselineComparison(Result):
    """One metric of the model and of repeat-last; ``improvement`` is above 0 where it is better."""

    model: Number
    repeat_last: Number
    improvement: Number


class EvaluationReport(Result):
    """What a trained model is worth on data that it has not learned from."""

    model_id: str
    series: str
    evaluation: MetricResults
    comparison_to_baseline: dict[str, BaselineComparison]
    details: Evaluation
    band: str
    """Whether its own 90% interval, one step ahead, has kept its promise."""
    demoted: bool
    warnings: list[str]
    statement: str
    device: str = "cpu"

    headline: ClassVar[tuple[str, ...]] = ("model_id", "series", "demoted", "statement", "band")

    def to_frame(self) -> pd.DataFrame:
        """One row per forecaster, repeat-last first, the model last."""
        return self.details.to_frame()

    def plot(self) -> LayoutDOM:
        """Error by step of the horizon, and how often outcomes fell below each quantile."""
        return self.details.plot()
