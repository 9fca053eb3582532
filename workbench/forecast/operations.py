"""The verbs of the room: train, forecast, and say what models there are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import DatasetRef, ModelRef, Period, Session
from workbench.forecast.results import ForecastReport, ModelStatus, ModelTypes, TrainingReport
from workbench.registry import operation


@operation(effect="write", command="forecast train")
def neural_train(
    data_path: DatasetRef,
    model_type: str = "NHITS",
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 100,
    validation_split: Annotated[float, Field(gt=0.0, lt=0.9)] = 0.2,
    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 32,
    learning_rate: Annotated[float, Field(gt=0.0, le=1.0)] = 0.001,
    use_gpu: bool = True,
    *,
    horizon: Annotated[int, Field(ge=1, le=720)] | None = None,
    input_size: Annotated[int, Field(ge=2, le=4_096)] | None = None,
    preset: str | None = None,
    options: dict[str, float | list[int]] | None = None,
    quantiles: list[float] | None = None,
    mixed_precision: bool = False,
    resume: bool = True,
    max_seconds: Annotated[float, Field(gt=0.0)] = 60.0,
    name: str | None = None,
    end_date: Session | None = None,
    context: Context | None = None,
) -> TrainingReport:
    """Train a neural forecaster on the closes of one symbol and measure it against repeat-last.

    The last `validation_split` of the bars is not learned from: its first half chooses the
    epoch, its second half evaluates. The model joins the registry whatever it is worth; the
    report says in words whether it beats repeat-last. A training that was interrupted or killed
    goes on after its last whole epoch when it is asked for again, to the same losses.

    Parameters
    ----------
    data_path : str or frame
        A dataset and one symbol (``sp500-20:AAPL``), a .csv, .json or .parquet file, or a frame.
    model_type : str
        ``NHITS``, ``NLinear``, ``DLinear``, ``LSTM``, ``GRU``, ``GRU_Ensemble``, ``CNN_LSTM``,
        ``Transformer`` or ``PatchTST``.
    epochs : int
        The most passes over the training windows; five without a better validation loss end it.
    validation_split : float
        The share of the bars, at the end, that is not learned from.
    batch_size : int
        Windows per gradient step.
    learning_rate : float
        Of Adam.
    use_gpu : bool
        Whether a GPU may be used; without one it runs on the CPU and says so.
    horizon : int, optional
        Bars ahead that the model learns to forecast; that of the preset or 12 by default.
    input_size : int, optional
        Bars that it sees; that of the preset or five horizons by default, and at least 24.
    preset : str, optional
        A shape of N-HiTS by its name: ``base`` (24 bars in, 12 out), ``optimised`` (168 in, 24
        out, wide) or ``low-latency`` (24 in, 6 out, narrow).
    options : dict, optional
        What of the network differs from the defaults of its type, such as ``hidden``,
        ``layers``, ``dropout``, ``heads``; a wrong name is answered with those there are.
    quantiles : list of float, optional
        Symmetric around 0.5; intervals of 50, 80, 90, 95 and 99% by default.
    mixed_precision : bool
        Whether products are made of bfloat16: faster where the device has it, less exact.
    resume : bool
        Whether to go on with an interrupted training of the same request; false begins anew.
    max_seconds : float
        Ends the training after the epoch in which they have passed.
    name : str, optional
        What the model id begins with; type and date by default.
    end_date : date, optional
        The last session that is learned from; all there are by default.
    context : Context, optional
        Whose stores, clock and progress; the process's own by default.

    Returns
    -------
    TrainingReport
        Losses, held-out errors beside those of repeat-last, and the model's id.

    Raises
    ------
    UnknownName
        If the model type, the preset, an option or the dataset does not exist.
    TooLittleHistory
        If there are too few bars for the window and the split.
    InvalidInput
        If closes are missing or do not move, there are several symbols, or options contradict
        one another.
    StoreError
        If the state of the interrupted training is damaged.
    """
    from workbench.forecast.evaluation import season_of
    from workbench.forecast.keeping import checkpoint_of, keep
    from workbench.forecast.learning import Schedule
    from workbench.forecast.networks import device_for, known_type, shape_of
    from workbench.forecast.series import load_series
    from workbench.forecast.training import train

    context = context or current()
    kind = known_type(model_type)
    shape = shape_of(kind, preset, horizon, input_size, quantiles, options)
    series = load_series(data_path, end=Period.of(end_date=end_date).end, context=context)
    device = device_for(context.settings.device, use_gpu=use_gpu)
    seed = context.settings.seed
    schedule = Schedule(
        epochs, batch_size, learning_rate, 5, max_seconds, seed, device, mixed_precision
    )
    checkpoint = checkpoint_of(series, shape, schedule, validation_split)
    if not resume:
        checkpoint.unlink(missing_ok=True)
    done = train(
        series.closes,
        shape,
        schedule,
        validation_split=validation_split,
        on_progress=context.progress,
        season=season_of(series.timeframe),
        checkpoint=checkpoint,
    )
    return keep(done, series, kind=kind, name=name, context=context)


@operation(
    effect="compute",
    command="forecast predict",
    resources="neural://forecasts/{symbol}?horizon=7",
)
def neural_forecast(
    symbol: DatasetRef,
    horizon: Annotated[int, Field(ge=1, le=720)],
    confidence_level: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.95,
    use_gpu: bool = True,  # noqa: ARG001  the original's: one series is served by the CPU
    model_id: ModelRef | None = None,
    *,
    end_date: Session | None = None,
    context: Context | None = None,
) -> ForecastReport:
    """Forecast quantiles of the next closes of one symbol, repeat-last beside them.

    Without a `model_id` it is repeat-last with calibrated intervals, unless held-out forecasts
    show skill that luck does not explain: of the newest model that was trained on this series,
    reaches the horizon and has seen nothing after the forecast's own data, or else of an
    autoregression that is fitted here in milliseconds. The report says which, and why.

    Parameters
    ----------
    symbol : str or frame
        A dataset and one symbol (``sp500-20:AAPL``), a symbol, a file, or a frame.
    horizon : int
        Bars ahead: sessions of the symbol's calendar for daily bars.
    confidence_level : float
        Of the intervals; models reach 0.99. Without a model 0.99 needs 1,000 past errors.
    use_gpu : bool
        Whether a GPU may be used; one series is served faster by the CPU, which is used.
    model_id : str, optional
        A trained model, whatever it is worth, or ``naive`` for repeat-last.
    end_date : date, optional
        The last session that is known; all there are by default.
    context : Context, optional
        Whose stores, clock and progress; the process's own by default.

    Returns
    -------
    ForecastReport
        Quantiles by session, repeat-last beside them, and what the model is worth.

    Raises
    ------
    UnknownName
        If the model or the dataset does not exist.
    OutOfRange
        If the horizon or the confidence is beyond the model.
    TooLittleHistory
        If the history is shorter than the model's input, or than the interval needs.
    InvalidInput
        If closes are missing or do not move, or there are several symbols.
    """
    from workbench.forecast.abstaining.reporting import forecast_by_default, forecast_by_repeat_last
    from workbench.forecast.forecasting import forecast_by_model
    from workbench.forecast.models import NAIVE, newest_model
    from workbench.forecast.series import load_series
    from workbench.forecast.serving import served_model

    context = context or current()
    series = load_series(symbol, end=Period.of(end_date=end_date).end, context=context)
    if model_id == NAIVE:
        return forecast_by_repeat_last(series, horizon, confidence_level)
    if model_id is not None:
        model = served_model(model_id, context=context)
        return forecast_by_model(model, series, horizon, confidence_level)
    newest = newest_model(series, horizon=horizon, context=context)
    return forecast_by_default(series, horizon, confidence_level, newest)


@operation(
    effect="read",
    command="forecast models",
    resources="neural://models neural://performance/{model_id}",
)
def neural_model_status(
    model_id: ModelRef | None = None, *, context: Context | None = None
) -> ModelStatus:
    """Say what models there are, whether they work and what they are worth.

    Parameters
    ----------
    model_id : str, optional
        One model in detail: it is loaded and tried. All of them in short by default.
    context : Context, optional
        Whose stores, clock and progress; the process's own by default.

    Returns
    -------
    ModelStatus
        Models with their skill, the system, and which model is best at what.

    Raises
    ------
    UnknownName
        If there is no such model.
    """
    from workbench.forecast.networks import has_cuda
    from workbench.forecast.status import status_of_all, status_of_one

    context = context or current()
    if model_id is None:
        return status_of_all(context, gpu=has_cuda())
    return status_of_one(model_id, context, gpu=has_cuda())


@operation(effect="read", command="forecast types")
def list_model_types(*, context: Context | None = None) -> ModelTypes:  # noqa: ARG001
    """List the kinds of models there are, what each forecasts and what makes one.

    Parameters
    ----------
    context : Context, optional
        Not looked at: the types are the same for everybody.

    Returns
    -------
    ModelTypes
        Neural, linear, statistical, abstaining and naive forecasts of prices; forecasts of
        variance.
    """
    from workbench.forecast.catalogue import model_types

    return model_types()
