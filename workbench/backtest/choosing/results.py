"""What the operations of choosing return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = [
    "AdaptiveSelection",
    "MarketConditions",
    "RankedStrategy",
    "Recommendation",
    "StrategyComparison",
]


class MarketConditions(BaseModel):
    """How a market looks; the labels are those of `quick_analysis`, and None where unknown."""

    model_config = ConfigDict(frozen=True, extra="allow")

    volatility: Literal["low", "moderate", "high"] | None = None
    trend: Literal["bullish", "bearish", "neutral"] | None = None
    rsi: Number | None = None
    sentiment: Literal["positive", "negative", "neutral"] | None = None


class RankedStrategy(BaseModel):
    """A strategy in a ranking, the best first."""

    model_config = ConfigDict(frozen=True)

    strategy: str
    score: Number = Field(description="w × Sharpe + (1 − w) × (1 − drawdown), times the factor.")
    factor: float = Field(description="For the conditions; 1 where they say nothing.")
    sharpe_ratio: Number
    total_return: Number
    max_drawdown: Number
    first_places: Number = Field(
        description="Share of resampled histories in which its score, without the factor, is best."
    )


class StrategyComparison(Result):
    """Several strategies on the same bars, after costs."""

    repr_has_every_row: ClassVar[bool] = True

    dataset: str
    bars: int
    comparison: dict[str, dict[str, Number]]
    best_by_metric: dict[str, str]
    trials: int | None = Field(default=None, description="Trials that the question has had by now.")
    left_out: dict[str, str] = Field(
        default_factory=dict, description="Strategy → why it was not run."
    )
    notes: list[str] = Field(default_factory=list)
    equity: Any = Field(default=None, exclude=True, repr=False)
    """pandas.DataFrame, time × strategy and ``benchmark``."""
    reports: Any = Field(default=None, exclude=True, repr=False)
    """Strategy → `BacktestReport`."""

    def to_frame(self) -> pd.DataFrame:
        """One row a strategy, one column a metric."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame.from_dict(self.comparison, orient="index").rename_axis("strategy")

    def plot(self) -> figure:
        """The equity of each, and the benchmark in grey."""
        from workbench.charts import equity_curve  # noqa: PLC0415  heavy: bokeh

        return equity_curve(self.equity, title=f"On {self.dataset}", log=True)

    def __repr__(self) -> str:
        head = f"{len(self.comparison)} strategies on {self.dataset}, {self.bars:,} bars"
        table = self.to_frame().to_string(float_format="{:,.3f}".format)
        best = [f"  best {metric}: {name}" for metric, name in self.best_by_metric.items()]
        left = [f"  ! {name} was left out: {why}" for name, why in self.left_out.items()]
        return "\n".join([head, table, *best, *left, *(f"  ! {note}" for note in self.notes)])

    __str__ = __repr__


class Recommendation(Result):
    """Which strategy did best where it was measured, and how sure that is."""

    headline: ClassVar[tuple[str, ...]] = ("recommendation", "confidence", "reasoning")

    recommendation: str
    confidence: Number = Field(
        description="Share of resampled histories in which the recommended one comes first."
    )
    reasoning: str
    strategy_rankings: list[RankedStrategy]
    criteria: dict[str, Any]
    market_conditions: MarketConditions
    notes: list[str] = Field(default_factory=list)
    compared: Any = Field(default=None, exclude=True, repr=False)
    """The `StrategyComparison` behind it."""

    def to_frame(self) -> pd.DataFrame:
        """One row a strategy, the best first."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame([row.model_dump() for row in self.strategy_rankings]).set_index(
            "strategy"
        )

    def plot(self) -> figure:
        """The equity of each."""
        made: figure = self.compared.plot()
        return made


class AdaptiveSelection(Result):
    """The strategy that suits the conditions that a symbol shows now."""

    headline: ClassVar[tuple[str, ...]] = (
        "symbol", "selected_strategy", "selection_confidence", "alternative_strategies",
        "reasoning",
    )  # fmt: skip

    symbol: str
    market_conditions: MarketConditions
    selected_strategy: str
    selection_confidence: Number
    auto_switch_enabled: bool
    switch_result: str | None = None
    alternative_strategies: list[str]
    reasoning: str
    notes: list[str] = Field(default_factory=list)
    recommended: Any = Field(default=None, exclude=True, repr=False)
    """The `Recommendation` behind it."""

    def to_frame(self) -> pd.DataFrame:
        """As `Recommendation.to_frame`."""
        frame: pd.DataFrame = self.recommended.to_frame()
        return frame

    def plot(self) -> figure:
        """As `Recommendation.plot`."""
        made: figure = self.recommended.plot()
        return made
