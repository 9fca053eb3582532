"""The last days of a strategy in six numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.backtest.quick.results import QuickBacktest
from workbench.backtest.request import performance_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.backtest.results import BacktestReport
    from workbench.context import Context

__all__ = ["last_days"]

FEW_BARS = 60
"""Fewer bars than this cannot tell skill from luck at any Sharpe ratio that markets pay."""


def last_days(
    strategy: Any,
    data: Any,
    days: int,
    *,
    parameters: Mapping[str, Any] | None,
    context: Context,
) -> QuickBacktest:
    """As `quick_backtest`."""
    found = performance_of(
        strategy, data, days, benchmark=None, parameters=parameters, context=context
    ).backtest
    return QuickBacktest(
        strategy=found.strategy,
        symbol=data if isinstance(data, str) else found.dataset,
        days=days,
        bars=found.period.bars,
        total_return=found.results.total_return,
        sharpe_ratio=found.results.sharpe_ratio,
        max_drawdown=found.results.max_drawdown,
        total_trades=found.results.total_trades,
        held_return=found.benchmark_comparison.benchmark_return,
        caution=_caution(found),
        backtest=found,
    )


def _caution(report: BacktestReport) -> str:
    if report.period.bars < FEW_BARS:
        return (
            f"{report.period.bars} bars tell nothing about skill: the standard error of a yearly"
            f" Sharpe ratio is {(report.periods_per_year / report.period.bars) ** 0.5:.1f}."
        )
    return report.verdict.sentence if report.verdict else report.claim
