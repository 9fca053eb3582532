"""What the operations of this room return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BarsReport", "DatasetAdded", "DatasetFacts", "DatasetList"]


class DatasetFacts(BaseModel):
    """One dataset, as its manifest describes it."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    symbols: list[str] = Field(description="The universe: what the bare name means.")
    companions: list[str] = Field(
        description="Benchmarks and factors that come with it, asked for as NAME:SYMBOL."
    )
    aliases: dict[str, str] = Field(description="Further names and what each of them means.")
    start: dt.date = Field(description="First session of the universe.")
    end: dt.date = Field(description="Last session of the universe, included.")
    timeframe: str
    fields: dict[str, str] = Field(description="Column and its unit.")
    calendar: str
    currency: str
    adjust: str = Field(description="How prices account for splits and dividends by default.")
    survivorship: str = Field(description="Which names are missing, and what that does.")
    source: str
    licence: str
    rows: int = Field(description="Bars of all symbols.")


class DatasetList(Result):
    """The datasets that can be asked for by name."""

    repr_has_every_row: ClassVar[bool] = True

    datasets: list[DatasetFacts]
    broken: dict[str, str] = Field(
        default_factory=dict, description="Name and reason of each manifest that cannot be used."
    )

    def to_frame(self) -> pd.DataFrame:
        """One row per dataset.

        Returns
        -------
        pandas.DataFrame
            Index ``name``; columns title, symbols (their count), start, end, timeframe,
            fields, adjust, survivorship, source, licence and rows.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        columns = ["title", "symbols", "start", "end", "timeframe", "fields", "adjust"]
        columns += ["survivorship", "source", "licence", "rows"]
        rows = [one.model_dump(include={"name", *columns}) for one in self.datasets]
        for row in rows:
            row["symbols"] = len(row["symbols"])
            row["fields"] = ", ".join(row["fields"])
        return pd.DataFrame(rows, columns=["name", *columns]).set_index("name")

    def __repr__(self) -> str:
        lines = [f"DatasetList of {len(self.datasets)}"]
        lines += [
            f"  {one.name:<14}{one.timeframe:>4}  {one.start} to {one.end}"
            f"  {len(one.symbols):>4} symbols  {one.title}"
            for one in self.datasets
        ]
        lines += [f"  {name:<14}broken: {reason}" for name, reason in self.broken.items()]
        return "\n".join(lines)

    __str__ = __repr__


class BarsReport(Result):
    """Bars: the newest as records, all of them in memory."""

    headline: ClassVar[tuple[str, ...]] = (
        "name", "timeframe", "start", "end", "bars", "left_out", "adjust", "survivorship",
    )  # fmt: skip

    name: str
    symbols: list[str]
    fields: list[str]
    timeframe: str
    start: dt.datetime = Field(description="First bar, UTC; a session date if daily.")
    end: dt.datetime = Field(description="Last bar, UTC; a session date if daily.")
    bars: int = Field(description="Bars of all symbols in this period.")
    left_out: int = Field(description="Older bars that the records do not show.")
    adjust: str
    survivorship: str
    lake_version: int | None
    guessed: list[str] = Field(description="What was guessed about a frame that was given.")
    records: list[dict[str, str | float | None]] = Field(
        repr=False, description="time, symbol and the fields; null where a field is missing."
    )
    dataset: Any = Field(
        default=None, exclude=True, repr=False, description="All bars, time by symbol."
    )

    def to_frame(self) -> pd.DataFrame:
        """All bars, also those that the records leave out.

        Returns
        -------
        pandas.DataFrame
            Index time and symbol; columns the fields.
        """
        frame: pd.DataFrame = self.dataset[self.fields].reset_coords(drop=True).to_dataframe()
        return frame.dropna(how="all")

    def plot(self) -> Any:
        """The closes, each symbol divided by its first close.

        Returns
        -------
        bokeh.models.UIElement
            A figure.
        """
        from workbench.charts import lines  # noqa: PLC0415  heavy: bokeh

        closes = self.dataset["close"].to_pandas()
        return lines(closes / closes.bfill().iloc[0], title=self.name, level=1)


class DatasetAdded(Result):
    """A dataset of one's own, as it was read."""

    headline: ClassVar[tuple[str, ...]] = ("name", "rows", "start", "end", "timeframe", "manifest")

    name: str
    symbols: list[str]
    fields: list[str]
    start: dt.date
    end: dt.date
    timeframe: str
    rows: int
    guessed: list[str] = Field(description="What was guessed; give the argument to decide it.")
    manifest: str = Field(description="The file of its facts, to be corrected by hand.")
    lake_version: int

    def __repr__(self) -> str:
        lines = [super().__repr__(), *(f"  guessed {sentence}" for sentence in self.guessed)]
        return "\n".join(lines)

    __str__ = __repr__
