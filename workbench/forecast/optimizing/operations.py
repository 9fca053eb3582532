"""The public verb of the search for better options."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import DatasetRef, ModelRef, Period, Session
from workbench.forecast.optimizing.results import NeuralOptimization
from workbench.registry import operation

__all__ = ["neural_optimize"]

Choice = int | float | list[int]
Ranges = dict[str, dict[str, int | float | list[Choice]]]


@operation(effect="write", command="forecast optimize")
def neural_optimize(
    model_id: ModelRef,
    parameter_ranges: Ranges,
    trials: Annotated[int, Field(ge=1, le=10_000)] = 100,
    optimization_metric: Literal["mae", "rmse", "mape", "r2_score", "loss"] = "mae",
    use_gpu: bool = True,
    *,
    data_path: DatasetRef | None = None,
    max_seconds: Annotated[float, Field(gt=0.0)] = 60.0,
    resume: bool = True,
    name: str | None = None,
    end_date: Session | None = None,
    context: Context | None = None,
) -> NeuralOptimization:
    """Search for better options of a trained model, and say whether they are better or lucky.

    Each trial trains the model's architecture with other values on what the model learned from;
    the part that chose its epoch chooses the trial. Only the chosen one is looked at on what came
    after, which the original has not seen either: the improvement is measured there, with a test
    against luck, so it is not the best of many tries. Every trial is a line of the ledger. The
    chosen model joins the registry; the original stays. A search that was stopped or killed goes
    on when it is asked for again.

    Parameters
    ----------
    model_id : str
        A trained model.
    parameter_ranges : dict
        Parameter → ``{"min": 0.0001, "max": 0.01}`` or ``{"choices": [32, 64]}``, of
        ``learning_rate``, ``batch_size``, ``input_size`` and the options of the architecture; a
        wrong name is answered with those there are.
    trials : int
        How many are trained; 50 at most without a GPU.
    optimization_metric : {"mae", "rmse", "mape", "r2_score", "loss"}
        What is made better; ``loss`` is the quantile loss.
    use_gpu : bool
        Whether a GPU may be used; without one it runs on the CPU and says so.
    data_path : str or frame, optional
        The series of the model; found by its name unless that was a frame or a file.
    max_seconds : float
        Ends each training after the epoch in which they have passed.
    resume : bool
        Whether to go on with an interrupted search of the same request; false begins anew.
    name : str, optional
        What the id of the optimised model begins with; type and date by default.
    end_date : date, optional
        The last session that judges; all there are by default.
    context : Context, optional
        Whose models, lake, ledger and progress; the process's own by default.

    Returns
    -------
    NeuralOptimization
        What was tried, both models on what neither has seen, and the verdict in words. Where no
        trial did better than the model itself, it stays and no other joins the registry.

    Raises
    ------
    UnknownName
        If there is no such model, metric, parameter or dataset.
    OutOfRange
        If a value of a range makes no sense.
    InvalidInput
        If a range cannot be read, no trial could be trained, or the data are not the model's or
        are not found by its name.
    TooLittleHistory
        If what came after the training is shorter than the horizon.
    StoreError
        If the state of the interrupted search is damaged.
    """
    from workbench.forecast.models import load_model
    from workbench.forecast.networks import device_for
    from workbench.forecast.optimizing.optimizing import Asked, optimized, series_of_model

    context = context or current()
    model = load_model(model_id, context=context)
    end = Period.of(end_date=end_date).end
    series = series_of_model(model, data_path, end=end, context=context)
    device = device_for(context.settings.device, use_gpu=use_gpu)
    asked = Asked(parameter_ranges, trials, optimization_metric, device, max_seconds, resume, name)
    return optimized(model, series, asked, context=context)
