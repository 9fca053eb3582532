"""What a hold-out is, and what came of opening it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from pydantic import Field

from workbench.domain import Number, Result
from workbench.errors import NoData
from workbench.validation.trials.results import HoldoutOpening

__all__ = ["HoldoutReport"]


class HoldoutReport(Result):
    """The last bars of a dataset, kept out of every choice."""

    headline: ClassVar[tuple[str, ...]] = (
        "sentence",
        "claim",
        "dataset",
        "choose_until",
        "start",
        "end",
        "bars",
        "looks",
    )

    sentence: str
    claim: str = Field(default="", description="What may be claimed, once it was opened.")
    dataset: str
    symbols: list[str]
    choose_until: dt.date = Field(description="The end date of every backtest that chooses.")
    start: dt.datetime = Field(description="First bar that is kept out.")
    end: dt.datetime = Field(description="Last bar there is.")
    bars: int = Field(description="Bars that are kept out.")
    kept_by: str
    kept_at: dt.datetime
    trials: int = Field(description="Different trials on these symbols up to the first bar.")
    looks: int = Field(description="Trials that saw bars of it, not counting those that opened it.")
    openings: list[HoldoutOpening] = Field(default_factory=list)
    p_value: Number = Field(
        default=float("nan"), description="Of the strategy that was judged on it, as one trial."
    )
    notes: list[str] = Field(default_factory=list)

    backtest: Any = Field(default=None, exclude=True, repr=False)
    """BacktestReport of the hold-out alone; None while it is closed."""

    def plot(self) -> Any:
        """The backtest of the hold-out.

        Returns
        -------
        bokeh layout
            As the backtest plots itself.

        Raises
        ------
        NoData
            If it has not been opened here.
        """
        if self.backtest is None:
            raise NoData("The hold-out is closed", cure="open_holdout judges one strategy on it")
        return self.backtest.plot()

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *(f"  note: {note}" for note in self.notes)])

    __str__ = __repr__
