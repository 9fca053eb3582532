"""All checks on all symbols, and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.quality.certain import (
    are_non_positive,
    are_on_closed_days,
    are_unfinished,
    closed_day,
    crossed,
    duplicate,
    high_below_low,
    no_close,
    non_positive,
)
from workbench.data.quality.clock import clock_shift
from workbench.data.quality.findings import Check, Finding
from workbench.data.quality.gaps import missing_bars, missing_sessions, outside_session
from workbench.data.quality.jumps import currency_unit, slip, spike
from workbench.data.quality.lateness import back_fill
from workbench.data.quality.reading import histories_of_bars, histories_of_rows
from workbench.data.quality.report import quality_report
from workbench.data.quality.splits import adjustment, split_shaped
from workbench.data.quality.stale import stale
from workbench.data.quality.volumes import no_volume, volume_unit
from workbench.domain import Timeframe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa
    import xarray as xr

    from workbench.context import Progress
    from workbench.data.quality.history import History
    from workbench.data.quality.results import QualityReport

__all__ = ["CHECKS", "check_bars", "check_rows", "findings_of"]

OF_ROWS: dict[Check, Callable[[History], list[Finding]]] = {
    Check.DUPLICATE: duplicate,
    Check.NO_CLOSE: no_close,
    Check.NON_POSITIVE: non_positive,
    Check.HIGH_BELOW_LOW: high_below_low,
    Check.CROSSED: crossed,
    Check.CLOSED_DAY: closed_day,
    Check.OUTSIDE_SESSION: outside_session,
    Check.MISSING_SESSIONS: missing_sessions,
    Check.MISSING_BARS: missing_bars,
    Check.CLOCK_SHIFT: clock_shift,
    Check.BACK_FILL: back_fill,
}
"""Look at the rows as they are."""

OF_SERIES: dict[Check, Callable[[History], list[Finding]]] = {
    Check.STALE: stale,
    Check.SPIKE: spike,
    Check.SLIP: slip,
    Check.CURRENCY_UNIT: currency_unit,
    Check.SPLIT_SHAPED: split_shaped,
    Check.ADJUSTMENT: adjustment,
    Check.NO_VOLUME: no_volume,
    Check.VOLUME_UNIT: volume_unit,
}
"""Look at how the values follow one another, without the rows that cannot be right."""

CHECKS = {**OF_ROWS, **OF_SERIES}
"""Every check and the function that makes it."""

SHIFTED = (Check.MISSING_BARS, Check.OUTSIDE_SESSION)


def check_bars(
    bars: xr.Dataset,
    *,
    actions: pa.Table | None = None,
    known: pa.Table | None = None,
    calendar: str | None = None,
    progress: Progress | None = None,
) -> QualityReport:
    """Look for everything that is, or may be, wrong with bars.

    Parameters
    ----------
    bars : xarray.Dataset
        As `load_bars` gives them. Raw prices (``adjust="none"``) tell most.
    actions : pyarrow.Table, optional
        Those that are known, in `ACTION_COLUMNS`; a jump on one of their dates is no finding.
    known : pyarrow.Table, optional
        When rows became known and were written: columns symbol, time, known_at, recorded_at.
    calendar : str, optional
        When the exchange is open; that of the bars by default.
    progress : callable, optional
        Takes ``(done, total, message)``.

    Returns
    -------
    QualityReport
        Findings, counts, coverage and the share of bars that nothing speaks against.
    """
    histories = histories_of_bars(bars, actions=actions, known=known, calendar=calendar)
    attrs = bars.attrs
    return _checked(
        histories,
        bars.sizes["symbol"],
        str(attrs.get("dataset", "bars")),
        str(attrs["timeframe"]),
        progress,
    )


def check_rows(
    rows: pa.Table,
    *,
    timeframe: str,
    calendar: str,
    name: str = "rows",
    adjust: str = "none",
    actions: pa.Table | None = None,
    progress: Progress | None = None,
) -> QualityReport:
    """As `check_bars`, on a table of bars as it was delivered: duplicates are seen too.

    Parameters
    ----------
    rows : pyarrow.Table
        In `BAR_COLUMNS`; with ``known_at`` and ``recorded_at`` where they are known.
    timeframe : str
        The length of a bar, such as ``1d``.
    calendar : str
        When the exchange is open, such as ``XNYS``.
    name : str
        What the rows are.
    adjust : {"none", "splits", "all", "vendor"}
        How the prices account for splits and dividends.
    actions : pyarrow.Table, optional
        In `ACTION_COLUMNS`.
    progress : callable, optional
        Takes ``(done, total, message)``.

    Returns
    -------
    QualityReport
        As `check_bars`.
    """
    histories = histories_of_rows(
        rows,
        timeframe=Timeframe.parse(timeframe),
        calendar=calendar,
        adjust=adjust,
        actions=actions,
    )
    count = len(rows["symbol"].unique())
    return _checked(histories, count, name, timeframe, progress)


def findings_of(history: History) -> list[Finding]:
    """What every check finds in the bars of one symbol, in order of time.

    Parameters
    ----------
    history : History
        Its bars.

    Returns
    -------
    list of Finding
        A session whose clock is wrong is not also said to lack bars.
    """
    if not len(history):
        return []
    found = [one for check in OF_ROWS.values() for one in check(history)]
    telling = history.where(~_cannot_be_right(history))
    if len(telling):
        found += [one for check in OF_SERIES.values() for one in check(telling)]
    shifted = [one for one in found if one.check is Check.CLOCK_SHIFT]
    found = [one for one in found if not _is_of_shift(one, shifted)]
    return sorted(found, key=lambda one: (one.start, one.check))


def _checked(
    histories: Iterable[History],
    count: int,
    name: str,
    timeframe: str,
    progress: Progress | None,
) -> QualityReport:
    looked_at, found = [], []
    for done, history in enumerate(histories):
        if progress is not None:
            progress(done, count, f"checking {history.symbol}")
        looked_at.append(history)
        found += findings_of(history)
    if progress is not None:
        progress(count, count, "checked")
    return quality_report(looked_at, found, name=name, timeframe=timeframe)


def _cannot_be_right(history: History) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows whose values say nothing about the others."""
    repeated = np.diff(history.times, append=np.datetime64("NaT")) == np.timedelta64(0, "ns")
    mask = are_unfinished(history.fields) | are_non_positive(history.fields) | repeated
    mask |= are_on_closed_days(history.times, history.timeframe, history.calendar)
    return np.asarray(mask)


def _is_of_shift(finding: Finding, shifted: list[Finding]) -> bool:
    return finding.check in SHIFTED and any(
        one.start.date() <= finding.start.date() <= one.end.date() for one in shifted
    )
