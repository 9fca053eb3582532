"""What following a trained model came to."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.backtest.results import TradeStatistics
from workbench.domain import Number, Result
from workbench.market.costs import Costs  # light: pydantic only
from workbench.validation.significance.results import Verdict  # light
from workbench.validation.trials.results import RelatedTrials  # light

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = [
    "BacktestPeriod",
    "Earned",
    "NeuralBacktest",
    "Performance",
    "RiskMetrics",
    "Rule",
    "Sample",
    "TradingStatistics",
]

NAN = float("nan")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Earned(_Part):
    """What was earned; fractions, ratios of a year. What is not defined is NaN.

    Definitions stand in `workbench.validation.metrics`; ``win_rate`` is of trades.
    """

    total_return: Number
    annualized_return: Number
    sharpe_ratio: Number
    max_drawdown: Number
    volatility: Number
    win_rate: Number = NAN


class Performance(_Part):
    """The model on the bars of a sample, beside what needs no model.

    ``buy_and_hold`` is the same symbol at the same costs, ``repeat_last`` the naive forecast under
    the same rule; the benchmark trades for free. Alpha, beta and the information ratio are against
    the benchmark.
    """

    neural_model: Earned
    benchmark_name: str
    benchmark: Earned
    buy_and_hold: Earned
    repeat_last: Earned
    alpha: Number
    beta: Number
    information_ratio: Number


class TradingStatistics(TradeStatistics):
    """Trades after costs, and what the model was asked and answered."""

    forecasts: int = Field(description="Decisions that had a forecast.")
    long: int = Field(description="Of them, those that wanted to hold.")
    short: int
    flat: int
    time_in_market: Number = Field(description="Share of the closes at which something was held.")
    turnover: Number = Field(description="Value traded over the mean account, per year.")


class RiskMetrics(_Part):
    """How it could lose: of one bar, positive for a loss; ratios of a year."""

    var_95: Number
    expected_shortfall: Number = Field(
        description="Mean loss of the worst 5% of the bars; NaN with fewer than 20 bars."
    )
    calmar_ratio: Number
    sortino_ratio: Number


class Sample(_Part):
    """Bars of one kind: those that the model has learned from, or those that it has not."""

    start: dt.datetime
    end: dt.datetime
    bars: int
    performance: Performance
    trading_statistics: TradingStatistics
    risk_metrics: RiskMetrics


class BacktestPeriod(_Part):
    """What was asked for, first and last bar included, and where the model stopped learning."""

    start: dt.datetime
    end: dt.datetime
    bars: int
    trained_until: dt.date
    out_of_sample_from: dt.datetime | None = Field(description="None: no bar is out of sample.")
    in_sample_bars: int
    out_of_sample_bars: int


class Rule(_Part):
    """How forecasts became positions; see `workbench.backtest.forecasting.forecast_strategy`."""

    sentence: str
    horizon: int
    threshold_bps: float
    allow_short: bool
    rebalance_frequency: str
    costs: Costs
    fills_at: str


class NeuralBacktest(Result):
    """What it would have earned to follow a trained model.

    ``performance``, ``trading_statistics`` and ``risk_metrics`` are of the bars that the model has
    not learned from, and None if there are none. Those that it has learned from stand apart in
    ``in_sample``: they prove nothing.
    """

    repr_has_every_row: ClassVar[bool] = True

    model_id: str
    model_type: str
    trained_on: str
    symbol: str
    statement: str
    backtest_period: BacktestPeriod
    rule: Rule
    performance: Performance | None
    trading_statistics: TradingStatistics | None
    risk_metrics: RiskMetrics | None
    in_sample: Sample | None = None
    beats_buy_and_hold: bool | None = Field(
        default=None, description="Whether it earned more, at the same costs, out of sample."
    )
    has_skill: bool = Field(
        default=False, description="Whether luck explains neither its earnings nor its lead."
    )
    p_value: Number = Field(
        default=NAN, description="That luck alone earns as much, over all trials on these data."
    )
    p_over_holding: Number = Field(
        default=NAN, description="Of equal Sharpe ratios with buy and hold, two-sided."
    )
    trial: int | None = None
    claim: str = ""
    verdict: Verdict | None = None
    all_trials: RelatedTrials | None = None
    survivorship: str = ""
    notes: list[str] = Field(default_factory=list)

    backtest: Any = Field(default=None, exclude=True, repr=False)
    """BacktestReport out of sample."""
    in_sample_backtest: Any = Field(default=None, exclude=True, repr=False)
    """BacktestReport in sample, which the ledger does not count."""
    equity: Any = Field(default=None, exclude=True, repr=False)
    """pandas.DataFrame, time × (model, buy and hold, benchmark): growth of 1 from the first bar
    out of sample on; what came before leads up to 1."""
    forecasts: Any = Field(default=None, exclude=True, repr=False)
    """pandas.DataFrame over time: ``expected_return`` of each decision, and ``weight``, what it
    wanted to hold."""

    def to_frame(self) -> pd.DataFrame:
        """Who earned what, in which sample.

        Returns
        -------
        pandas.DataFrame
            Index ``sample`` and ``held``; columns as the fields of `Earned`. Out of sample first;
            in it repeat-last, buy and hold and the benchmark before the model.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        parts = {"out of sample": self.performance}
        parts["in sample"] = self.in_sample.performance if self.in_sample else None
        rows = {
            (sample, held): earned.model_dump()
            for sample, part in parts.items()
            if part is not None
            for held, earned in self._rows(part)
        }
        index = pd.MultiIndex.from_tuples(rows, names=["sample", "held"])
        return pd.DataFrame(list(rows.values()), index=index)

    def _rows(self, part: Performance) -> list[tuple[str, Earned]]:
        return [
            ("repeat-last, same rule", part.repeat_last),
            (f"{self.symbol}, bought and held", part.buy_and_hold),
            (f"benchmark {part.benchmark_name}", part.benchmark),
            (self.model_id, part.neural_model),
        ]

    def plot(self) -> LayoutDOM:
        """Growth beside buy and hold and the benchmark, what was held, and what was expected.

        Returns
        -------
        bokeh.models.Column
            Three figures that zoom together. Where sessions are shown that the model has learned
            from, they are shaded up to the day on which it stopped.
        """
        from workbench.backtest.forecasting.pictures import figures  # noqa: PLC0415  heavy: bokeh

        return figures(self)

    def __repr__(self) -> str:
        head = f"NeuralBacktest  {self.symbol}  by {self.model_id}"
        notes = [f"  ! {note}" for note in self.notes]
        return "\n".join([head, self.statement, self.rule.sentence, *self._table(), *notes])

    __str__ = __repr__

    def _table(self) -> list[str]:
        """The rows of `to_frame` in words of a person, narrow enough for a terminal."""
        parts = {"out of sample": self.performance}
        parts["in sample"] = self.in_sample.performance if self.in_sample else None
        shown = [(title, self._rows(part)) for title, part in parts.items() if part is not None]
        width = max(len(held) for _, rows in shown for held, _ in rows) + 2
        lines = []
        for title, rows in shown:
            names = "".join(f"{name:>10}" for name in _COLUMNS.values())
            lines.append(f"{title:<{width}}{names}")
            lines += [f"  {held:<{width - 2}}{_in_words(earned)}" for held, earned in rows]
        return lines


_COLUMNS = {
    "total_return": "return",
    "annualized_return": "a year",
    "sharpe_ratio": "Sharpe",
    "max_drawdown": "drawdown",
    "volatility": "volatile",
}


def _in_words(earned: Earned) -> str:
    return "".join(f"{_cell(name, getattr(earned, name)):>10}" for name in _COLUMNS)


def _cell(name: str, value: float) -> str:
    """A fraction as a percentage, a ratio as it is, a dash for what is not defined."""
    if math.isnan(value):
        return "–"
    return f"{value:.2f}" if name == "sharpe_ratio" else f"{value:.1%}"
