"""What the operations of technicals return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result
from workbench.features.results import Rule

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MarketAnalysis", "PriceLevel", "TrendLabel"]

TrendLabel = Literal["bullish", "bearish", "unclear"]


class PriceLevel(BaseModel):
    """A price near which a market has turned."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["support", "resistance"]
    price: float = Field(description="The mean of the turning points.")
    touches: int = Field(description="Turning points.")
    first: dt.datetime = Field(description="The bar of the first turning point, UTC.")
    last: dt.datetime = Field(description="The bar of the last turning point, UTC.")
    distance: float = Field(description="From the price to the level, as a fraction of the price.")


class MarketAnalysis(Result):
    """Price, volume, trend, and the levels nearest to the price."""

    headline: ClassVar[tuple[str, ...]] = (
        "price", "volume", "average_volume", "trend", "annual_slope", "t_statistic", "r_squared",
    )  # fmt: skip

    symbol: str
    at: dt.datetime = Field(description="The last bar, or when the vendor's price is of, UTC.")
    source: str = Field(description="The dataset or the vendor.")
    price: float = Field(description="Last close as the dataset adjusts it, or the last trade.")
    volume: Number | None = Field(description="Of the last session; null where there is none.")
    average_volume: Number | None = Field(description="Mean of the sessions that were looked at.")
    trend: TrendLabel
    slope: Number = Field(description="Log return of a session along the fitted line.")
    annual_slope: Number = Field(description="The simple return of 252 sessions along it.")
    t_statistic: Number = Field(description="Slope over its standard error in a random walk.")
    r_squared: Number
    sessions: int = Field(description="Bars that were looked at.")
    support_levels: list[float] = Field(description="Below the price, the nearest first.")
    resistance_levels: list[float] = Field(description="Above the price, the nearest first.")
    levels: list[PriceLevel] = Field(repr=False, description="The same with their touches.")
    level_width: float = Field(description="Turns so close together are one level.")
    rules: dict[str, Rule] = Field(repr=False)
    notes: list[str] = Field(default_factory=list, repr=False)
    history: Any = Field(default=None, exclude=True, repr=False)
    """pandas.DataFrame, index time: close and the fitted line."""

    def to_frame(self) -> pd.DataFrame:
        """The levels, the highest first.

        Returns
        -------
        pandas.DataFrame
            Index ``price``; columns kind, touches, first, last and distance.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        columns = list(PriceLevel.model_fields)
        frame = pd.DataFrame([one.model_dump() for one in self.levels], columns=columns)
        return frame.set_index("price").sort_index(ascending=False)

    def plot(self) -> Any:
        """The closes with the fitted line, and each level from its first turn on.

        Returns
        -------
        bokeh.models.UIElement
            A figure.
        """
        from workbench.charts import lines  # noqa: PLC0415  heavy: bokeh

        drawn = self.history.copy()
        for level in self.levels:
            drawn[f"{level.kind} {level.price:,.2f}"] = level.price
            drawn.loc[drawn.index < level.first, drawn.columns[-1]] = float("nan")
        return lines(drawn, title=f"{self.symbol} until {self.at:%Y-%m-%d}, {self.trend}")

    def __repr__(self) -> str:
        lines = [f"{self.symbol} at {self.at:%Y-%m-%d %H:%M} ({self.source})", super().__repr__()]
        lines += [
            f"  {one.kind:<10} {one.price:,.2f}  {one.distance:+.1%}  {one.touches} touches"
            for one in sorted(self.levels, key=lambda one: -one.price)
        ]
        return "\n".join(lines)

    __str__ = __repr__
