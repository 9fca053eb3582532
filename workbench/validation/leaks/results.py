"""What a leak check returns."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result
from workbench.validation.leaks.kinds import DATA_KINDS, LeakKind, LeakVerdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LeakCheck", "LeakFinding", "LeakReport"]

_COLUMNS = ("kind", "where", "output", "moved_by", "offset", "column", "evidence")


class LeakFinding(BaseModel):
    """One leak, with the first bar and the column that show it."""

    model_config = ConfigDict(frozen=True)

    kind: LeakKind
    probably: bool = Field(
        default=False, description="The kind is read from which bars matter; the leak is certain."
    )
    others: list[LeakKind] = Field(
        default_factory=list, description="Kinds that look alike: it may be one of these."
    )
    where: dt.datetime | None = Field(
        default=None, description="The first bar whose value knows too much: naive UTC, or a date."
    )
    bar: int | None = Field(default=None, description="Its number, from 0.")
    output: str = Field(default="", description="The column of the output.")
    moved_by: dt.datetime | None = Field(
        default=None, description="The nearest later row of the data that moves it."
    )
    offset: int | None = Field(default=None, description="How many bars later that is known.")
    table: str = Field(default="", description="Where that row stands: bars, or another table.")
    column: str = Field(default="", description="The column of the data that moves it.")
    evidence: str = Field(default="", description="What was changed and what came of it.")
    cure: str = ""

    def sentence(self) -> str:
        """The finding in one line."""
        kind = f"{'probably ' if self.probably else ''}{self.kind}"
        others = "".join(f" or {one}" for one in self.others)
        return f"{kind}{others}: {self.evidence}"


class LeakCheck(BaseModel):
    """What one check says."""

    model_config = ConfigDict(frozen=True)

    name: str
    verdict: LeakVerdict
    why: str
    needs: str = Field(default="", description="What would be needed to tell.")


class LeakReport(Result):
    """Whether a function, or the data it is asked about, knows what nobody knew yet."""

    subject: str
    dataset: str
    start: dt.datetime | None = Field(default=None, description="First bar.")
    end: dt.datetime | None = Field(default=None, description="Last bar.")
    bars: int
    cuts: int = Field(description="Bars after which the future was changed.")
    calls: int = Field(description="How often the function was called.")
    seed: int
    tolerance: Number = Field(description="Relative; smaller differences are rounding.")
    verdict: LeakVerdict = Field(description="Of the function and the data together.")
    function: LeakVerdict = Field(description="Of the function alone.")
    data: LeakVerdict = Field(description="Of the data alone.")
    findings: list[LeakFinding]
    checks: list[LeakCheck]
    notes: list[str] = Field(default_factory=list)

    dependence: Any = Field(
        default=None,
        exclude=True,
        repr=False,
        description="What was moved by what: input bar × output bar, 1 where it moved.",
    )

    @property
    def kinds(self) -> list[LeakKind]:
        """The kinds found, in order."""
        return [one.kind for one in self.findings]

    def to_frame(self) -> pd.DataFrame:
        """The findings as a table.

        Returns
        -------
        pandas.DataFrame
            One row for each finding: kind, where, output, moved_by, offset, column, evidence.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [{name: getattr(one, name) for name in _COLUMNS} for one in self.findings]
        return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"kind": str})

    def plot(self) -> Any:
        """Which bars of the data move which bars of the output.

        Returns
        -------
        bokeh.plotting.figure
            Above the diagonal lies what should not be there.

        Raises
        ------
        NoData
            If the function does not leak: no map was made.
        """
        from workbench.validation.leaks.drawing import drawn  # noqa: PLC0415  heavy: bokeh

        return drawn(self)

    def __repr__(self) -> str:
        span = f", {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}" if self.start and self.end else ""
        lines = [
            f"LeakReport of {self.subject} on {self.dataset}: {self.verdict}",
            f"  {self.bars:,} bars{span}; {self.cuts} cuts, {self.calls} calls, seed {self.seed}",
        ]
        lines += [f"  ✗ {one.sentence()}" for one in self.findings]
        marks = {"leak": "✗", "clean": "✓", "cannot tell": "?"}
        width = max((len(one.name) for one in self.checks), default=0)
        for one in self.checks:
            needs = f" Needed: {one.needs}" if one.needs else ""
            mark = f"  {marks[one.verdict]} {one.name:<{width}}  {one.verdict:<11}"
            lines.append(f"{mark}  {one.why}{needs}")
        return "\n".join([*lines, *(f"  ! {note}" for note in self.notes)])

    __str__ = __repr__

    @property
    def function_findings(self) -> list[LeakFinding]:
        """The findings that are the function's own, those in a table that it holds among them."""
        return [one for one in self.findings if one.kind not in DATA_KINDS or one.table != "bars"]
