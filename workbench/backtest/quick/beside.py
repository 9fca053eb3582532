"""A strategy beside what needs no idea, and how fast this machine trades it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.choosing.measuring import compare_on
from workbench.backtest.engine import fill_plan
from workbench.backtest.plan import plan_orders
from workbench.backtest.quick.results import StrategyBenchmark, SystemFigures
from workbench.compute import cuda_is_available
from workbench.data import load_bars
from workbench.domain import Period
from workbench.market.costs import Costs
from workbench.registry import lookup, names
from workbench.strategies.declaration import as_strategy

if TYPE_CHECKING:
    from workbench.backtest.choosing.results import StrategyComparison
    from workbench.context import Context

__all__ = ["performance_beside", "speed_of"]

BASELINES = ("buy_and_hold", "equal_weight", "random_entry")
METRICS = ("total_return", "annualized_return", "sharpe_ratio", "max_drawdown", "volatility")


def performance_beside(strategy: Any, data: Any, *, context: Context) -> StrategyBenchmark:
    """The strategy, the baselines that are registered, and the benchmark, on the same bars."""
    baselines = [name for name in BASELINES if name in names("strategy") and name != strategy]
    compared = compare_on([strategy, *baselines], METRICS, data, Period.of(), context=context)
    own, *others = compared.comparison
    mine = compared.comparison[own]
    beside = {
        name: {
            **compared.comparison[name],
            "outperformance": mine["total_return"] - compared.comparison[name]["total_return"],
        }
        for name in others
    }
    return StrategyBenchmark(
        strategy=own,
        symbol=compared.dataset,
        benchmark_type="performance",
        sentence=_sentence(own, others, compared),
        strategy_performance=mine,
        benchmark_comparisons=beside,
        notes=compared.notes,
        equity=compared.equity,
    )


def speed_of(strategy: Any, data: Any, *, context: Context) -> StrategyBenchmark:
    """Time the parts of a backtest of this strategy on these bars, now."""
    made = as_strategy(lookup("strategy", strategy) if isinstance(strategy, str) else strategy)
    bars = load_bars(data, context=context)
    made.targets(bars)  # compiles what is not yet
    targets, wanted = _timed(lambda: made.targets(bars))
    plan = plan_orders(wanted, bars)
    fill_plan(plan, Costs(), 1e5)
    engine, _ = _timed(lambda: fill_plan(plan, Costs(), 1e5))
    size = int(np.prod(plan.weights.shape))
    figures = SystemFigures(
        bars=plan.weights.shape[0],
        symbols=plan.weights.shape[1],
        targets_seconds=targets,
        engine_seconds=engine,
        bars_per_second=size / engine,
        memory_mb=_memory_mb(),
        cores=os.cpu_count() or 1,
    )
    return StrategyBenchmark(
        strategy=made.name,
        symbol=str(bars.attrs.get("dataset") or "your frame"),
        benchmark_type="system",
        sentence=(
            f"{made.name} on {figures.bars:,} bars of {figures.symbols} symbols:"
            f" {1e3 * targets:.1f} ms to decide, {1e3 * engine:.1f} ms to trade."
        ),
        system_performance=figures,
        strategy_capability={
            "form": made.form,
            "compiled": made.form == "step",
            "gpu_available": cuda_is_available(),
        },
    )


def _sentence(own: str, others: list[str], compared: StrategyComparison) -> str:
    rows = compared.comparison
    beaten = [name for name in others if rows[own]["sharpe_ratio"] > rows[name]["sharpe_ratio"]]
    if not others:
        return f"{own} stands alone: no baseline is registered."
    if len(beaten) == len(others):
        return f"{own} has a higher Sharpe ratio than {', '.join(others)}, after costs."
    better = [name for name in others if name not in beaten]
    return f"{own} does not beat {', '.join(better)} by Sharpe ratio, after costs."


def _timed(work: Any) -> tuple[float, Any]:
    """The best of three, and what was made."""
    best, made = np.inf, None
    for _ in range(3):
        began = time.perf_counter()
        made = work()
        best = min(best, time.perf_counter() - began)
    return max(float(best), 1e-9), made


def _memory_mb() -> float:
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return float("nan")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
