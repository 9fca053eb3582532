"""From a strategy, bars and a grid to a result: the plain function under `sweep`."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.sweeps.chunks import run_chunks
from workbench.backtest.sweeps.describe import result_of
from workbench.backtest.sweeps.job import Terms
from workbench.backtest.sweeps.kept import Kept, checked_metric
from workbench.backtest.sweeps.laying import job_of
from workbench.backtest.sweeps.measures import oriented
from workbench.backtest.sweeps.space import Space, grid_of
from workbench.backtest.sweeps.tally import MOST_ROWS, Shape, Tally
from workbench.compute import single_threaded_products
from workbench.data import bars as read_bars
from workbench.errors import InvalidInput
from workbench.market.costs import Costs
from workbench.strategies.declaration import Strategy, as_strategy
from workbench.validation.annual import bars_per_year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import xarray as xr

    from workbench.backtest.plan import FillsAt
    from workbench.backtest.sweeps.chunks import Checkpoint
    from workbench.backtest.sweeps.job import By, Job
    from workbench.backtest.sweeps.results import SweepResult

__all__ = [
    "Running", "Swept", "default_workers", "sweep_space", "sweep_strategy",
]  # fmt: skip


@dataclass(frozen=True)
class Running:
    """How a sweep is carried out.

    Parameters
    ----------
    metric : str
        The measure by which combinations are ranked.
    workers : int, optional
        Threads; one for each processor by default.
    checkpoint : Checkpoint, optional
        Where progress is kept.
    on_progress : callable, optional
        ``(done, total)``; an exception ends the sweep.
    enough : float, optional
        A value of the metric at which the sweep stops early.
    mapped : callable, optional
        As of `run_chunks`.
    most_rows : int
        Up to so many accounts every one is kept.
    """

    metric: str = "sharpe_ratio"
    workers: int | None = None
    checkpoint: Checkpoint | None = None
    on_progress: Callable[[int, int], None] | None = None
    enough: float | None = None
    mapped: Callable[..., Iterator[Any]] | None = None
    most_rows: int = MOST_ROWS


@dataclass(frozen=True)
class Swept:
    """What a sweep has done; it is not `complete` where a value was good enough."""

    job: Job
    kept: Kept
    complete: bool


def sweep_strategy(  # noqa: PLR0913  it has the options of the operation
    strategy: Any,
    bars: Any,
    grid: Mapping[str, Any],
    *,
    by: By = "account",
    costs: Costs | None = None,
    parameters: Mapping[str, Any] | None = None,
    start: Any = None,
    fills_at: FillsAt | None = None,
    initial_cash: float = 100_000.0,
    metric: str = "sharpe_ratio",
    workers: int | None = None,
) -> SweepResult:
    """Measure every combination of parameters as a backtest of its own.

    Each number is that of `workbench.backtest.simulate` with these parameters; a sweep only
    gets there faster. Of a step that is compiled, inputs are computed once for every value that
    they read, the step and its accounts are one loop, and where orders cost a fraction of their
    value only, a round trip is a few look-ups. Up to a million accounts are kept, beyond it the
    best 1,000 with a histogram and maps of all: memory does not grow.

    Parameters
    ----------
    strategy : Strategy or callable
        A strategy; or ``function(bars, *, <parameters>)`` that returns weights.
    bars : xarray.Dataset or DataFrame
        Bars, as `workbench.data.bars` reads them.
    grid : mapping
        Parameter → values, or ``{"min": …, "max": …}`` with a ``step`` or a ``count``.
    by : {"account", "symbol"}
        One account for all symbols with shared cash, or one account for each symbol.
    costs : Costs, optional
        What an order costs; the defaults of `Costs`.
    parameters : mapping, optional
        Parameters that do not vary; the strategy's defaults for the others.
    start : date or str, optional
        The first bar traded; earlier bars are only history.
    fills_at : {"next open", "next close", "same close"}, optional
        As `simulate` takes it.
    initial_cash : float
        Cash of each account before the first bar, above 0.
    metric : str
        The measure by which combinations are ranked.
    workers : int, optional
        Threads; one for each processor by default.

    Returns
    -------
    SweepResult
        Without a trial number: `sweep` writes the ledger.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput
        If a parameter, a value, a measure or an option cannot be used; if no combination
        makes sense.
    TooLittleHistory
        If fewer than two bars are left to trade.
    UnusableFrame
        If bars, an input or weights cannot be read.
    """
    made = as_strategy(strategy)
    read = read_bars(bars)
    if not (math.isfinite(initial_cash) and initial_cash > 0):
        raise InvalidInput("initial_cash must be above 0", seen=initial_cash, cure="Give an amount")
    terms = Terms(
        costs or Costs(),
        fills_at,
        start,
        initial_cash,
        by,
    )
    space = grid_of(made, grid, parameters)
    running = Running(metric=checked_metric(metric), workers=workers)
    return result_of(sweep_space(made, read, space, terms, running))


def sweep_space(
    strategy: Strategy, bars: xr.Dataset, space: Space, terms: Terms, running: Running
) -> Swept:
    """Try the combinations of a space.

    Parameters
    ----------
    strategy : Strategy
        What is tried.
    bars : xarray.Dataset
        As `workbench.data.bars` gives them.
    space : Space
        The combinations.
    terms : Terms
        Costs, fills, cash, accounts.
    running : Running
        How it is carried out.

    Returns
    -------
    Swept
        What was done.

    Raises
    ------
    InvalidInput
        If no combination makes sense.
    Cancelled
        If `on_progress` ends it; a checkpoint keeps what was done.
    """
    job = job_of(strategy, bars, space, terms)
    accounts = space.size * job.account_count
    shape = Shape(
        space, job.account_count, bars_per_year(bars), running.metric, accounts <= running.most_rows
    )
    checkpoint = running.checkpoint
    with single_threaded_products():
        tally = run_chunks(
            job,
            shape,
            workers=running.workers or default_workers(),
            checkpoint=checkpoint,
            report=_reporting(running, shape),
            mapped=running.mapped,
        )
    if not tally.tried:
        raise InvalidInput(
            "No combination makes sense",
            seen=f"{space.size:,} combinations",
            cure="Look at what the strategy asks of its parameters, and at the length of the bars",
        )
    if checkpoint is not None:
        checkpoint.clear()
    symbols = job.plan.symbols if terms.by == "symbol" else ()
    complete = tally.tried + tally.skipped == space.size
    return Swept(job, Kept(tally, shape, tuple(symbols)), complete)


def _reporting(running: Running, shape: Shape) -> Callable[[int, Tally], bool]:
    """Tells how far a sweep is; True where a value is good enough."""

    def report(done: int, tally: Tally) -> bool:
        if running.on_progress is not None:
            running.on_progress(done, shape.space.size)
        if running.enough is None:
            return False
        enough = float(oriented(np.array(running.enough), running.metric))
        return tally.newest_best(shape) >= enough

    return report


def default_workers() -> int:
    """One thread for each processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
