"""What the operation on futures returns."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ContinuousReport", "RollFacts"]


class RollFacts(BaseModel):
    """One roll from a contract to the next."""

    model_config = ConfigDict(frozen=True)

    date: dt.datetime = Field(description="The bar at whose close it was carried out.")
    old: str = Field(description="The contract that was left.")
    new: str = Field(description="The contract that was entered.")
    gap: Number = Field(description="Close of the new less close of the old contract.")
    ratio: Number = Field(description="Close of the new over close of the old contract.")
    rule: str = Field(description="What decided; expiry where the rule had not spoken in time.")
    decided: dt.datetime = Field(description="The bar after whose close it was decided.")


class ContinuousReport(Result):
    """A continuous future: the rolls, the newest bars as records, all of them in memory."""

    headline: ClassVar[tuple[str, ...]] = (
        "name", "contract", "start", "end", "bars", "roll", "adjust", "anchored_at",
    )  # fmt: skip

    name: str
    contracts: list[str] = Field(description="The contracts that were held, in order.")
    contract: str = Field(description="The contract held last.")
    start: dt.datetime = Field(description="First bar, UTC; a session date if daily.")
    end: dt.datetime = Field(description="Last bar, UTC; a session date if daily.")
    bars: int
    left_out: int = Field(description="Older bars that the records do not show.")
    roll: str = Field(description="What decides on a roll.")
    adjust: str = Field(description="How the prices of the contracts are joined.")
    anchored_at: str = Field(
        description="The contract whose prices are as traded, and whether later rolls change the"
        " past; empty when nothing is adjusted."
    )
    rolls: list[RollFacts] = Field(repr=False)
    records: list[dict[str, str | float | None]] = Field(
        repr=False, description="time, contract and the adjusted fields; null where missing."
    )
    series: Any = Field(
        default=None, exclude=True, repr=False, description="All bars and the roll table."
    )
    raw: Any = Field(
        default=None, exclude=True, repr=False, description="The closes as traded, over time."
    )

    def to_frame(self) -> pd.DataFrame:
        """The roll table.

        Returns
        -------
        pandas.DataFrame
            One row per roll: date, from, to, gap, ratio, rule, decided.
        """
        rolls: pd.DataFrame = self.series.rolls
        return rolls

    def plot(self) -> Any:
        """The adjusted closes over those as traded, with a mark at each roll.

        Returns
        -------
        bokeh.models.UIElement
            A figure.
        """
        from workbench.charts import spliced_prices  # noqa: PLC0415  heavy: bokeh

        adjusted = self.series.bars["close"].isel(symbol=0).to_pandas()
        prices = self.raw.to_frame("as traded").assign(adjusted=adjusted)
        return spliced_prices(prices, self.series.rolls, title=self.name)
