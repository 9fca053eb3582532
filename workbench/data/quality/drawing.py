"""The report as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.charts import counted_findings, coverage_heatmap, marked_prices, stacked
from workbench.data.quality.results import worst
from workbench.errors import UnknownName

if TYPE_CHECKING:
    from workbench.data.quality.results import QualityReport

__all__ = ["drawn"]


def drawn(report: QualityReport, symbol: str | None = None) -> Any:
    """Coverage, the closes of a symbol with what was found on them, and the counts by check.

    Parameters
    ----------
    report : QualityReport
        With its bars in memory.
    symbol : str, optional
        Whose closes; by default the symbol of the first finding.

    Returns
    -------
    bokeh.models.Column
        What there is to draw: a figure each, one above the other.

    Raises
    ------
    UnknownName
        If the report has no such symbol.
    """
    chosen = symbol or worst(report)
    if chosen not in report.histories:
        raise UnknownName("symbol in this report", chosen, report.symbols)
    figures: list[Any] = []
    if report.coverage.notna().to_numpy().any():
        figures.append(coverage_heatmap(report.coverage))
    closes = _closes(report, chosen)
    if (closes > 0).any():
        x_range = figures[0].x_range if figures else None
        count = sum(one.symbol == chosen for one in report.all_findings)
        title = f"{chosen}: {count} finding{'' if count == 1 else 's'} on its closes"
        figures.append(marked_prices(closes, _marks(report, chosen), title=title, x_range=x_range))
    if report.all_findings:
        figures.append(counted_findings(_counts(report)))
    return stacked(*figures)


def _closes(report: QualityReport, symbol: str) -> pd.Series[float]:
    history = report.histories[symbol]
    closes = pd.Series(history.fields["close"], index=pd.DatetimeIndex(history.times))
    return closes[~closes.index.duplicated(keep="last")]


def _marks(report: QualityReport, symbol: str) -> pd.DataFrame:
    own = [one for one in report.all_findings if one.symbol == symbol]
    rows = [
        (one.start, one.end, one.severity.value, one.check.value, f"{one.seen}. {one.why}")
        for one in own
    ]
    return pd.DataFrame(rows, columns=["time", "until", "severity", "check", "seen"])


def _counts(report: QualityReport) -> pd.DataFrame:
    pairs = [(one.check.value, one.severity.value) for one in report.all_findings]
    frame = pd.DataFrame(pairs, columns=["check", "severity"])
    return pd.crosstab(frame["check"], frame["severity"])
