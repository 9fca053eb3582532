"""What the operations of this part return."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from workbench.data.quality.findings import Check, Finding, Severity
from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Change", "QualityReport", "QuarantineList", "RepairReport"]

SHOWN = 12
BRIEF = ("severity", "check", "symbol", "start", "end", "bars", "seen")
BRIEF_ROW = ("reason", "dataset", "symbol", "time")
REST = ("field", "why", "cure", "factor")


class QualityReport(Result):
    """What is wrong with bars, and how many nothing speaks against."""

    name: str
    timeframe: str
    symbols: list[str]
    start: dt.datetime = Field(description="First bar, naive UTC; a session date if daily.")
    end: dt.datetime = Field(description="Last bar.")
    bars: int = Field(description="Bars that are there or should be, of all symbols.")
    missing: int = Field(description="Bars that should be there by the calendar and are not.")
    wrong: int = Field(description="Bars that cannot be right (an error speaks against them).")
    doubtful: int = Field(description="Other bars that a warning speaks against.")
    sound_share: Number = Field(
        description="The share of `bars` that are there and have no error or warning, 0 to 1."
    )
    counts: dict[str, dict[str, int]] = Field(
        description="Check → symbol → how many findings; only what was found."
    )
    findings: list[Finding] = Field(
        repr=False, description="Errors first, then warnings and notes, by symbol and time."
    )
    left_out: int = Field(default=0, description="Findings that the list does not show.")
    coverage: Any = Field(
        default=None,
        exclude=True,
        repr=False,
        description="Share of expected bars by period and symbol.",
    )
    histories: Any = Field(
        default=None, exclude=True, repr=False, description="Symbol → the bars looked at."
    )
    every: Any = Field(
        default=None, exclude=True, repr=False, description="All findings, if some are left out."
    )

    @property
    def all_findings(self) -> list[Finding]:
        """Every finding, also those that the list leaves out."""
        return self.findings if self.every is None else self.every

    def limited(self, limit: int) -> QualityReport:
        """The same report whose list shows the first `limit` findings; all stay in memory."""
        every = self.all_findings
        left_out = max(0, len(every) - limit)
        return self.model_copy(
            update={"findings": every[:limit], "every": every, "left_out": left_out}
        )

    def to_frame(self, *, whole: bool = False) -> pd.DataFrame:
        """All findings as a table.

        Parameters
        ----------
        whole : bool
            With the field, the reason, the cure and the factor of each, too.

        Returns
        -------
        pandas.DataFrame
            One row for each finding: severity, check, symbol, start, end, bars and what was seen;
            start and end are dates unless the bars are intraday.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [one.model_dump() for one in self.all_findings]
        frame = pd.DataFrame(rows, columns=[*BRIEF, *REST] if whole else list(BRIEF))
        frame = frame.astype({"check": str, "severity": str})
        if self.timeframe[-1] in "dwM":
            for name in ("start", "end"):
                frame[name] = [moment.date() for moment in frame[name]]
        return frame

    def plot(self, symbol: str | None = None) -> Any:
        """Coverage, the closes of one symbol with what was found on them, and the counts.

        Parameters
        ----------
        symbol : str, optional
            Whose closes; by default the symbol of the first finding.

        Returns
        -------
        bokeh.models.UIElement
            Three figures.
        """
        from workbench.data.quality.drawing import drawn  # noqa: PLC0415  heavy: bokeh

        return drawn(self, symbol)

    def __repr__(self) -> str:
        sound = self.bars - self.missing - self.wrong - self.doubtful
        what = f"{self.name}, {len(self.symbols)} symbols, {self.timeframe}"
        share = f"{sound:,} of {self.bars:,} bars ({rounded_down(self.sound_share)})"
        lines = [
            f"QualityReport of {what}, {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}",
            f"  {share} are there and nothing speaks against them",
            f"  {self.missing:,} missing, {self.wrong:,} wrong, {self.doubtful:,} doubtful",
        ]
        for check, by_symbol in self.counts.items():
            most = sorted(by_symbol, key=lambda symbol: -by_symbol[symbol])[:SHOWN]
            shown = ", ".join(f"{symbol} {by_symbol[symbol]}" for symbol in most)
            rest = len(by_symbol) - len(most)
            more = f" and {rest} more symbols" if rest else ""
            lines.append(f"  {check:<17}{sum(by_symbol.values()):>5}  {shown}{more}")
        return "\n".join(lines)

    __str__ = __repr__


class QuarantinedRow(BaseModel):
    """A row that was not let into a dataset."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    timeframe: str
    symbol: str | None
    time: dt.datetime | None
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None
    reason: str
    source: str
    recorded_at: dt.datetime


class QuarantineList(Result):
    """Rows that were rejected, with the reason."""

    rows: list[QuarantinedRow] = Field(repr=False, description="The newest first.")
    left_out: int = Field(description="Older rows that the list does not show.")
    reasons: dict[str, int] = Field(description="Reason → how many rows of all.")
    table: Any = Field(default=None, exclude=True, repr=False, description="All rows, Arrow.")

    def to_frame(self) -> pd.DataFrame:
        """All rejected rows, also those that the list leaves out.

        Returns
        -------
        pandas.DataFrame
            Columns reason, dataset, symbol, time, the fields, timeframe, source, recorded_at.
        """
        frame: pd.DataFrame = self.table.to_pandas()
        return frame[[*BRIEF_ROW, *(name for name in frame if name not in BRIEF_ROW)]]

    def __repr__(self) -> str:
        count = len(self.rows) + self.left_out
        lines = [f"QuarantineList of {count:,} rows"]
        lines += [f"  {number:>6}  {reason}" for reason, number in self.reasons.items()]
        return "\n".join(lines)

    __str__ = __repr__


class Change(BaseModel):
    """One value that a repair changes."""

    model_config = ConfigDict(frozen=True)

    symbol: str
    time: dt.datetime
    field: str
    old: float | None
    new: float | None
    check: Check
    rule: str = Field(description="What the repair does, such as `rescale`.")
    why: str


class RepairReport(Result):
    """What a repair changed, or would change."""

    dataset: str
    check: Check
    dry_run: bool = Field(description="Whether nothing was written.")
    symbols: list[str] = Field(description="Whose bars are concerned.")
    bars: int = Field(description="Rows that change.")
    changes: list[Change] = Field(repr=False, description="Each value, old and new, in order.")
    left_out: int = Field(description="Changes that the list does not show.")
    not_repaired: list[str] = Field(description="Findings that the rule cannot repair.")
    version: int | None = Field(description="The lake's version that holds the revision.")
    every: Any = Field(default=None, exclude=True, repr=False, description="All changes.")

    def to_frame(self) -> pd.DataFrame:
        """All changes, old and new values side by side.

        Returns
        -------
        pandas.DataFrame
            Columns as the fields of `Change`.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [one.model_dump() for one in self.every or self.changes]
        frame = pd.DataFrame(rows, columns=list(Change.model_fields))
        return frame.astype({"check": str})

    def __repr__(self) -> str:
        done = "would change" if self.dry_run else "changed"
        lines = [f"RepairReport: {self.check} of {self.dataset} {done} {self.bars:,} bars"]
        lines += [
            f"  {one.symbol} {one.time:%Y-%m-%d %H:%M} {one.field}: {one.old} → {one.new}"
            for one in self.changes[:SHOWN]
        ]
        hidden = len(self.every or self.changes) - len(self.changes[:SHOWN])
        lines += [f"  and {hidden:,} more values"] if hidden else []
        lines += [f"  not repaired: {sentence}" for sentence in self.not_repaired[:SHOWN]]
        return "\n".join(lines)

    __str__ = __repr__


def rounded_down(share: float) -> str:
    """A share in percent that reads 100% only when it is all."""
    return "100%" if share >= 1 else f"{math.floor(share * 10_000) / 100:.2f}%"


def worst(report: QualityReport) -> str:
    """The symbol of the first finding; the first symbol when there is none."""
    first = next((one for one in report.all_findings if one.severity is not Severity.NOTE), None)
    found = first or next(iter(report.all_findings), None)
    return report.symbols[0] if found is None else found.symbol
