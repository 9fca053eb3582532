"""What serving returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Number, Result
from workbench.forecast.results import ModelCard

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["Prediction", "ServerStatus"]

SHOWN = 24
"""The most rows of the table that a repr shows."""


class Prediction(Result):
    """What a model says of the values that come next.

    One series gives lists of numbers, step by step; a list of series gives a list of such lists.
    ``predictions`` are medians, ``lower`` and ``upper`` the ends of the central interval,
    ``confidence`` the probability that the forecast gives to the direction it predicts.
    """

    repr_has_every_row: ClassVar[bool] = True  # or as many as anybody reads

    model: ModelCard
    horizon: int
    series: list[str]
    confidence_level: float
    predictions: list[float] | list[list[float]]
    lower: list[float] | list[list[float]]
    upper: list[float] | list[list[float]]
    confidence: list[Number] | list[list[Number]]
    milliseconds: float
    """From the checked input to the answer, the loading of the model included."""
    from_cache: bool
    device: str
    skill: Number
    statement: str
    """What the model was worth on held-out data when it was trained."""
    history: Any = Field(default=None, exclude=True, repr=False)
    quantiles: Any = Field(default=None, exclude=True, repr=False)
    """numpy.ndarray, shape (series, horizon, quantiles), and their probabilities beside it."""
    probabilities: Any = Field(default=None, exclude=True, repr=False)

    def __repr__(self) -> str:
        count = len(self.series)
        of = f"{count:,} series" if count > 1 else "one series"
        cached = ", asked before" if self.from_cache else ""
        head = f"Prediction  {of}, {self.horizon} steps ahead by {self.model.id}"
        time = f"{self.milliseconds:.3g} ms on the {self.device}{cached}"
        table = self.to_frame().head(SHOWN).to_string()
        rest = count * self.horizon - SHOWN
        more = [f"… and {rest:,} rows more"] if rest > 0 else []
        return "\n".join([head, table, *more, time, self.statement])

    __str__ = __repr__

    def to_frame(self) -> pd.DataFrame:
        """One row for each step of each series.

        Returns
        -------
        pandas.DataFrame
            Index ``step``, or ``series`` and ``step`` of several; columns ``predicted``,
            ``lower``, ``upper`` and ``confidence``.
        """
        import numpy as np  # noqa: PLC0415  heavy: numpy
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        steps = pd.RangeIndex(1, self.horizon + 1, name="step")
        several = pd.MultiIndex.from_product([self.series, steps], names=["series", "step"])
        columns = {
            "predicted": self.predictions,
            "lower": self.lower,
            "upper": self.upper,
            "confidence": self.confidence,
        }
        return pd.DataFrame(
            {name: np.ravel(values) for name, values in columns.items()},
            index=several if len(self.series) > 1 else steps,
        )

    def plot(self, series: int = 0) -> figure:
        """The fan of one series, step by step.

        Parameters
        ----------
        series : int
            Which one, counted from 0.

        Returns
        -------
        bokeh.plotting.figure
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        from workbench.charts import step_fan  # noqa: PLC0415  heavy: bokeh

        steps = pd.RangeIndex(1, self.horizon + 1, name="step")
        return step_fan(
            self.history[series],
            pd.DataFrame(self.quantiles[series], index=steps, columns=list(self.probabilities)),
            title=f"Series {self.series[series]}: {self.horizon} steps ahead by {self.model.id}",
        )


class ServerStatus(Result):
    """What a server has in memory; sizes are in megabytes."""

    names: dict[str, str]
    """The model id that each name points to."""
    models: dict[str, float]
    """The loaded models with their size, the longest unasked first."""
    memory_mb: float
    most_memory_mb: float
    answers: int
    answers_mb: float
    hits: int
    misses: int

    def to_frame(self) -> pd.DataFrame:
        """One row for each loaded model.

        Returns
        -------
        pandas.DataFrame
            Index ``model_id``; columns ``memory_mb`` and ``names``.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        known = {model_id: [] for model_id in self.models}  # type: dict[str, list[str]]
        for name, model_id in self.names.items():
            known[model_id].append(name)
        rows = {"memory_mb": self.models.values(), "names": map(", ".join, known.values())}
        return pd.DataFrame(rows, index=pd.Index(self.models, name="model_id"))
