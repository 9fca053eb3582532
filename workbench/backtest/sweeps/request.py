"""From the names in a request to a sweep that is written into the ledger."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from workbench.backtest.recording import record_failure
from workbench.backtest.request import within
from workbench.backtest.sweeps.chunks import Checkpoint
from workbench.backtest.sweeps.describe import result_of
from workbench.backtest.sweeps.kept import checked_metric
from workbench.backtest.sweeps.recording import recorded
from workbench.backtest.sweeps.run import Running, Swept, sweep_space
from workbench.backtest.sweeps.searching import axes_of, search_guided, search_random
from workbench.backtest.sweeps.space import grid_of
from workbench.data import load_bars
from workbench.errors import StoreError
from workbench.registry import lookup
from workbench.settings import home
from workbench.strategies.declaration import as_strategy
from workbench.validation import question_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.backtest.sweeps.job import Terms
    from workbench.backtest.sweeps.results import SweepResult
    from workbench.backtest.sweeps.space import Space
    from workbench.context import Context
    from workbench.domain import Period
    from workbench.strategies.declaration import Strategy

__all__ = ["Asked", "Search", "carried_out", "requested", "swept_of"]

SEED = 14

Search = Literal["auto", "grid", "random", "bayesian"]

LONG = 2_000_000_000
"""Bars × accounts × combinations from which on progress is kept: some seconds."""
LONG_ALONE = 2_000_000
"""The same where the strategy is asked for each combination."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a sweep.

    Parameters
    ----------
    ranges : mapping
        Parameter → values or a range.
    parameters : mapping, optional
        Parameters with one value.
    metric : str
        The measure by which combinations are ranked.
    search : {"auto", "grid", "random", "bayesian"}
        Every combination, or some; what ``auto`` is, `workbench.backtest.sweeps.optimizing` says.
    trials : int
        How many, where not every one.
    enough : float, optional
        A value of the metric at which it ends.
    workers : int, optional
        Threads.
    resumable : bool
        Whether progress of a long grid is kept.
    distributed : bool
        Whether a Dask cluster does the work, if one is set.
    """

    ranges: Mapping[str, Any]
    parameters: Mapping[str, Any] | None = None
    metric: str = "sharpe_ratio"
    search: Search = "grid"
    trials: int = 200
    enough: float | None = None
    workers: int | None = None
    resumable: bool = True
    distributed: bool = False


def swept_of(
    strategy: Any, data: Any, period: Period, asked: Asked, terms: Terms, *, context: Context
) -> SweepResult:
    """Resolve the names, load the data, sweep, and record the trials.

    Parameters
    ----------
    strategy, data
        Names or things.
    period : Period
        First and last session traded; earlier bars are only history.
    asked : Asked
        What is tried.
    terms : Terms
        How it trades; `start` comes from the period.
    context : Context
        Whose lake, ledger and progress.

    Returns
    -------
    SweepResult
        With its number of trials and what may be claimed.
    """
    made, bars = requested(strategy, data, period, asked.metric, context=context)
    swept = carried_out(made, bars, asked, terms, context=context)
    return recorded(result_of(swept, search=asked.search), swept, context=context)


def requested(
    strategy: Any, data: Any, period: Period, metric: str, *, context: Context
) -> tuple[Strategy, xr.Dataset]:
    """Resolve the names, and load the data.

    Parameters
    ----------
    strategy, data
        Names or things.
    period : Period
        First and last session traded.
    metric : str
        A measure.
    context : Context
        Whose lake and progress.

    Returns
    -------
    strategy : Strategy
        What is tried.
    bars : xarray.Dataset
        All up to the last session.

    Raises
    ------
    UnknownName, OutOfRange
        If there is no such strategy, data, measure or date.
    """
    found = as_strategy(lookup("strategy", strategy) if isinstance(strategy, str) else strategy)
    checked_metric(metric)
    context.progress(0, None, "loading bars")
    bars = load_bars(data, end=period.end, context=context)
    within(period, bars)
    return found, bars


def carried_out(
    strategy: Strategy, bars: xr.Dataset, asked: Asked, terms: Terms, *, context: Context
) -> Swept:
    """Try what is asked for; who fails is written down, and does not count.

    Parameters
    ----------
    strategy, bars
        As `requested` gives them.
    asked : Asked
        What is tried.
    terms : Terms
        How it trades.
    context : Context
        Whose ledger, progress and seed.

    Returns
    -------
    Swept
        Not yet recorded.
    """
    try:
        return _tried(strategy, bars, asked, terms, context)
    except Exception as error:
        traded = bars.sel(time=slice(terms.start, None))
        with suppress(StoreError):  # what failed first is what the caller has to know
            record_failure(error, strategy, traded, asked.parameters, context=context)
        raise


def _tried(
    strategy: Strategy, bars: xr.Dataset, asked: Asked, terms: Terms, context: Context
) -> Swept:
    running = Running(
        metric=asked.metric,
        workers=asked.workers,
        on_progress=lambda done, total: context.progress(done, total, "combinations"),
        enough=asked.enough,
    )
    if asked.search == "grid":
        space = grid_of(strategy, asked.ranges, asked.parameters)
        return _grid(strategy, bars, space, terms, running, asked, context)
    axes = axes_of(strategy, asked.ranges)
    given = (strategy, bars, axes, asked.parameters, terms, running)
    rng = context.rng(4, SEED, int(question_of(bars), 16))
    if asked.search == "random":
        return search_random(*given, count=asked.trials, rng=rng)
    return search_guided(*given, count=asked.trials, seed=int(rng.integers(2**31)))


def _grid(
    strategy: Strategy,
    bars: xr.Dataset,
    space: Space,
    terms: Terms,
    running: Running,
    asked: Asked,
    context: Context,
) -> Swept:
    """Every combination; a long sweep goes on where the same one was stopped."""
    work = space.size * bars["close"].size
    long = work > (LONG if strategy.form == "step" else LONG_ALONE)
    if asked.resumable and long:
        running = replace(running, checkpoint=_checkpoint(strategy, bars, space, terms, running))
    if not asked.distributed:
        return sweep_space(strategy, bars, space, terms, running)
    from workbench.backtest.sweeps.dask import on_cluster  # noqa: PLC0415  heavy: dask

    with on_cluster(strategy, bars, space, terms, settings=context.settings) as mapped:
        return sweep_space(strategy, bars, space, terms, replace(running, mapped=mapped))


def _checkpoint(
    strategy: Strategy, bars: xr.Dataset, space: Space, terms: Terms, running: Running
) -> Checkpoint:
    """Named by all that changes the answer."""
    told = {
        "question": question_of(bars),
        "strategy": [strategy.name, strategy.source_hash],
        "axes": {name: [str(value) for value in values] for name, values in space.axes.items()},
        "fixed": {name: str(value) for name, value in space.fixed.items()},
        "terms": str(terms),
        "metric": running.metric,
        "kept": running.most_rows,
    }
    digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    return Checkpoint(home() / "sweeps" / f"{digest}.npz")
