"""Load what is asked about, ask, and report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from workbench.backtest.leaks.notebooks import NotebookSubject, find_notebook, is_notebook
from workbench.backtest.leaks.subjects import Subject, subject_of
from workbench.backtest.plan import FILLS_AT
from workbench.data import bars as read_bars
from workbench.data import load_bars
from workbench.errors import InvalidInput, UnknownName
from workbench.validation.leaks import (
    Examined,
    LeakCheck,
    Said,
    check_fills,
    check_rule,
    data_checks,
    examine,
    report_of,
    selection_check,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.context import Context
    from workbench.domain import Period
    from workbench.validation.leaks import LeakReport

__all__ = ["checked_for_leaks"]

DEFAULT = "sp500-20"


def checked_for_leaks(
    thing: Any,
    data: Any,
    period: Period,
    *,
    parameters: Mapping[str, Any],
    trading: tuple[str, Any],
    how: tuple[int, int],
    context: Context,
) -> LeakReport:
    """Resolve names, load the bars, and check.

    Parameters
    ----------
    thing, data, period, parameters
        As `check_leaks` takes them.
    trading : tuple
        ``fills_at`` and the table of fills or None.
    how : tuple of int
        Cuts and seed.
    context : Context
        Whose data and progress.

    Returns
    -------
    LeakReport
        Of the function, its fills and the data.

    Raises
    ------
    UnknownName
        If there is no such name, or no such way to fill.
    """
    if trading[0] not in FILLS_AT:
        raise UnknownName("fill convention", trading[0], FILLS_AT)
    if _is_table(thing):
        return _of_fills(thing, _loaded(data, period, context), how[1], context)
    subject: Any
    if is_notebook(thing):
        subject, frame = _notebook(thing, data, period, context)
    else:
        subject = subject_of(thing, parameters)
        frame = _frame(data, subject, period, context)
    cuts, seed = how
    found = examine(subject.on(frame), frame, cuts=cuts, seed=seed, told=_teller(context))
    panel = _panel(frame)
    return report_of(
        found,
        [*data_checks(panel), selection_check(panel, context)],
        subject=subject.name,
        bars=panel,
        seed=seed,
        fills=_fills(subject, frame, trading),
        notes=(*subject.notes, *_first_step(subject, frame, found, cuts, seed)),
    )


def _first_step(subject: Any, frame: Any, found: Examined, cuts: int, seed: int) -> list[str]:
    """Which step of a pipeline is the first that looks ahead."""
    if found.finding is None or not getattr(subject, "beginnings", ()):
        return []
    for beginning in subject.beginnings:
        own = examine(beginning.on(frame), frame, cuts=cuts, seed=seed)
        if own.finding is not None:
            step = beginning.name.rpartition(" ")[2]
            return [f"The step {step!r} is the first that looks ahead."]
    return [f"The step {subject.name.rpartition(' ')[2]!r} is the first that looks ahead."]


def _is_table(thing: Any) -> bool:
    return isinstance(thing, pd.DataFrame | xr.DataArray)


def _notebook(
    thing: Any, data: Any, period: Period, context: Context
) -> tuple[NotebookSubject, Any]:
    path = find_notebook(str(thing), context.caller)
    given = None if data is None else _loaded(data, period, context)
    subject = NotebookSubject.of(path, given)
    return subject, subject.bars


def _loaded(data: Any, period: Period, context: Context) -> xr.Dataset:
    return load_bars(DEFAULT if data is None else data, period.first, period.end, context=context)


def _frame(data: Any, subject: Subject, period: Period, context: Context) -> Any:
    """Bars for a strategy or a feature; a frame as it is given for a function."""
    if period.first or period.end:
        return _loaded(data, period, context)
    if data is None or isinstance(data, str) or (subject.takes_bars and not _is_bars(data)):
        return _loaded(data, period, context)
    return data


def _is_bars(data: Any) -> bool:
    return isinstance(data, xr.Dataset) and {"time", "symbol"} == set(data.sizes)


def _panel(frame: Any) -> Any:
    """The frame as bars, where it can be read as such, for its knowledge times."""
    try:
        return read_bars(frame) if not isinstance(frame, xr.Dataset) else frame
    except Exception:  # noqa: BLE001  any frame will do for a function; it has no knowledge times
        return frame


def _teller(context: Context) -> Callable[[int, int], None]:
    return lambda done, total: context.progress(done, total, "other futures")


def _fills(subject: Any, frame: Any, trading: tuple[str, Any]) -> Said | None:
    """What is said about the prices of a strategy's trades."""
    fills_at, table = trading
    if not subject.is_weights:
        return None
    weights = subject.function(frame).to_pandas()
    if table is not None:
        return check_fills(pd.DataFrame(table), frame["close"].to_pandas(), weights)
    return check_rule(fills_at, weights)


def _of_fills(table: Any, bars: xr.Dataset, seed: int, context: Context) -> LeakReport:
    """A report of fills alone: there is no function to ask."""
    if not isinstance(table, pd.DataFrame) or isinstance(table.index, pd.DatetimeIndex):
        raise InvalidInput(
            "A table of weights or signals cannot be asked about another future",
            seen=type(table).__name__,
            cure="Give the function that makes it; or a table of fills: time, symbol, price",
        )
    time = bars["time"].to_numpy()
    check = LeakCheck(
        name="function",
        verdict="cannot tell",
        why="A table of fills was given, not what decided them.",
        needs="the strategy or the function of bars",
    )
    found = Examined(check, None, (), 0, 0.0, (time[0], time[-1], len(time)))
    said = [*data_checks(bars), selection_check(bars, context)]
    fills = check_fills(table, bars["close"].to_pandas())
    return report_of(found, said, subject="fills", bars=bars, seed=seed, fills=fills)
