"""Parameters before and after a search, and what the difference is worth."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.sweeps.describe import plain, result_of
from workbench.backtest.sweeps.measures import oriented
from workbench.backtest.sweeps.recording import recorded
from workbench.backtest.sweeps.request import carried_out, requested
from workbench.backtest.sweeps.results import (
    Optimization,
    OptimizationResults,
    StrategyOptimization,
)
from workbench.backtest.sweeps.run import Running, sweep_space
from workbench.backtest.sweeps.searching import axes_of
from workbench.backtest.sweeps.space import points_of
from workbench.errors import InvalidInput
from workbench.validation import Measure, bars_per_year
from workbench.validation.resampling import bootstrap_intervals

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.backtest.sweeps.job import Terms
    from workbench.backtest.sweeps.request import Asked
    from workbench.backtest.sweeps.results import Optimum, SweepResult
    from workbench.backtest.sweeps.run import Swept
    from workbench.context import Context
    from workbench.domain import Period
    from workbench.strategies.declaration import Strategy

__all__ = ["optimized"]

FEWEST_BARS = 10
"""Below this many returns there is no interval."""
SEED = 13


def optimized(
    strategy: Any, data: Any, period: Period, asked: Asked, terms: Terms, *, context: Context
) -> StrategyOptimization:
    """Search, and put the best beside where it began.

    Parameters
    ----------
    strategy, data
        Names or things.
    period : Period
        First and last session traded.
    asked : Asked
        What is tried; its `parameters` are where it begins, and without a search it is every
        combination, or as many as `trials` drawn at random where there are more.
    terms : Terms
        How it trades.
    context : Context
        Whose lake, ledger and progress.

    Returns
    -------
    StrategyOptimization
        With every trial recorded, the first one too.

    Raises
    ------
    InvalidInput
        If no combination has the metric.
    """
    made, bars = requested(strategy, data, period, asked.metric, context=context)
    start = dict(asked.parameters or {})
    before = _before(made, bars, {**_defaults(made, asked.ranges), **start}, terms, asked.metric)
    begun = recorded(result_of(before), before, context=context)
    rest = {name: value for name, value in start.items() if name not in asked.ranges}
    search = replace(_settled(made, asked), parameters=rest)
    swept = carried_out(made, bars, search, terms, context=context)
    found = recorded(result_of(swept, search=search.search), swept, context=context)
    if found.optimum is None:
        raise InvalidInput(
            f"No combination has a {asked.metric}",
            seen=f"{found.combinations:,} combinations tried",
            cure="Try other ranges, or a metric that is defined without trades",
        )
    if _value(begun) < _value(found):
        return _told(begun, found, found, swept, asked, context)
    stayed = recorded(result_of(before), before, context=context)  # once, and now beside all
    note = f"None of {found.combinations:,} combinations did better than the parameters given."
    return _told(begun, found, stayed, before, asked, context).noting(note)


def _value(result: SweepResult) -> float:
    """The metric of the best, such that more is better; −∞ where it is not defined."""
    if result.optimum is None:
        return -math.inf
    return float(oriented(np.array(result.optimum.measures[result.metric]), result.metric))


def _settled(strategy: Strategy, asked: Asked) -> Asked:
    """Every combination where there are not too many, else some of them."""
    if asked.search not in ("auto", "grid"):
        return asked
    axes = axes_of(strategy, asked.ranges)
    size = math.prod(len(axis.values) for axis in axes.values())
    countable = all(axis.values for axis in axes.values())
    if countable and (size <= asked.trials or asked.search == "grid"):
        listed = {name: list(axis.values) for name, axis in axes.items()}
        return replace(asked, ranges=listed, search="grid")
    return replace(asked, search="grid" if asked.search == "grid" else "random")


def _defaults(strategy: Strategy, ranges: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of what varies; the first value of a parameter without one."""
    fields = strategy.parameters.model_fields
    axes = axes_of(strategy, ranges)
    return {
        name: axis.first if fields[name].is_required() else fields[name].default
        for name, axis in axes.items()
    }


def _before(
    strategy: Strategy, bars: xr.Dataset, point: Mapping[str, Any], terms: Terms, metric: str
) -> Swept:
    """The one combination where it begins."""
    space = points_of(strategy, [dict(point)])
    return sweep_space(strategy, bars, space, terms, Running(metric=metric, workers=1))


def _told(
    before: SweepResult,
    tried: SweepResult,
    chosen: SweepResult,
    swept: Swept,
    asked: Asked,
    context: Context,
) -> StrategyOptimization:
    """`chosen` is what was tried, or where it began; `swept` is how it was carried out."""
    metric, best = tried.metric, chosen.top[0]
    old, new = float(before.to_frame()[metric].iloc[0]), best.measures[metric]
    start = {**before.fixed, **{name: values[0] for name, values in before.parameters.items()}}
    return StrategyOptimization(
        strategy=tried.strategy,
        symbol=tried.dataset if len(tried.symbols) > 1 else tried.symbols[0],
        optimization=Optimization(
            metric=metric,
            iterations_completed=tried.combinations,
            iterations_requested=asked.trials,
            parameter_ranges=dict(asked.ranges),
            original_parameters={name: plain(value) for name, value in start.items()},
            optimized_parameters=best.parameters,
        ),
        results=OptimizationResults(
            original_performance=old,
            optimized_performance=new,
            improvement_percentage=100 * (new - old) / abs(old) if old else math.nan,
            p_value=chosen.p_value,
            verdict=chosen.claim,
            confidence_interval=_interval(swept, best, metric, context),
        ),
        trial=chosen.trial,
        notes=tried.notes,
        sweep=tried,
    )


def _interval(swept: Swept, best: Optimum, metric: str, context: Context) -> list[float]:
    """Of the chosen series alone."""
    returns = swept.job.returns(np.array([best.position], np.int64))[0, 0]
    if metric not in {measure.value for measure in Measure} or len(returns) < FEWEST_BARS:
        return [math.nan, math.nan]
    found = bootstrap_intervals(
        returns, bars_per_year(swept.job.bars), context.rng(4, SEED), measures=[metric]
    )
    interval = found.measures[metric]
    return [interval.low, interval.high]
