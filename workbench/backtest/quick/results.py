"""What the short questions are answered with."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = [
    "Execution",
    "PastTrades",
    "QuickBacktest",
    "SimulatedTrade",
    "StrategyBenchmark",
    "SystemFigures",
]


class QuickBacktest(Result):
    """What a strategy did over the last days, in six numbers."""

    strategy: str
    symbol: str
    days: int
    bars: int
    total_return: Number
    sharpe_ratio: Number
    max_drawdown: Number
    total_trades: int
    held_return: Number = Field(description="An equal part of each symbol, bought and held.")
    caution: str = Field(description="What the numbers cannot say.")
    backtest: Any = Field(default=None, exclude=True, repr=False)
    """The `BacktestReport` behind it."""

    def plot(self) -> LayoutDOM:
        """As `BacktestReport.plot`."""
        layout: LayoutDOM = self.backtest.plot()
        return layout


class Execution(BaseModel):
    """How an order was filled."""

    model_config = ConfigDict(frozen=True)

    method: str
    time_ms: float
    gpu_used: bool = False


class PastTrades(BaseModel):
    """How the strategy's own trades in this direction ended, after costs."""

    model_config = ConfigDict(frozen=True)

    count: int
    win_rate: Number
    average_return: Number
    worst_return: Number
    best_return: Number
    average_days: Number


class SimulatedTrade(Result):
    """One order at the last bar, filled as a backtest fills it. Nothing was sent anywhere."""

    headline: ClassVar[tuple[str, ...]] = (
        "symbol", "action", "status", "quantity", "execution_price", "total_value", "fee",
        "strategy_wants", "reason",
    )  # fmt: skip

    trade_id: str = Field(description="The same for the same order.")
    strategy: str
    symbol: str
    action: Literal["buy", "sell", "hold"]
    at: dt.datetime = Field(description="The bar on which it is filled, UTC.")
    quantity: float
    execution_price: Number = Field(description="After slippage; null where nothing was filled.")
    total_value: Number
    fee: Number
    execution: Execution
    status: Literal["executed", "cut", "rejected", "nothing_to_do"]
    strategy_wants: Number = Field(
        description="The fraction of the account that the strategy holds in the symbol by then."
    )
    agrees: bool = Field(description="Whether the strategy would trade in this direction.")
    reason: str
    past_trades: PastTrades | None = None
    notes: list[str] = Field(default_factory=list)


class SystemFigures(BaseModel):
    """How fast this machine trades this strategy; measured now, never stored."""

    model_config = ConfigDict(frozen=True)

    bars: int
    symbols: int
    targets_seconds: float = Field(description="To compute what the strategy wants to hold.")
    engine_seconds: float = Field(description="To carry it out.")
    bars_per_second: float = Field(description="Bars × symbols through the engine.")
    speedup_factor: Number | None = Field(
        default=None, description="Of a GPU over the CPU; null, the engines have no GPU form."
    )
    memory_mb: Number = Field(description="Largest resident size of this process so far.")
    cores: int


class StrategyBenchmark(Result):
    """A strategy beside what needs no idea, or how fast this machine trades it."""

    headline: ClassVar[tuple[str, ...]] = ("strategy", "symbol", "benchmark_type", "sentence")

    strategy: str
    symbol: str
    benchmark_type: Literal["performance", "system"]
    sentence: str
    strategy_performance: dict[str, Number] = Field(default_factory=dict)
    benchmark_comparisons: dict[str, dict[str, Number]] = Field(default_factory=dict)
    system_performance: SystemFigures | None = None
    strategy_capability: dict[str, Any] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    equity: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """One row for the strategy and each benchmark; or one row a figure of the machine."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        if self.system_performance is not None:
            rows = self.system_performance.model_dump()
            return pd.DataFrame({"value": rows.values()}, index=pd.Index(rows, name="figure"))
        rows = {self.strategy: self.strategy_performance, **self.benchmark_comparisons}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("held")

    def plot(self) -> LayoutDOM:
        """The equity of the strategy and of each benchmark.

        Returns
        -------
        bokeh.plotting.figure
            One line each.

        Raises
        ------
        NoData
            If the machine was measured, which has no equity.
        """
        from workbench.charts import equity_curve  # noqa: PLC0415  heavy: bokeh
        from workbench.errors import NoData  # noqa: PLC0415

        if self.equity is None:
            raise NoData("The figures of a machine have no picture", cure="Look at to_frame()")
        made: LayoutDOM = equity_curve(self.equity, title=f"On {self.symbol}", log=True)
        return made

    def __repr__(self) -> str:
        notes = [f"  ! {note}" for note in self.notes]
        table = self.to_frame().to_string(float_format="{:,.3f}".format)
        return "\n".join([self.sentence, table, *notes])

    __str__ = __repr__
