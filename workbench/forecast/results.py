"""What the room returns."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from workbench.domain import Number, Result
from workbench.errors import NoData
from workbench.forecast.abstaining.results import Decision
from workbench.forecast.evaluation.results import Evaluation, Scores

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM
    from bokeh.plotting import figure

__all__ = [
    "Evaluation",
    "Forecast",
    "ForecastReport",
    "ModelCard",
    "ModelInfo",
    "ModelStatus",
    "ModelType",
    "ModelTypes",
    "Performance",
    "PredictedDay",
    "PredictedInterval",
    "Recommendations",
    "Scores",
    "SystemStatus",
    "TrainingHistory",
    "TrainingReport",
    "TrainingRun",
    "losses_of",
]


class ModelCard(Result):
    """Which model made a forecast."""

    id: str
    type: str
    architecture: str
    last_trained: datetime | None = None
    trained_until: date | None = None
    """The last session that the model has seen."""


class PredictedDay(Result):
    """The median forecast of one session.

    ``confidence`` is the probability that the forecast gives to the direction it predicts.
    """

    day: int
    date: datetime
    predicted_price: float
    confidence: Number


class PredictedInterval(Result):
    """The central interval of one session."""

    day: int
    date: datetime
    lower_bound: float
    upper_bound: float
    confidence_level: float


class Forecast(Result):
    """Medians and intervals, session by session.

    ``volatility_forecast`` is the standard deviation of the return over the whole horizon
    that a normal with this interval would have, a simple fraction.
    """

    horizon_days: int
    confidence_level: float
    current_price: float
    current_date: datetime
    predictions: list[PredictedDay]
    prediction_intervals: list[PredictedInterval]
    overall_trend: Literal["bullish", "bearish", "neutral"]
    volatility_forecast: Number

    headline: ClassVar[tuple[str, ...]] = (
        "horizon_days",
        "current_price",
        "overall_trend",
        "volatility_forecast",
    )


class ForecastReport(Result):
    """A forecast, repeat-last beside it, and how the two did on held-out data."""

    repr_has_every_row: ClassVar[bool] = True

    symbol: str
    model: ModelCard
    forecast: Forecast
    repeat_last: Forecast
    model_performance: Evaluation | None
    skill: Number
    decision: Decision | None = None
    """Why the default departs from repeat-last, or does not; None for a model asked for by name."""
    statement: str
    warnings: list[str]
    device: str
    survivorship: str = ""
    history: Any = Field(default=None, exclude=True, repr=False)
    quantiles: Any = Field(default=None, exclude=True, repr=False)
    naive_quantiles: Any = Field(default=None, exclude=True, repr=False)

    def __repr__(self) -> str:
        lines = [f"ForecastReport  {self.symbol}  by {self.model.id}", self.to_frame().to_string()]
        return "\n".join([*lines, self.statement, *self.warnings])

    __str__ = __repr__

    def to_frame(self) -> pd.DataFrame:
        """One row per session: repeat-last first, then the model with its interval."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        days, spans = self.forecast.predictions, self.forecast.prediction_intervals
        return pd.DataFrame(
            {
                "repeat_last": [day.predicted_price for day in self.repeat_last.predictions],
                "predicted": [day.predicted_price for day in days],
                "lower": [span.lower_bound for span in spans],
                "upper": [span.upper_bound for span in spans],
            },
            index=pd.DatetimeIndex([day.date for day in days], name="time"),
        )

    def plot(self) -> figure:
        """The fan chart, repeat-last as a line."""
        from workbench.charts import forecast_fan  # noqa: PLC0415  heavy: bokeh

        return forecast_fan(
            self.history,
            self.quantiles,
            naive=self.naive_quantiles[0.5],
            title=f"{self.symbol}: {self.forecast.horizon_days} sessions ahead by {self.model.id}",
        )


class TrainingHistory(Result):
    """How the training went; losses are mean quantile losses in scaled units."""

    epochs_completed: int
    final_loss: Number
    final_val_loss: Number
    best_epoch: int
    early_stopping: bool
    stopped_by: str
    resumed_from: int = 0
    """Epochs that an interrupted training had done before this one went on."""


class TrainingRun(Result):
    """What was asked of the training, on which data, and how it went."""

    epochs: int
    batch_size: int
    learning_rate: float
    validation_split: float
    seed: int
    seconds: float
    training_windows: int
    validation_windows: int
    first: date
    trained_until: date
    evaluated_until: date
    training_history: TrainingHistory


class Performance(Result):
    """The model's held-out errors; those of repeat-last are in the evaluation."""

    mae: Number
    rmse: Number
    mape: Number
    r2_score: Number


class ModelInfo(Result):
    """How large the model is."""

    parameters: int
    trainable_parameters: int
    model_size_mb: float


class TrainingReport(Result):
    """A trained model that has joined the registry, and what it is worth."""

    model_id: str
    status: Literal["training_completed"] = "training_completed"
    model_type: str
    series: str
    training: TrainingRun
    performance: Performance
    evaluation: Evaluation
    model_info: ModelInfo
    trials: int
    """Different trainings on these data so far, this one included."""
    statement: str
    device: str
    survivorship: str = ""
    losses: Any = Field(default=None, exclude=True, repr=False)
    model: Any = Field(default=None, exclude=True, repr=False)

    headline: ClassVar[tuple[str, ...]] = ("model_id", "series", "device", "trials", "statement")

    def to_frame(self) -> pd.DataFrame:
        """The held-out metrics, repeat-last first."""
        return self.evaluation.to_frame()

    def plot(self) -> figure:
        """The loss of each epoch."""
        from workbench.charts import loss_curve  # noqa: PLC0415  heavy: bokeh

        return loss_curve(self.losses, title=f"{self.model_id}: quantile loss")


class SystemStatus(Result):
    """What there is to train and serve with.

    ``models_in_training`` counts those of this process.
    """

    gpu_available: bool
    gpu_enabled_models: int
    trained_models: int
    models_in_training: int


class Recommendations(Result):
    """The best of the models; None where there is none.

    Accuracy is skill against repeat-last, so that models of different series compare;
    speed is the time of one forecast measured now; versatility is the longest horizon.
    """

    best_accuracy_model: str | None
    fastest_inference_model: str | None
    most_versatile_model: str | None


class ModelStatus(Result):
    """One model in detail, or all of them in short."""

    total_models: int
    models_summary: list[dict[str, Any]]
    model_details: dict[str, Any] | None = None
    capabilities: dict[str, Any] | None = None
    health_check: dict[str, Any] | None = None
    performance: Evaluation | None = None
    """Of one model, at its training."""
    system_status: SystemStatus
    recommendations: Recommendations
    available_types: list[str]
    losses: Any = Field(default=None, exclude=True, repr=False)

    headline: ClassVar[tuple[str, ...]] = ("total_models",)

    def to_frame(self) -> pd.DataFrame:
        """One row per model, newest first."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame(self.models_summary)

    def plot(self) -> LayoutDOM:
        """The loss of each epoch of one model, its error by step and its coverage by level."""
        if self.performance is None:
            raise NoData("Only of one trained model is there something to draw", cure="Name it")
        from workbench.charts import loss_curve, stacked  # noqa: PLC0415  heavy: bokeh

        drawn = [] if self.losses is None else [loss_curve(self.losses, title="Quantile loss")]
        return stacked(*drawn, self.performance.plot())


def losses_of(losses: dict[str, list[float]]) -> pd.DataFrame | None:
    """The losses of a training as a table.

    Parameters
    ----------
    losses : dict
        ``train`` and ``validation``: one number for each epoch.

    Returns
    -------
    pandas.DataFrame or None
        Index ``epoch`` from 1; None where they are not known.
    """
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    if not losses:
        return None
    index = pd.RangeIndex(1, len(losses["validation"]) + 1, name="epoch")
    return pd.DataFrame(losses, index=index)


class ModelType(Result):
    """One kind of model.

    ``made_by`` is the tool or function that makes one, ``extra`` what has to be installed for it,
    empty where the base install is enough.
    """

    name: str
    family: str
    target: str
    made_by: str
    extra: str
    what: str


class ModelTypes(Result):
    """The kinds of models there are."""

    repr_has_every_row: ClassVar[bool] = True

    types: list[ModelType]

    def __repr__(self) -> str:
        rows = [f"  {one.name:<14}  {one.family:<11}  {one.what}" for one in self.types]
        return "\n".join(["ModelTypes", *rows])

    __str__ = __repr__

    def to_frame(self) -> pd.DataFrame:
        """One row per type.

        Returns
        -------
        pandas.DataFrame
            Index ``name``; columns as the fields of `ModelType`.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame([one.model_dump() for one in self.types]).set_index("name")
