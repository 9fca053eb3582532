"""What a search for better options returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Number, Result
from workbench.forecast.evaluation.results import Evaluation

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = [
    "NeuralOptimization",
    "OptimizationAdvice",
    "OptimizationHistory",
    "OptimizationResults",
    "OptimizationRun",
]

Value = int | float | list[int]


class OptimizationHistory(Result):
    """How the search went, by the metric on the part that chooses.

    ``best_trial`` counts from 1, None where no trial did better than the model itself;
    ``improvement_curve`` is the best metric so far after each trial, beginning with that of the
    model itself, so it never gets worse.
    """

    best_trial: int | None
    improvement_curve: list[Number]


class OptimizationRun(Result):
    """What was tried."""

    metric: str
    trials_requested: int
    trials_completed: int
    """Those that were ended early included."""
    trials_pruned: int
    trials_failed: int
    parameter_ranges: dict[str, Any]
    optimization_history: OptimizationHistory


class OptimizationResults(Result):
    """Before and after, on the part that chose nothing.

    ``performance_improvement`` is the part of the original's loss that is saved there (of
    ``r2_score`` the part of the squared error), ``p_value`` the one-sided probability of as much
    by luck where the two are equally good, by Diebold and Mariano; NaN where it cannot be tested.
    """

    original_parameters: dict[str, Value]
    optimized_parameters: dict[str, Value]
    original_performance: Number
    optimized_performance: Number
    performance_improvement: Number
    p_value: Number
    verdict: str


class OptimizationAdvice(Result):
    """What to do with it.

    ``apply_optimization`` where the improvement is more than luck explains (p < 0.05),
    ``retrain_recommended`` where it is also above 15%: it is worth a longer training then, which
    takes about ``estimated_training_time`` seconds for as many epochs as before.
    ``validation_needed`` where there is an improvement that may be luck.
    """

    apply_optimization: bool
    retrain_recommended: bool
    validation_needed: bool
    estimated_training_time: Number


class NeuralOptimization(Result):
    """A trained model, the best of other options for it, and whether they are better."""

    model_id: str
    optimized_model_id: str | None
    """Of the registry; None where no trial did better than the model itself."""
    series: str
    optimization: OptimizationRun
    results: OptimizationResults
    recommendations: OptimizationAdvice
    evaluation: Evaluation | None
    """Of the optimised model, beside repeat-last."""
    trials: int
    """Different trainings on these data so far, those of the search included."""
    statement: str
    notes: list[str] = Field(default_factory=list)
    device: str
    survivorship: str = ""
    tried: Any = Field(default=None, exclude=True, repr=False)

    headline: ClassVar[tuple[str, ...]] = (
        "model_id",
        "optimized_model_id",
        "series",
        "trials",
        "statement",
    )

    def to_frame(self) -> pd.DataFrame:
        """One row per trial.

        Returns
        -------
        pandas.DataFrame
            Index ``trial`` from 1; the parameters, ``state``, the metric on the part that
            chooses (NaN unless it is complete), ``epochs`` and ``seconds``.
        """
        frame: pd.DataFrame = self.tried
        return frame

    def plot(self) -> figure:
        """The metric on the part that chooses: each trial, and the best so far."""
        from workbench.charts import loss_curve  # noqa: PLC0415  heavy: bokeh

        metric = self.optimization.metric
        best = self.optimization.optimization_history.improvement_curve
        drawn = self.tried[[metric]].rename(columns={metric: "trial"}).assign(best=best[1:])
        return loss_curve(drawn, title=f"{self.model_id}: {metric} on the part that chooses")
