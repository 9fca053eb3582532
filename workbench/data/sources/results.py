"""What the operations of sources return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SyntheticBars", "SyntheticTruth"]


class SyntheticTruth(BaseModel):
    """What is true of one drawn series."""

    model_config = ConfigDict(frozen=True)

    symbol: str
    holding_sharpe: Number = Field(description="Of a year, of who holds all the time.")
    attainable_sharpe: Number = Field(
        description="Of a year, without costs: the best of who knows the process. Of a pair, with"
        " both legs."
    )
    attainable_r2: Number = Field(description="Share of the variance of returns that is foreseen.")


class SyntheticBars(Result):
    """Drawn bars: the newest as records, all of them and their truth in memory."""

    headline: ClassVar[tuple[str, ...]] = ("process", "seed", "start", "end", "bars", "left_out")

    process: str
    parameters: dict[str, float] = Field(description="The numbers of the process.")
    seed: int
    symbols: list[str]
    start: dt.date = Field(description="First session.")
    end: dt.date = Field(description="Last session.")
    bars: int = Field(description="Bars of all symbols.")
    left_out: int = Field(description="Older bars that the records do not show.")
    state: str = Field(description="What the column `state` of the truth means.")
    truth: list[SyntheticTruth] = Field(description="What can be attained, by symbol.")
    records: list[dict[str, str | float | None]] = Field(
        repr=False,
        description="time, symbol, the bar, and what was known at the close before:"
        " expected_return, volatility (of a year) and state.",
    )
    dataset: Any = Field(
        default=None, exclude=True, repr=False, description="All bars, time by symbol."
    )
    series: Any = Field(
        default=None, exclude=True, repr=False, description="The truth of every session."
    )

    def to_frame(self) -> pd.DataFrame:
        """All bars beside their truth.

        Returns
        -------
        pandas.DataFrame
            Index time and symbol; columns open, high, low, close, volume, expected_return,
            volatility and state.
        """
        frame: pd.DataFrame = self.dataset.reset_coords(drop=True).to_dataframe()
        return frame.join(self.series)

    def plot(self) -> Any:
        """Each close over the first, and below them the volatility that was true.

        Returns
        -------
        bokeh.models.UIElement
            Two figures, one above the other.
        """
        from workbench.charts import lines, stacked  # noqa: PLC0415  heavy: bokeh

        closes = self.dataset["close"].to_pandas()
        volatility = self.series["volatility"].to_xarray().to_pandas()[self.symbols]
        return stacked(
            lines(closes / closes.iloc[0], title=f"{self.process}: closes", level=1),
            lines(volatility, title="True volatility, for a year"),
        )

    def __repr__(self) -> str:
        lines = [super().__repr__()]
        lines += [
            f"  {one.symbol:<18}Sharpe {one.holding_sharpe:.2f} held,"
            f" {one.attainable_sharpe:.2f} attainable, R² {one.attainable_r2:.4f}"
            for one in self.truth[:10]
        ]
        return "\n".join(lines)

    __str__ = __repr__
