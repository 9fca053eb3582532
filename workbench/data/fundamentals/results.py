"""What the operations on fundamentals and macroeconomic series return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["FactsAdded", "FundamentalsReport", "MacroAdded", "MacroReport"]

Record = dict[str, str | float | None]


class FactsAdded(Result):
    """Facts that were brought into the lake."""

    headline: ClassVar[tuple[str, ...]] = ("dataset", "new", "changed", "unchanged", "known")

    dataset: str
    symbols: list[str]
    items: list[str]
    new: int = Field(description="Statements that were not there.")
    changed: int = Field(description="Statements whose value the source has changed since.")
    unchanged: int = Field(description="Statements that were there.")
    first: dt.date | None = Field(description="End of the earliest period.")
    last: dt.date | None = Field(description="End of the latest period.")
    known: str = Field(description="From when the facts count as known.")
    lake_version: int | None


class FundamentalsReport(Result):
    """Figures of companies, each with the moment from which it was known."""

    headline: ClassVar[tuple[str, ...]] = ("span", "as_of", "count", "left_out")

    symbols: list[str]
    items: list[str]
    span: str = Field(description="quarter, year or ttm; a balance is the latest one.")
    as_of: dt.datetime | None = Field(description="Nothing that became known later, UTC.")
    count: int = Field(description="Times that a figure changed.")
    left_out: int = Field(description="Older figures that the records do not show.")
    records: list[Record] = Field(
        repr=False, description="symbol, item, period_end, value, unit and known_at (UTC)."
    )
    figures: Any = Field(
        default=None, exclude=True, repr=False, description="All figures, as a table."
    )
    facts: Any = Field(
        default=None, exclude=True, repr=False, description="The statements behind them."
    )

    def to_frame(self) -> pd.DataFrame:
        """All figures, also those that the records leave out.

        Returns
        -------
        pandas.DataFrame
            A row whenever a figure changed: symbol, item, period_end, value, unit, known_at.
        """
        frame: pd.DataFrame = self.figures.rename(columns={"time": "period_end"})
        return frame

    def beside(self, bars: xr.Dataset, *, max_age_days: int | None = 548) -> xr.Dataset:
        """The figures that were known at each bar.

        Parameters
        ----------
        bars : xarray.Dataset
            Bars, as `load_bars` gives them.
        max_age_days : int, optional
            How long after the end of its period a figure counts; None takes any.

        Returns
        -------
        xarray.Dataset
            Dims (time, symbol), one variable for each item; NaN where nothing was known.
        """
        from workbench.data.fundamentals.joining import facts_asof  # noqa: PLC0415  heavy: xarray

        return facts_asof(
            self.facts,
            self.items,
            bars,
            span=self.span,
            as_of=self.as_of,
            max_age_days=max_age_days,
        )

    def plot(self) -> Any:
        """Each item as it was known through time, a line for each symbol.

        Returns
        -------
        bokeh.models.UIElement
            A figure for each item, one above the other.
        """
        from workbench.charts import lines, stacked  # noqa: PLC0415  heavy: bokeh

        drawn = []
        for item, one in self.figures.groupby("item", sort=False):
            wide = one.pivot_table(index="known_at", columns="symbol", values="value").ffill()
            drawn.append(lines(wide, title=str(item), y_label=one["unit"].iloc[0]))
        return stacked(*drawn)


class MacroAdded(Result):
    """Series that were brought into the lake."""

    headline: ClassVar[tuple[str, ...]] = ("name", "new", "revised", "unchanged", "known")

    name: str
    series: list[str]
    new: int = Field(description="Figures of periods that were not there.")
    revised: int = Field(description="Figures that differ from what was known for their period.")
    unchanged: int = Field(description="Figures that were there.")
    first: dt.date = Field(description="The earliest period.")
    last: dt.date = Field(description="The latest period.")
    known: str = Field(description="From when the figures count as known.")
    lake_version: int | None


class MacroReport(Result):
    """Macroeconomic series as they were known at a moment."""

    headline: ClassVar[tuple[str, ...]] = ("series", "start", "end", "as_of", "count", "left_out")

    series: list[str]
    as_of: dt.datetime | None = Field(description="Nothing that became known later, UTC.")
    start: dt.date = Field(description="The earliest period.")
    end: dt.date = Field(description="The latest period.")
    count: int = Field(description="Figures of all series.")
    left_out: int = Field(description="Older figures that the records do not show.")
    records: list[Record] = Field(
        repr=False, description="series, time (the period), value, unit and known_at (UTC)."
    )
    figures: Any = Field(
        default=None, exclude=True, repr=False, description="One figure for each period."
    )
    vintages: Any = Field(
        default=None, exclude=True, repr=False, description="Every figure ever published."
    )

    def to_frame(self) -> pd.DataFrame:
        """The series side by side, as they were known.

        Returns
        -------
        pandas.DataFrame
            Index time, one column for each series; NaN where a series has no figure.
        """
        frame: pd.DataFrame = self.figures.pivot_table(
            index="time", columns="symbol", values="value"
        )
        return frame[self.series].rename_axis(columns=None)

    def beside(self, bars: xr.Dataset, *, max_age_days: int | None = None) -> xr.Dataset:
        """The newest figure that was known at each bar.

        Parameters
        ----------
        bars : xarray.Dataset
            Bars, as `load_bars` gives them.
        max_age_days : int, optional
            How long after the stamp of its period a figure counts; None takes any.

        Returns
        -------
        xarray.Dataset
            Dim time, one variable for each series; NaN where nothing was known.
        """
        from workbench.data.fundamentals.macro import macro_asof  # noqa: PLC0415  heavy: xarray

        return macro_asof(self.vintages, self.series, bars, max_age_days=max_age_days)

    def plot(self) -> Any:
        """Each series over its periods.

        Returns
        -------
        bokeh.models.UIElement
            A figure for each series, one above the other.
        """
        from workbench.charts import lines, stacked  # noqa: PLC0415  heavy: bokeh

        frame = self.to_frame()
        return stacked(*(lines(frame[[name]].dropna(), title=name) for name in self.series))
