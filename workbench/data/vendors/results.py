"""What the operations of vendors return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from workbench.domain import Result
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VendorData", "VendorDataKind"]

VendorDataKind = Literal[
    "bars", "trades", "quotes", "snapshot", "splits", "dividends", "financials", "ticker",
    "options", "status",
]  # fmt: skip

DRAWN = {"bars": ["close"], "trades": ["price"], "quotes": ["bid", "ask"]}
SHOWN = 12


class VendorData(Result):
    """The first rows of what a vendor answered."""

    headline: ClassVar[tuple[str, ...]] = ("source", "symbol", "kind", "rows", "has_more")

    source: str
    symbol: str
    kind: VendorDataKind
    columns: list[str]
    rows: int = Field(description="Rows that were sent.")
    has_more: bool = Field(description="Whether the vendor has more; it was not asked for them.")
    records: list[dict[str, Any]] = Field(
        repr=False, description="Column and value; null for missing, times in UTC."
    )
    notes: list[str] = Field(default_factory=list)
    table: Any = Field(default=None, exclude=True, repr=False, description="The rows in Arrow.")

    def to_frame(self) -> pd.DataFrame:
        """The rows that were sent.

        Returns
        -------
        pandas.DataFrame
            Index ``time`` where there is one; the other columns of the table.
        """
        frame: pd.DataFrame = self.table.to_pandas()
        return frame.set_index("time") if "time" in frame else frame

    def plot(self) -> Any:
        """Bars, trades or quotes over time.

        Returns
        -------
        bokeh.models.UIElement
            A figure.

        Raises
        ------
        InvalidInput
            If it is another kind.
        """
        from workbench.charts import lines  # noqa: PLC0415  heavy: bokeh

        if self.kind not in DRAWN:
            raise InvalidInput("There is nothing to draw", seen=self.kind, cure="Use to_frame()")
        return lines(self.to_frame()[DRAWN[self.kind]], title=f"{self.symbol}, {self.source}")

    def __repr__(self) -> str:
        return f"{super().__repr__()}\n{self.to_frame().head(SHOWN).to_string()}"

    __str__ = __repr__
