"""The public verb of evaluation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import DatasetRef, ModelRef, Period, Session
from workbench.forecast.evaluation.results import EvaluationReport
from workbench.registry import operation

__all__ = ["neural_evaluate"]


@operation(effect="compute", command="forecast evaluate")
def neural_evaluate(
    model_id: ModelRef,
    test_data: DatasetRef,
    metrics: list[str] | None = None,
    use_gpu: bool = True,  # noqa: ARG001  the original's: windows are served by the CPU
    *,
    cost_bps: Annotated[float, Field(ge=0.0)] = 3.0,
    end_date: Session | None = None,
    context: Context | None = None,
) -> EvaluationReport:
    """Measure a trained model on data it has not learned from, beside repeat-last.

    A forecast is made at every bar after the training, and each is kept. Beside the metrics that
    are asked for stand probabilistic scores by step of the horizon, skill against repeat-last,
    drift, seasonal naive and NLinear, tests that know that windows overlap, what the sign of the
    forecast would have earned after cost, and whether the model's interval has kept its promise.
    Whether the model beats repeat-last is said in words.

    Parameters
    ----------
    model_id : str
        A trained model.
    test_data : str or frame
        A dataset and one symbol (``sp500-20:AAPL``), a .csv, .json or .parquet file, or a frame.
    metrics : list of str, optional
        Of mae, rmse, mape, r2_score, mse, accuracy, precision and recall; the first four by
        default.
    use_gpu : bool
        Whether a GPU may be used; windows are forecast by the CPU, which takes seconds.
    cost_bps : float
        What the rule that trades the sign of the forecast pays for a position.
    end_date : date, optional
        The last session that is judged; all there are by default.
    context : Context, optional
        Whose models, lake and randomness; the process's own by default.

    Returns
    -------
    EvaluationReport
        Metrics beside those of repeat-last, tests, and the verdict in words.

    Raises
    ------
    UnknownName
        If there is no such model, metric or dataset.
    TooLittleHistory
        If too little comes after the training.
    InvalidInput
        If closes are missing, or there are several symbols.
    """
    from workbench.forecast.evaluation.judging import METRICS, judge
    from workbench.forecast.models import load_model
    from workbench.forecast.series import load_series

    context = context or current()
    model = load_model(model_id, context=context)
    series = load_series(test_data, end=Period.of(end_date=end_date).end, context=context)
    asked = metrics or METRICS[:4]
    return judge(model, series, asked, context.rng(5, 1), cost_bps=cost_bps)
