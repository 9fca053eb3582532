"""What the operations of upkeep return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CommitFacts", "LakeHistory", "LakeReport", "TableFacts"]


class CommitFacts(BaseModel):
    """One change of a table."""

    model_config = ConfigDict(frozen=True)

    table: str
    version: int
    at: dt.datetime
    action: str
    rows_added: int | None
    files_added: int | None
    files_removed: int | None


class LakeHistory(Result):
    """What was done to the tables of the lake, the newest first."""

    repr_has_every_row: ClassVar[bool] = True

    commits: list[CommitFacts]

    def to_frame(self) -> pd.DataFrame:
        """One row per commit.

        Returns
        -------
        pandas.DataFrame
            Columns of `CommitFacts`.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        columns = list(CommitFacts.model_fields)
        return pd.DataFrame([one.model_dump() for one in self.commits], columns=columns)

    def __repr__(self) -> str:
        lines = [f"LakeHistory of {len(self.commits)} commits"]
        lines += [
            f"  {one.table:<14}{one.version:>5}  {one.at:%Y-%m-%d %H:%M:%S}  {one.action:<10}"
            f"{'' if one.rows_added is None else f'{one.rows_added:>12,} rows'}"
            for one in self.commits
        ]
        return "\n".join(lines)

    __str__ = __repr__


class TableFacts(BaseModel):
    """What an upkeep did to one table, or found in it."""

    model_config = ConfigDict(frozen=True)

    table: str
    version: int
    done: str = Field(description="What was done, in words.")
    problems: list[str] = Field(default_factory=list)


class LakeReport(Result):
    """What an upkeep did to the lake, or found in it."""

    repr_has_every_row: ClassVar[bool] = True

    tables: list[TableFacts]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(one.problems for one in self.tables)

    def to_frame(self) -> pd.DataFrame:
        """One row per table.

        Returns
        -------
        pandas.DataFrame
            Index ``table``; columns version, done and problems.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [one.model_dump() for one in self.tables]
        columns = list(TableFacts.model_fields)
        return pd.DataFrame(rows, columns=columns).set_index("table")

    def __repr__(self) -> str:
        lines = [f"LakeReport of {len(self.tables)} tables"]
        for one in self.tables:
            lines.append(f"  {one.table:<14}{one.version:>5}  {one.done}")
            lines += [f"    {problem}" for problem in one.problems]
        return "\n".join(lines)

    __str__ = __repr__
