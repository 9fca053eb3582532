"""What the operations of ticks return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TickReport", "TicksDownloaded"]


class TicksDownloaded(Result):
    """What a download of ticks brought."""

    headline: ClassVar[tuple[str, ...]] = (
        "dataset", "source", "symbol", "kind", "start", "end", "days", "days_asked", "new",
        "revised", "unchanged", "quarantined",
    )  # fmt: skip

    dataset: str
    source: str
    symbol: str
    kind: str
    start: dt.datetime = Field(description="Where the first day begins, UTC.")
    end: dt.datetime = Field(description="Where the last day ends, or up to when it was asked for.")
    days: int = Field(description="Days with a session.")
    days_asked: int = Field(description="Days that were asked for; 0 when all were there.")
    new: int = Field(description="Ticks that were not there.")
    revised: int = Field(description="Ticks with another value than before; both are kept.")
    unchanged: int
    quarantined: int = Field(description="Ticks that cannot be right; list_quarantine shows them.")
    reasons: dict[str, int] = Field(description="Why ticks were quarantined, and how many.")
    lake_version: int | None


class TickReport(Result):
    """Trades or quotes: the first as records, all of them in memory."""

    headline: ClassVar[tuple[str, ...]] = (
        "dataset", "symbol", "kind", "ticks", "first", "last", "left_out",
    )  # fmt: skip

    dataset: str
    symbol: str
    kind: str
    ticks: int
    first: dt.datetime | None = Field(description="Time of the first tick, UTC.")
    last: dt.datetime | None = Field(description="Time of the last tick, UTC.")
    left_out: int = Field(description="Later ticks that the records do not show.")
    records: list[dict[str, str | float | int | None]] = Field(
        repr=False, description="As the columns; time with nanoseconds, UTC; null for missing."
    )
    table: Any = Field(default=None, exclude=True, repr=False, description="All ticks in Arrow.")

    def to_frame(self) -> pd.DataFrame:
        """All ticks, also those that the records leave out.

        Returns
        -------
        pandas.DataFrame
            Index ``time`` in nanoseconds, UTC; the other columns of the table.
        """
        from workbench.data.ticks.reports import tick_frame  # noqa: PLC0415  heavy: pandas

        return tick_frame(self.table)

    def plot(self) -> Any:
        """The prices, or the bid and the ask.

        Returns
        -------
        bokeh.models.UIElement
            A figure.
        """
        from workbench.charts import lines  # noqa: PLC0415  heavy: bokeh

        columns = ["price"] if self.kind == "trades" else ["bid", "ask"]
        return lines(self.to_frame()[columns], title=f"{self.symbol}, {self.dataset}")
