"""The public verb of serving."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import ModelRef
from workbench.forecast.serving.results import Prediction
from workbench.registry import operation

__all__ = ["neural_predict"]


@operation(effect="compute", command="forecast values")
def neural_predict(
    model_id: ModelRef,
    input: list[float] | list[list[float]],
    use_gpu: bool = True,  # noqa: ARG001  the original's: the CPU answers within a millisecond
    *,
    confidence_level: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.95,
    context: Context | None = None,
) -> Prediction:
    """Ask a trained model what comes after given values: one series, or thousands in one call.

    The model stays in memory from the first call on, and the same question is answered from a
    cache. The intervals are the model's own, as it learned them; `neural_forecast` gives calibrated
    ones, abstains where the model has no skill, and knows sessions and dates.

    Parameters
    ----------
    model_id : str
        A trained model.
    input : list
        Past values, oldest first, as many as the model takes or more; or a list of such lists, one
        for each series. In Python also an array (series, time) or a frame of columns.
    use_gpu : bool
        Whether a GPU may be used; the CPU is faster for windows of this size, and is used.
    confidence_level : float
        Of the intervals, within what the model has learned: 0.99 for one of default quantiles.
    context : Context, optional
        Whose models; the process's own by default.

    Returns
    -------
    Prediction
        Medians, intervals and the probability of the predicted direction, step by step.

    Raises
    ------
    UnknownName
        If there is no such model.
    StoreError
        If its files are damaged or of another version, or it does not work.
    OutOfRange
        If the confidence is beyond the model.
    TooLittleHistory
        If a series is shorter than the model's input; it is named.
    InvalidInput
        If a value is missing, infinite or of the wrong sign, or a series does not move; series and
        position are named.
    """
    from workbench.forecast.serving.predicting import predict
    from workbench.forecast.serving.server import server_of

    return predict(server_of(context or current()), model_id, input, confidence_level)
