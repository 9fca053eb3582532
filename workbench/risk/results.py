"""What the operations of this room return. Losses are positive, shares are fractions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Contribution",
    "CorrelationReport",
    "CorrelationSummary",
    "Correlations",
    "DiversificationMetrics",
    "MonteCarlo",
    "PortfolioSummary",
    "RiskDecomposition",
    "RiskMetrics",
    "RiskReport",
    "TailEstimate",
    "ValueAtRisk",
]

Level = Literal["low", "moderate", "high", "undefined"]
Interval = tuple[Number, Number]


class _Part(BaseModel):
    """A part of a report."""

    model_config = ConfigDict(frozen=True)


class PortfolioSummary(_Part):
    """What is held."""

    total_value: float
    positions_count: int
    concentration_risk: Number = Field(
        description="Herfindahl index of the positions: 1/n when equal, 1 for a single one."
    )


class ValueAtRisk(_Part):
    """The loss that is exceeded with a small probability."""

    confidence_level: float = Field(description="1 minus the probability of the tail.")
    time_horizon_days: int = Field(description="Sessions the portfolio is held, untouched.")
    var_amount: Number = Field(description="Money; positive is a loss.")
    var_percentage: Number = Field(description="Fraction of the total value.")


class RiskMetrics(_Part):
    """The risk of the portfolio."""

    value_at_risk: ValueAtRisk
    expected_shortfall: Number = Field(description="Mean loss in the tail, money.")
    expected_shortfall_percentage: Number = Field(description="Fraction of the total value.")
    maximum_drawdown: Number = Field(
        description="Of these weights, rebalanced daily over the sample; fraction, positive."
    )
    volatility: Number = Field(description="Standard deviation of a session's return.")
    portfolio_beta: Number = Field(description="Against the benchmark; null without overlap.")
    diversification_ratio: Number = Field(
        description="Choueifaty and Coignard: weighted volatilities over the portfolio's own."
    )


class Correlations(_Part):
    """How the positions move together."""

    avg_correlation: Number
    highest_correlation: Number
    highest_pair: tuple[str, str] | None
    correlation_risk: Level = Field(
        description="By the average: low below 0.5, moderate below 0.7, else high."
    )


class TailEstimate(_Part):
    """Value at risk and expected shortfall by one method at one tail, in money."""

    method: str
    confidence_level: float
    value_at_risk: Number
    expected_shortfall: Number
    var_standard_error: Number
    es_standard_error: Number


class MonteCarlo(_Part):
    """The simulation behind the figures."""

    simulations: int
    method: str = Field(description="The model of returns and how it was fitted.")
    degrees_of_freedom: Number = Field(description="Of the Student t; null for other models.")
    var_standard_error: Number = Field(description="Money; of the simulation, not of the model.")
    es_standard_error: Number
    confidence_intervals: dict[str, dict[str, Interval]] = Field(
        description="Level → var and es → low and high, money: the simulation's own error."
    )
    var_95: Number
    var_99: Number
    cvar_95: Number
    cvar_99: Number


class Contribution(_Part):
    """A position's part of the risk."""

    symbol: str
    value: float
    weight: float
    volatility: Number
    risk_share: Number = Field(description="Share of the portfolio's variance; they sum to 1.")


class RiskDecomposition(_Part):
    """Where the variance comes from."""

    systematic: Number = Field(description="Share that moves with the benchmark (R squared).")
    idiosyncratic: Number = Field(description="The rest of it.")
    concentration: Number = Field(description="Herfindahl index of the positions.")


class RiskReport(Result):
    """Value at risk, expected shortfall and composition of a portfolio."""

    headline: ClassVar[tuple[str, ...]] = ("dataset", "method", "observations")

    portfolio: PortfolioSummary
    risk_metrics: RiskMetrics
    correlations: Correlations
    monte_carlo: MonteCarlo | None = None
    method: str = Field(description="The method of value_at_risk and expected_shortfall.")
    estimates: list[TailEstimate] = Field(description="Every method at every tail.")
    contributions: list[Contribution]
    risk_decomposition: RiskDecomposition
    benchmark: str | None = None
    dataset: str = ""
    first_session: dt.date
    last_session: dt.date
    observations: int
    device: Literal["cpu", "cuda"] = "cpu"
    notes: list[str] = Field(default_factory=list)
    losses: Any = Field(default=None, exclude=True, repr=False)
    """numpy.ndarray: simulated or historical losses behind the figures, money."""

    def to_frame(self) -> pd.DataFrame:
        """Every estimate: index (method, confidence_level)."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [estimate.model_dump() for estimate in self.estimates]
        return pd.DataFrame(rows).set_index(["method", "confidence_level"])

    def plot(self) -> Any:
        """The distribution of gains and losses with value at risk and expected shortfall."""
        from workbench.charts import var_histogram  # noqa: PLC0415  heavy: bokeh

        at_risk = self.risk_metrics.value_at_risk
        return var_histogram(
            -self.losses,
            at_risk.var_amount,
            self.risk_metrics.expected_shortfall,
            confidence=at_risk.confidence_level,
            title=f"Gain or loss over {at_risk.time_horizon_days} session(s), {self.method}",
            number_format="0,0",
        )

    def __repr__(self) -> str:
        metrics, held = self.risk_metrics, self.portfolio
        at_risk = metrics.value_at_risk
        when = f"{at_risk.confidence_level:g} confidence, {at_risk.time_horizon_days} session(s)"
        rows = {
            "value at risk": f"{at_risk.var_amount:,.2f}  ({at_risk.var_percentage:.2%}; {when})",
            "expected shortfall": f"{metrics.expected_shortfall:,.2f}  "
            f"({metrics.expected_shortfall_percentage:.2%})",
            "method": self.method,
            "maximum drawdown": f"{metrics.maximum_drawdown:.2%}",
            "beta": f"{metrics.portfolio_beta:.2f} against {self.benchmark or 'no benchmark'}",
            "diversification": f"{metrics.diversification_ratio:.2f}",
            "sample": f"{self.first_session} to {self.last_session}, {self.observations} sessions",
        }
        lines = [f"RiskReport of {held.positions_count} position(s), {held.total_value:,.2f}"]
        lines += [f"  {name:<18}  {text}" for name, text in rows.items()]
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])

    __str__ = __repr__


class CorrelationSummary(_Part):
    """The correlations of all pairs."""

    average: Number
    max: Number
    min: Number
    median: Number


class DiversificationMetrics(_Part):
    """How much there is to diversify."""

    effective_assets: Number = Field(
        description="n / (1 + average): the original's figure, which no paper defines."
    )
    diversification_ratio: Number = Field(
        description="1 - average: the original's figure, not the ratio of that name."
    )
    concentration_risk: Level = Field(
        description="By the average: low below 0.5, moderate below 0.7, else high."
    )
    effective_independent_assets: Number = Field(
        description="n / (1 + (n - 1) average): how many uncorrelated assets of equal risk would "
        "diversify as well."
    )
    choueifaty_ratio: Number = Field(
        description="Mean volatility over the volatility of the equally weighted portfolio."
    )


class CorrelationReport(Result):
    """The correlations of some symbols over a period."""

    headline: ClassVar[tuple[str, ...]] = ("dataset", "period_days", "observations")

    correlation_matrix: dict[str, dict[str, Number]] = Field(repr=False)
    summary_statistics: CorrelationSummary
    diversification_metrics: DiversificationMetrics
    period_days: int = Field(description="Calendar days back from the last session.")
    first_session: dt.date
    last_session: dt.date
    observations: int = Field(description="Sessions on which every symbol has a return.")
    standard_error: Number = Field(
        description="Of a correlation whose true value is zero: 1 / sqrt(observations)."
    )
    dataset: str = ""
    device: Literal["cpu", "cuda"] = "cpu"
    notes: list[str] = Field(default_factory=list)

    def to_frame(self) -> pd.DataFrame:
        """The matrix, symbols on both axes."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame(self.correlation_matrix).rename_axis(index="symbol")

    def plot(self) -> Any:
        """The matrix as a heat map."""
        from workbench.charts import correlation_heatmap  # noqa: PLC0415  heavy: bokeh

        return correlation_heatmap(self.to_frame(), title=f"Correlation to {self.last_session}")
