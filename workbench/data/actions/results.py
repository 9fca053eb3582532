"""What the operations on corporate actions return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ActionFacts", "ActionList", "ActionsAdded", "Factor", "FactorsReport"]


NAMES = {"time": "ex_date", "declared_at": "declared", "paid_at": "paid"}
"""Column of `workbench.domain.ACTION_COLUMNS` → what people call it."""


class ActionFacts(BaseModel):
    """One corporate action."""

    model_config = ConfigDict(frozen=True)

    symbol: str
    ex_date: dt.date = Field(description="The first session without the right to it.")
    kind: str = Field(
        description="split, dividend, special_dividend, spin_off, merger, rename or delisting."
    )
    ratio: float | None = Field(description="New shares for one old one.")
    amount: float | None = Field(description="Cash for one share as paid; null where unknown.")
    currency: str | None
    into: str | None = Field(description="The symbol of a rename, merger or spin-off.")
    declared: dt.date | None
    paid: dt.date | None
    known_at: dt.datetime | None = Field(
        description="When it became known, UTC; null where the source does not tell."
    )


class ActionList(Result):
    """Corporate actions, the newest as records."""

    headline: ClassVar[tuple[str, ...]] = ("dataset", "actions", "start", "end", "left_out")

    dataset: str = Field(description="Whose actions, or the vendor that was asked.")
    symbols: list[str]
    actions: int = Field(description="How many there are in this period.")
    start: dt.date | None = Field(description="First ex-date.")
    end: dt.date | None = Field(description="Last ex-date.")
    left_out: int = Field(description="Older actions that the records do not show.")
    rejected: list[str] = Field(
        default_factory=list, description="What the vendor gave that cannot be used, and why."
    )
    records: list[ActionFacts] = Field(repr=False)
    table: Any = Field(default=None, exclude=True, repr=False, description="All, as pyarrow.Table.")

    def to_frame(self) -> pd.DataFrame:
        """All actions, also those that the records leave out.

        Returns
        -------
        pandas.DataFrame
            The columns of the records that hold anything, in order of symbol and ex-date. The
            record date and the source's identifier are in ``.table``.
        """
        frame: pd.DataFrame = self.table.to_pandas().rename(columns=NAMES)
        for name in ("ex_date", "declared", "paid"):
            frame[name] = frame[name].dt.date
        return frame[list(ActionFacts.model_fields)].dropna(axis="columns", how="all")


class ActionsAdded(Result):
    """What became of actions that were brought."""

    headline: ClassVar[tuple[str, ...]] = (
        "dataset", "new", "changed", "unchanged", "start", "end",
    )  # fmt: skip

    dataset: str
    symbols: list[str]
    kinds: dict[str, int] = Field(description="How many of each kind the file has.")
    new: int
    changed: int = Field(description="Of these the old value is kept beside the new one.")
    unchanged: int
    start: dt.date = Field(description="First ex-date.")
    end: dt.date = Field(description="Last ex-date.")
    lake_version: int | None


class Factor(BaseModel):
    """What one action does to the prices before it."""

    model_config = ConfigDict(frozen=True)

    symbol: str
    ex_date: dt.date
    kind: str
    ratio: Number
    amount: Number
    prior_close: Number = Field(description="As traded, on the session before.")
    price_factor: Number = Field(description="Of this action alone.")
    volume_factor: Number = Field(description="Of this action alone.")
    cumulative_factor: Number = Field(description="Of prices just before the ex-date.")
    applied: bool
    reason: str = Field(description="Why it is not applied.")


class FactorsReport(Result):
    """The table of adjustment factors."""

    headline: ClassVar[tuple[str, ...]] = (
        "dataset", "adjust", "dividend_base", "start", "end", "actions", "not_applied", "left_out",
    )  # fmt: skip

    dataset: str
    symbols: list[str]
    adjust: Literal["splits", "all"]
    dividend_base: Literal["prior_close", "ex_close"]
    start: dt.date = Field(description="First bar.")
    end: dt.date = Field(description="Last bar; its factor is 1.")
    actions: int
    not_applied: int = Field(description="Actions that could not be valued; their reason says why.")
    left_out: int = Field(description="Older factors that the records do not show.")
    records: list[Factor] = Field(repr=False)
    table: Any = Field(default=None, exclude=True, repr=False, description="All factors.")
    paths: Any = Field(
        default=None, exclude=True, repr=False, description="Price factor by time and symbol."
    )

    def to_frame(self) -> pd.DataFrame:
        """All factors, also those that the records leave out.

        Returns
        -------
        pandas.DataFrame
            One row for each action, with the columns of the records.
        """
        frame: pd.DataFrame = self.table
        return frame

    def plot(self) -> Any:
        """What prices are multiplied by, over time.

        Returns
        -------
        bokeh.models.UIElement
            A figure.
        """
        from workbench.charts import lines  # noqa: PLC0415  heavy: bokeh

        return lines(self.paths, title=f"Price factor, {self.dataset}", level=1)
