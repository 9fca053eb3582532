"""What the operations of this room return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from workbench.domain import Number, Result
from workbench.errors import NoData
from workbench.market.costs import Costs  # light: pydantic only
from workbench.validation.significance.results import Verdict  # light
from workbench.validation.trials.results import RelatedTrials  # light

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from bokeh.models import LayoutDOM

    from workbench.backtest.decided import Decided

__all__ = [
    "BacktestReport",
    "BenchmarkComparison",
    "CostReport",
    "Performance",
    "PerformanceReport",
    "Period",
    "RiskNumbers",
    "TradeStatistics",
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(_Part):
    """The bars that were traded, first and last included."""

    start: dt.datetime
    end: dt.datetime
    bars: int


class Performance(_Part):
    """What was earned after costs; fractions, and ratios of a year unless they say otherwise.

    Definitions stand in `workbench.validation.metrics`; ``win_rate`` and ``profit_factor`` are
    of trades. What is not defined is NaN.
    """

    total_return: Number
    annualized_return: Number
    sharpe_ratio: Number
    sharpe_per_bar: Number
    sortino_ratio: Number
    max_drawdown: Number
    calmar_ratio: Number
    win_rate: Number
    profit_factor: Number
    total_trades: int


class RiskNumbers(_Part):
    """How the returns are spread; `var_95` is of one bar."""

    volatility: Number
    var_95: Number
    skewness: Number
    kurtosis: Number


class BenchmarkComparison(_Part):
    """The same bars in the benchmark, which trades for free."""

    benchmark: str
    benchmark_return: Number
    outperformance: Number
    alpha: Number
    beta: Number
    correlation: Number
    information_ratio: Number
    tracking_error: Number
    up_capture: Number
    down_capture: Number


class CostReport(_Part):
    """What trading and holding cost, in the currency of the account.

    Each term is what the account lost by it; ``funding`` below 0 was received. ``dividends``
    were received, or paid on short positions where below 0.
    """

    assumed: Costs
    total_commission: Number
    slippage: Number
    spread: Number = 0.0
    impact: Number = 0.0
    borrow: Number = 0.0
    funding: Number = 0.0
    interest: Number = 0.0
    dividends: Number = 0.0
    net_return: Number
    turnover: Number = Field(description="Value traded over the mean account, per year.")


class TradeStatistics(_Part):
    """Trades after costs, in the currency of the account; a trade reduces a position."""

    total_trades: int
    winning_trades: int
    losing_trades: int
    open_trades: int
    average_win: Number
    average_loss: Number
    largest_win: Number
    largest_loss: Number


class BacktestReport(Result):
    """What a strategy would have earned.

    Attributes
    ----------
    equity : pandas.DataFrame
        Value of the account at each close; columns ``strategy`` and ``benchmark``.
    returns : pandas.Series
        Simple returns of the strategy; the first is measured from the initial cash.
    weights : pandas.DataFrame
        Fraction of the account held in each symbol at each close.
    trades, orders : pandas.DataFrame
        As `workbench.backtest.trades` makes them.
    """

    strategy: str
    dataset: str
    symbols: list[str]
    engine: str
    fills_at: str
    initial_cash: float
    period: Period
    periods_per_year: float
    parameters: dict[str, Any]
    market: dict[str, Any] = Field(
        default_factory=dict,
        description="What else the account was told: stops, lot, margin, actions, delisting "
        "returns, currency; empty when nothing.",
    )
    results: Performance
    risk_metrics: RiskNumbers
    trade_statistics: TradeStatistics
    benchmark_comparison: BenchmarkComparison | None = None
    costs: CostReport | None = None
    trial: int | None = Field(
        default=None, description="Different trials of this question by now; None: not counted."
    )
    claim: str = Field(default="", description="The trial and what may be claimed of it.")
    verdict: Verdict | None = Field(default=None, description="Among the trials of the question.")
    all_trials: RelatedTrials | None = Field(
        default=None, description="Among all trials on the same symbols and dates."
    )
    question: str = ""
    source_hash: str = Field(default="", description="Of the code, or of the table, that traded.")
    survivorship: str = ""
    notes: list[str] = Field(default_factory=list)

    equity: Any = Field(default=None, exclude=True, repr=False)
    returns: Any = Field(default=None, exclude=True, repr=False)
    weights: Any = Field(default=None, exclude=True, repr=False)
    trades: Any = Field(default=None, exclude=True, repr=False)
    orders: Any = Field(default=None, exclude=True, repr=False)
    _decided: Any = PrivateAttr(default=None)

    def remembering(self, decided: Decided) -> Self:
        """The same report, which remembers what was decided (`Decided`)."""
        self._decided = decided
        return self

    @property
    def decided(self) -> Decided:
        """The decisions behind the report, which can be traded again.

        Returns
        -------
        Decided
            Of the same orders, bars and benchmark.

        Raises
        ------
        NoData
            If the report was not made by `simulate` or `run_backtest` in this process.
        """
        if self._decided is None:
            raise NoData(
                "This report does not hold the decisions that it was made of",
                seen=self.strategy,
                cure="Run the backtest again: simulate(strategy, bars)",
            )
        made: Decided = self._decided
        return made

    def again(
        self, *, costs: Costs | None = None, initial_cash: float | None = None
    ) -> BacktestReport:
        """The same decisions at other costs, or with another account.

        Parameters
        ----------
        costs : Costs, optional
            What an order costs; as before by default.
        initial_cash : float, optional
            Cash before the first bar, above 0; as before by default.

        Returns
        -------
        BacktestReport
            No trial: the ledger is not told.

        Raises
        ------
        NoData
            If the report was not made by `simulate` or `run_backtest` in this process.
        OutOfRange
            If the cash is not above 0.
        InvalidInput
            If impact is charged and the bars have no volume.
        """
        before = Costs.none() if self.costs is None else self.costs.assumed
        cash = self.initial_cash if initial_cash is None else initial_cash
        return self.decided.report(before if costs is None else costs, cash)

    def noting(self, *notes: str) -> Self:
        """The same report with more notes; empty ones are left out."""
        return self.model_copy(update={"notes": [*self.notes, *filter(None, notes)]})

    def to_frame(self) -> pd.DataFrame:
        """Every number of the report.

        Returns
        -------
        pandas.DataFrame
            Index ``measure``, column ``value``.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        parts = (self.results, self.risk_metrics, self.benchmark_comparison, self.costs)
        rows = {
            name: value
            for part in parts
            if part is not None
            for name, value in part
            if isinstance(value, float | int)
        }
        return pd.DataFrame({"value": rows.values()}, index=pd.Index(rows, name="measure"))

    def plot(self) -> LayoutDOM:
        """Equity beside the benchmark, drawdown and weights over the same time.

        Returns
        -------
        bokeh.models.Column
            Three figures that zoom together.
        """
        from workbench.backtest.tear_sheet import figures  # noqa: PLC0415  heavy: bokeh

        return figures(self)

    def tear_sheet(self, path: str | Path | None = None) -> str:
        """The report as one self-contained HTML page.

        Parameters
        ----------
        path : path, optional
            Where to write it as well.

        Returns
        -------
        str
            The page; a notebook shows it.
        """
        from workbench.backtest.tear_sheet import page  # noqa: PLC0415  heavy: bokeh

        return page(self, path)

    def sections(self) -> list[tuple[str, Any]]:
        """The parts of the tear sheet, for a surface that lays them out itself.

        Returns
        -------
        list of (str, content)
            A heading, and words, a Bokeh figure, a DataFrame or a list of these.
        """
        from workbench.backtest.tear_sheet import sections  # noqa: PLC0415  heavy: bokeh

        return sections(self)

    def _scalars(self) -> list[tuple[str, Any]]:
        best = self.benchmark_comparison
        pairs: list[tuple[str, Any]] = [
            ("strategy", self.strategy),
            ("dataset", f"{self.dataset}, {len(self.symbols)} symbols"),
            ("period", f"{self.period.start:%Y-%m-%d} to {self.period.end:%Y-%m-%d}"),
            ("total_return", self.results.total_return),
            ("annualized_return", self.results.annualized_return),
            ("sharpe_ratio", self.results.sharpe_ratio),
            ("max_drawdown", self.results.max_drawdown),
            ("total_trades", self.results.total_trades),
            ("costs", str(self.costs.assumed) if self.costs else "none: trading was free"),
        ]
        if best is not None:
            pairs += [(f"return of {best.benchmark}", best.benchmark_return), ("alpha", best.alpha)]
        if self.claim:
            pairs.append(("claim", self.claim))
        if self.all_trials is not None:
            pairs.append(("all trials", self.all_trials.sentence))
        return pairs

    def __repr__(self) -> str:
        notes = [*self.notes, *(self.verdict.notes if self.verdict else [])]
        return "\n".join([super().__repr__(), *(f"  ! {note}" for note in notes)])

    __str__ = __repr__


class PerformanceReport(Result):
    """How a strategy did over the last days of the data."""

    headline: ClassVar[tuple[str, ...]] = ("strategy", "dataset", "period_days")

    strategy: str
    dataset: str
    period_days: int
    period: Period
    performance_metrics: Performance
    risk_metrics: RiskNumbers
    trade_statistics: TradeStatistics
    benchmark_comparison: BenchmarkComparison | None = None
    trial: int | None = None
    claim: str = ""
    verdict: Verdict | None = None
    all_trials: RelatedTrials | None = None
    notes: list[str] = Field(default_factory=list)

    backtest: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Every number, as `BacktestReport.to_frame`."""
        frame: pd.DataFrame = self.backtest.to_frame()
        return frame

    def plot(self) -> LayoutDOM:
        """As `BacktestReport.plot`."""
        layout: LayoutDOM = self.backtest.plot()
        return layout

    def __repr__(self) -> str:
        shown = ("total_return", "sharpe_ratio", "max_drawdown", "total_trades")
        numbers = [f"  {name:<12}  {getattr(self.performance_metrics, name):.4f}" for name in shown]
        notes = [f"  ! {note}" for note in self.notes]
        claim = [f"  claim         {self.claim}"] if self.claim else []
        return "\n".join([super().__repr__(), *numbers, *claim, *notes])

    __str__ = __repr__
