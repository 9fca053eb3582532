"""What the operations on universes return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Spell", "UniverseReport"]


class Spell(BaseModel):
    """From the entry of a member to its exit."""

    model_config = ConfigDict(frozen=True)

    symbol: str
    instrument: str = Field(description="What survives a change of symbol.")
    entry: dt.date = Field(description="First session as a member.")
    exit: dt.date | None = Field(description="First session no longer a member; null: still one.")
    leaves_by: str | None = Field(description="rule, delisting or merger.")
    delisting_return: Number | None = Field(
        description="What a holder received over the last close, less 1; null where unknown."
    )


class UniverseReport(Result):
    """A universe: its members on a day, and who came and went."""

    headline: ClassVar[tuple[str, ...]] = (
        "name", "rule", "of", "start", "end", "on", "count", "members", "ever",
        "yearly_turnover", "survivorship",
    )  # fmt: skip

    name: str
    title: str
    of: str = Field(description="The dataset of its bars.")
    rule: str = Field(description="How members are chosen; empty when a file lists them.")
    start: dt.date = Field(description="First session of its mask.")
    end: dt.date = Field(description="Last session of its mask.")
    on: dt.date = Field(description="The session of `members`.")
    members: list[str] = Field(description="Symbols that belong to it on this day.")
    count: int = Field(description="How many these are.")
    ever: int = Field(description="Symbols that have ever belonged to it.")
    yearly_turnover: Number = Field(
        description="Members that leave in a year, as a fraction of the usual count."
    )
    survivorship: str = Field(description="Which names are missing, and what that does.")
    left_out: int = Field(description="Spells with an older entry that are not sent.")
    spells: list[Spell] = Field(repr=False, description="Entries and exits, the newest last.")
    membership: Any = Field(
        default=None, exclude=True, repr=False, description="Mask and spells, all of them."
    )

    def to_frame(self) -> pd.DataFrame:
        """Every spell, also those that are not sent.

        Returns
        -------
        pandas.DataFrame
            One row for each; columns symbol, instrument, entry, exit, leaves_by and
            delisting_return.
        """
        frame: pd.DataFrame = self.membership.table.to_pandas()
        frame = frame.rename(columns={"time": "entry", "until": "exit"})
        return frame[["symbol", "instrument", "entry", "exit", "leaves_by", "delisting_return"]]

    def plot(self) -> Any:
        """The count of members, and the share of them that was replaced within a year.

        Returns
        -------
        bokeh.models.UIElement
            Two figures, one above the other.
        """
        from workbench.charts import lines, stacked  # noqa: PLC0415  heavy: bokeh

        counts = self.membership.counts()
        share = counts["exits"].rolling(252).sum() / counts["members"].rolling(252).mean()
        figures = [lines(counts[["members"]], title=f"{self.name}: members", number_format="0")]
        if share.notna().any():
            replaced = share.rename("replaced within a year").to_frame()
            figures.append(lines(replaced, title="Turnover", number_format="0%"))
        return stacked(*figures)
