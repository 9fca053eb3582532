"""What the operations on instruments return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AliasFacts", "InstrumentFacts", "InstrumentList", "InstrumentsAdded"]

UNKNOWN = "unknown"
MOST_SHOWN = 5


class AliasFacts(BaseModel):
    """What a vendor calls an instrument, and when."""

    model_config = ConfigDict(frozen=True)

    vendor: str = Field(description="The vendor; symbol is the workbench itself.")
    alias: str
    valid_from: dt.date | None = Field(description="First day of validity; null is open.")
    valid_until: dt.date | None = Field(description="First day without it; null is open.")


class InstrumentFacts(BaseModel):
    """One instrument; null is unknown."""

    model_config = ConfigDict(frozen=True)

    symbol: str = Field(description="The workbench's symbol of it.")
    instrument: str = Field(description="The identifier that survives a change of symbol.")
    name: str | None = None
    asset_class: str = UNKNOWN
    venue: str | None = Field(default=None, description="Market identifier code.")
    currency: str | None = None
    tick: float | None = Field(default=None, description="Smallest step of its price.")
    lot: float | None = Field(default=None, description="Smallest quantity.")
    multiplier: float | None = Field(default=None, description="Units of the underlying in one.")
    listed: dt.date | None = None
    delisted: dt.date | None = None
    underlying: str | None = None
    expires: dt.date | None = None
    figi: str | None = None
    cik: str | None = None
    matched: str = Field(description="What of it fits the query.")
    aliases: list[AliasFacts] = Field(description="What it is and was called, by whom.")
    datasets: list[str] = Field(description="Datasets that have bars of it.")


class InstrumentList(Result):
    """The instruments that fit a query, the closest first."""

    repr_has_every_row: ClassVar[bool] = True

    query: str
    found: int = Field(description="How many fit, also those that are left out.")
    instruments: list[InstrumentFacts]

    def to_frame(self) -> pd.DataFrame:
        """One row per instrument.

        Returns
        -------
        pandas.DataFrame
            Index ``symbol``; the facts, texts that are not known as ``unknown``, numbers as NaN
            and dates as NaT; ``aliases`` and ``datasets`` as text.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [one.model_dump() for one in self.instruments]
        for row in rows:
            row["aliases"] = ", ".join(f"{one['vendor']}:{one['alias']}" for one in row["aliases"])
            row["datasets"] = ", ".join(row["datasets"])
        frame = pd.DataFrame(rows, columns=list(InstrumentFacts.model_fields)).set_index("symbol")
        numbers, dates = ["tick", "lot", "multiplier"], ["listed", "delisted", "expires"]
        frame[numbers] = frame[numbers].astype(float)
        frame[dates] = frame[dates].apply(pd.to_datetime)
        texts = frame.columns.difference([*numbers, *dates], sort=False)
        return frame.fillna(dict.fromkeys(texts, UNKNOWN))

    def __repr__(self) -> str:
        left_out = self.found - len(self.instruments)
        lines = [f"InstrumentList of {self.found} for {self.query!r}"]
        if self.found == 1:
            (only,) = self.to_frame().reset_index().astype(object).to_dict("records")
            return "\n".join([*lines, *(f"  {key:<13}{_said(only[key])}" for key in only)])
        for one in self.instruments:
            facts = (one.asset_class, one.venue or UNKNOWN, one.currency or UNKNOWN)
            listed = f"{one.listed or '…'} to {one.delisted or '…'}"
            lines.append(f"  {one.symbol:<12}{' '.join(facts):<24}{listed}  {one.name or UNKNOWN}")
            if not one.matched.startswith(("symbol ", "name ")):
                lines.append(f"  {'':<12}by {one.matched}")
        return "\n".join([*lines, f"  … and {left_out} more"] if left_out else lines)

    __str__ = __repr__


def _said(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  NaN and NaT
        return UNKNOWN
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value) or "none"


class InstrumentsAdded(Result):
    """What a file or a vendor told about instruments."""

    headline: ClassVar[tuple[str, ...]] = ("kind", "dataset", "new", "revised", "unchanged")

    kind: str = Field(description="instruments or aliases.")
    dataset: str
    new: int = Field(description="Rows that were not there.")
    revised: int = Field(description="Rows that say something else than before.")
    unchanged: int = Field(description="Rows that were known.")
    lake_version: int | None
    left_out: list[str] = Field(
        default_factory=list, description="What could not be used, and why, as sentences."
    )

    def __repr__(self) -> str:
        shown = [f"  left out {sentence}" for sentence in self.left_out[:MOST_SHOWN]]
        more = len(self.left_out) - MOST_SHOWN
        return "\n".join(
            [super().__repr__(), *shown, *([f"  … and {more} more"] if more > 0 else [])]
        )

    __str__ = __repr__
