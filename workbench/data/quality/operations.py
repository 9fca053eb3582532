"""The public verbs of quality."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.quality.findings import Check
from workbench.data.quality.results import QualityReport, QuarantineList, RepairReport
from workbench.domain import DatasetRef, Period, Session
from workbench.registry import operation

__all__ = ["check_quality", "list_quarantine", "repair_dataset"]

Repairable = Literal[
    "clock_shift", "closed_day", "crossed", "currency_unit", "high_below_low", "no_close",
    "non_positive", "outside_session", "slip", "spike", "stale", "volume_unit",
]  # fmt: skip


@operation(effect="read", command="data check")
def check_quality(
    dataset: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    adjust: Literal["none", "splits", "all", "vendor"] | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> QualityReport:
    """What is wrong with prices: gaps, bad prints, splits nobody recorded, units, stale runs.

    Every bar is held against its calendar, its neighbours and the actions that are known. Errors
    cannot be right; warnings are very unlikely to be; notes may well be. Nothing is changed.

    Parameters
    ----------
    dataset : str or frame
        ``sp500-20``, ``sp500-20:AAPL,MSFT``, ``AAPL``; or a frame.
    start_date, end_date : date, optional
        First and last day, both included; all there is by default.
    adjust : {"none", "splits", "all", "vendor"}, optional
        Which prices to check; by default those that the dataset serves. Prices as traded
        (``none``) show splits that no action explains.
    limit : int
        The most findings to send; all are counted.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    QualityReport
        Findings, counts by check and symbol, coverage, and the share of bars that are there and
        that nothing speaks against.

    Raises
    ------
    UnknownName
        If the dataset or a symbol does not exist.
    OutOfRange
        If the period lies outside the data.
    InvalidInput
        If the end lies before the start, or the prices cannot be had so adjusted.
    """
    from workbench.data.loading import load_bars  # heavy: xarray
    from workbench.data.quality.checking import check_bars
    from workbench.data.quality.knowing import what_is_known

    context = context or current()
    period = Period.of(start_date, end_date)
    made = load_bars(dataset, period.first, period.end, adjust=adjust, context=context)
    known = what_is_known(dataset, period, context.lake)
    report = check_bars(made, progress=context.progress, **known)
    return report.limited(limit)


@operation(effect="read", command="data quarantine")
def list_quarantine(
    dataset: str | None = None,
    *,
    symbols: list[str] | None = None,
    reason: str | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> QuarantineList:
    """Rows that a download brought and that were not let in, with the reason.

    Parameters
    ----------
    dataset : str, optional
        Only those meant for this dataset.
    symbols : list of str, optional
        Only those of these symbols.
    reason : str, optional
        Only those rejected for this, such as ``crossed``.
    limit : int
        The most rows to send; all are counted.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    QuarantineList
        The newest first; empty when nothing was rejected.
    """
    from workbench.data.quality.rejected import quarantined  # heavy: pyarrow

    lake = (context or current()).lake
    return quarantined(lake, dataset=dataset, symbols=symbols, reason=reason, limit=limit)


@operation(effect="write", command="data repair")
def repair_dataset(
    dataset: str,
    check: Repairable,
    symbols: list[str] | None = None,
    *,
    start_date: Session | None = None,
    end_date: Session | None = None,
    dry_run: bool = True,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> RepairReport:
    """Repair what one check finds in a dataset of yours; first it only shows what would change.

    A repair is a revision beside the old values, which are still served as of an earlier moment,
    and each changed value is recorded with the rule, the time and who asked for it.

    Parameters
    ----------
    dataset : str
        A dataset that you added or downloaded.
    check : str
        What is to be repaired. A slip and a unit are rescaled, high and low exchanged, a crossed
        bar widened, a wrong clock moved, all else is withdrawn; no value is invented.
    symbols : list of str, optional
        Only these; all by default.
    start_date, end_date : date, optional
        First and last day, both included; all there is by default.
    dry_run : bool
        Whether to write nothing and only show the changes.
    limit : int
        The most changes to send; all are counted.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    RepairReport
        Old and new values, and what was found and not repaired.

    Raises
    ------
    UnknownName
        If the dataset or a symbol does not exist.
    InvalidInput
        If no rule repairs this, or the dataset came inside a package.
    """
    from workbench.data.catalogue import resolve  # heavy: pyarrow, pandas
    from workbench.data.quality.repairing import repair_bars

    context = context or current()
    manifest, members = resolve(f"{dataset}:{','.join(symbols)}" if symbols else dataset)
    return repair_bars(
        context.lake,
        manifest,
        members,
        Check(check),
        period=Period.of(start_date, end_date),
        recorded_at=context.now().replace(tzinfo=None),
        by=context.caller.value,
        dry_run=dry_run,
        limit=limit,
    )
