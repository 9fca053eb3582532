"""What the operations of SQL return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["QueryResult"]


class QueryResult(Result):
    """The first rows that a query answers with."""

    headline: ClassVar[tuple[str, ...]] = ("rows", "has_more")

    sql: str = Field(repr=False)
    columns: dict[str, str] = Field(description="Column and its type in SQL.")
    rows: int = Field(description="Rows that were sent.")
    has_more: bool = Field(description="Whether the query has more rows than were asked for.")
    records: list[dict[str, Any]] = Field(
        repr=False, description="Column and value; null for missing and NaN, times in UTC."
    )
    table: Any = Field(default=None, exclude=True, repr=False, description="The rows in Arrow.")

    def to_frame(self) -> pd.DataFrame:
        """The rows that were sent.

        Returns
        -------
        pandas.DataFrame
            Columns those of the query.
        """
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def __repr__(self) -> str:
        more = " and more" if self.has_more else ""
        return f"{type(self).__name__} of {self.rows:,} rows{more}"

    __str__ = __repr__
