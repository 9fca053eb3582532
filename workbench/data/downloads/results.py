"""What the operations of downloads return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DownloadReport"]


class DownloadReport(Result):
    """What a download brought, or would ask for."""

    repr_has_every_row: ClassVar[bool] = True

    headline: ClassVar[tuple[str, ...]] = (
        "dataset", "source", "timeframe", "start", "end", "pieces", "expected", "new", "revised",
        "unchanged", "quarantined", "actions",
    )  # fmt: skip

    dataset: str
    source: str
    timeframe: str
    symbols: list[str] = Field(description="What was asked for.")
    start: dt.datetime = Field(description="First bar that was asked for, UTC.")
    end: dt.datetime = Field(description="Where the bars begin that are not complete yet, UTC.")
    dry_run: bool
    pieces: int = Field(description="Questions to the vendor; 0 when everything was there.")
    expected: int = Field(description="About how many bars they were to bring.")
    new: int = Field(description="Bars that were not there.")
    revised: int = Field(description="Bars with another value than before; both are kept.")
    unchanged: int
    quarantined: int = Field(description="Rows that cannot be right; list_quarantine shows them.")
    actions: int = Field(description="New or changed corporate actions.")
    reasons: dict[str, int] = Field(description="Why rows were quarantined, and how many.")
    failed: dict[str, str] = Field(description="Symbol and why it could not be had.")
    lake_version: int | None

    def to_frame(self) -> pd.DataFrame:
        """One row per symbol that was asked for.

        Returns
        -------
        pandas.DataFrame
            Index ``symbol``; column ``problem``, empty where there is none.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        problems = [self.failed.get(symbol, "") for symbol in self.symbols]
        return pd.DataFrame({"problem": problems}, index=pd.Index(self.symbols, name="symbol"))

    def __repr__(self) -> str:
        lines = [super().__repr__()]
        lines += [f"  quarantined {count}: {reason}" for reason, count in self.reasons.items()]
        lines += [f"  {symbol}: {problem}" for symbol, problem in self.failed.items()]
        return "\n".join(lines)

    __str__ = __repr__
