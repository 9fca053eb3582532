"""What the operations of this room return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Analysis",
    "FeatureInfo",
    "FeatureList",
    "FeatureReport",
    "FeatureRow",
    "QuickAnalysis",
    "Rule",
]

Recommendation = Literal["buy", "sell", "hold"]
Trend = Literal["bullish", "bearish", "neutral"]
VolatilityLevel = Literal["low", "moderate", "high"]


class Rule(BaseModel):
    """How a label is decided, and who proposed it."""

    model_config = ConfigDict(frozen=True)

    rule: str
    source: str


class Analysis(Result):
    """The indicators of one symbol at its last bar, and labels for them."""

    price: Number = Field(description="Last close, as the dataset adjusts it.")
    trend: Trend
    volatility: VolatilityLevel
    recommendation: Recommendation = Field(
        description="A count of three indicators. It describes the past and is not advice."
    )
    rsi: Number = Field(description="Wilder's RSI of 14 bars, 0 to 100.")
    macd: Number = Field(description="MACD histogram (12, 26, 9), in the unit of the price.")
    bollinger_position: Number = Field(
        description="Place in the Bollinger bands (20, 2): 0 lower band, 1 upper band."
    )
    annualised_volatility: Number = Field(
        description="Deviation of the last 20 log returns times the square root of 252."
    )
    volatility_rank: Number = Field(
        description="Share of the last 252 volatilities that are not above the current one."
    )
    trend_average: Number = Field(description="Simple average of the last 200 closes.")


class QuickAnalysis(Result):
    """A symbol at a glance: indicators, labels and the rule behind each label."""

    headline: ClassVar[tuple[str, ...]] = ("symbol", "session", "recommendation")

    symbol: str
    session: dt.date = Field(description="The last bar that was used.")
    dataset: str
    analysis: Analysis
    rules: dict[str, Rule]
    available_strategies: list[str]
    device: Literal["cpu", "cuda"] = "cpu"
    notes: list[str] = Field(default_factory=list)
    history: Any = Field(default=None, exclude=True, repr=False)
    """pandas.DataFrame, index time: close, average and bands."""

    def to_frame(self) -> pd.DataFrame:
        """The indicators and labels, one row each, index ``field``."""
        return self.analysis.to_frame()

    def plot(self) -> Any:
        """The last 252 closes with the average and the bands."""
        from workbench.charts import lines  # noqa: PLC0415  heavy: bokeh

        return lines(self.history.tail(252), title=f"{self.symbol} until {self.session}")

    def __repr__(self) -> str:
        return f"{self.symbol} at {self.session} ({self.dataset})\n{self.analysis!r}"

    __str__ = __repr__


class FeatureInfo(Result):
    """A feature as a list shows it."""

    headline: ClassVar[tuple[str, ...]] = ("name", "summary", "source_hash")

    name: str
    summary: str
    parameters: dict[str, Any] = Field(description="JSON schema of its parameters.")
    defaults: dict[str, Any]
    source_hash: str


class FeatureList(Result):
    """The features that can be computed by name."""

    repr_has_every_row: ClassVar[bool] = True

    features: list[FeatureInfo]

    def to_frame(self) -> pd.DataFrame:
        """One row a feature: columns ``summary`` and ``parameters``, index ``name``."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = {
            one.name: {
                "summary": one.summary,
                "parameters": ", ".join(f"{name}={value}" for name, value in one.defaults.items()),
            }
            for one in self.features
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="name")

    def __repr__(self) -> str:
        width = max((len(one.name) for one in self.features), default=0)
        lines = [f"FeatureList of {len(self.features)}"]
        for one in self.features:
            given = ", ".join(f"{name}={value}" for name, value in one.defaults.items())
            lines.append(f"  {one.name:<{width}}  {one.summary}{f'  ({given})' if given else ''}")
        return "\n".join(lines)

    __str__ = __repr__


class FeatureRow(BaseModel):
    """A feature at one bar of one symbol."""

    model_config = ConfigDict(frozen=True)

    time: dt.datetime
    symbol: str
    values: dict[str, Number]


class FeatureReport(Result):
    """A feature computed on bars."""

    headline: ClassVar[tuple[str, ...]] = ("feature", "dataset", "first", "last", "bars")

    feature: str
    dataset: str
    parameters: dict[str, Any]
    source_hash: str
    symbols: list[str]
    first: dt.datetime
    last: dt.datetime
    bars: int
    undefined: int = Field(description="Values that are NaN: warm-up, gaps and what is undefined.")
    table: list[FeatureRow] = Field(repr=False, description="The latest bars.")
    notes: list[str] = Field(default_factory=list)
    values: Any = Field(default=None, exclude=True, repr=False)
    """xarray.Dataset, dims (time, symbol); one variable named like the feature, or several."""

    def to_frame(self) -> pd.DataFrame:
        """All values, index time, a column for each symbol (and variable, if there are several)."""
        frame = self.values.to_dataframe(dim_order=["time", "symbol"])[list(self.values.data_vars)]
        wide = frame.unstack("symbol")  # noqa: PD010  the index is spread, nothing is aggregated
        return wide.droplevel(0, axis=1) if len(self.values.data_vars) == 1 else wide

    def plot(self) -> Any:
        """The values over time, a figure for each variable."""
        from workbench.charts import lines, stacked  # noqa: PLC0415  heavy: bokeh

        figures = [
            lines(self.values[name].transpose("time", "symbol").to_pandas(), title=str(name))
            for name in self.values.data_vars
        ]
        return stacked(*figures) if len(figures) > 1 else figures[0]
