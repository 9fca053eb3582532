"""Backtests of several strategies on the same data, each a trial in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.backtest.choosing.results import StrategyComparison
from workbench.backtest.operations import run_backtest
from workbench.errors import InvalidInput, MissingExtra, TooLittleHistory, UnknownName
from workbench.registry import lookup, names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.backtest.results import BacktestReport
    from workbench.context import Context
    from workbench.domain import Period

__all__ = ["METRICS", "candidates", "compare_on", "measure_all"]

METRICS = (
    "total_return", "annualized_return", "sharpe_ratio", "sortino_ratio", "calmar_ratio",
    "max_drawdown", "win_rate", "profit_factor", "total_trades", "volatility", "turnover",
)  # fmt: skip
"""What strategies can be compared by; `max_drawdown` is best near 0, `volatility` when small."""

SMALLER_IS_BETTER = frozenset({"volatility", "turnover"})


def candidates() -> list[str]:
    """The registered strategies that need no parameter of the caller, sorted."""
    return [
        name
        for name in names("strategy")
        if not any(
            field.is_required()
            for field in lookup("strategy", name).parameters.model_fields.values()
        )
    ]


def measure_all(
    strategies: Sequence[Any], data: Any, period: Period, *, context: Context
) -> tuple[dict[str, BacktestReport], dict[str, str]]:
    """Backtest each strategy with its defaults on the same bars, after costs.

    Parameters
    ----------
    strategies : sequence
        Names or things, as `run_backtest` takes them.
    data : str or frame
        As `run_backtest` takes it.
    period : Period
        First and last session traded.
    context : Context
        Whose ledger and progress.

    Returns
    -------
    reports : dict of str to BacktestReport
        By name, in the order given; a name that comes twice is numbered.
    left_out : dict of str to str
        Those that cannot trade these data (too short, an extra that is not installed, an
        input that is missing), and why.
    """
    reports: dict[str, BacktestReport] = {}
    left: dict[str, str] = {}
    for done, strategy in enumerate(strategies):
        context.progress(done, len(strategies), _named(strategy))
        try:
            report = run_backtest(
                strategy,
                data,
                period.first,
                period.last,
                use_gpu=False,
                benchmark=None,
                context=context.replace(on_progress=_silent),
            )
        except (TooLittleHistory, MissingExtra, InvalidInput) as error:
            left[_named(strategy)] = str(error).partition("\n")[0]
        else:
            reports[_unused(report.strategy, reports)] = report
    if not reports:
        raise InvalidInput(
            "None of the strategies can trade these data",
            seen=left,
            cure="Choose a longer period, or others of list_strategies",
        )
    return reports, left


def compare_on(
    strategies: Sequence[Any],
    metrics: Sequence[str],
    data: Any,
    period: Period,
    *,
    context: Context,
) -> StrategyComparison:
    """Strategies side by side: one row each, and the best by each metric.

    Parameters
    ----------
    strategies : sequence
        As `measure_all`.
    metrics : sequence of str
        Of `METRICS`.
    data, period, context
        As `measure_all`.

    Returns
    -------
    StrategyComparison
        With ``risk_adjusted_return`` (total return over the size of the deepest drawdown).

    Raises
    ------
    UnknownName
        If a metric does not exist.
    """
    for metric in metrics:
        if metric not in METRICS:
            raise UnknownName("metric", metric, METRICS)
    reports, left = measure_all(strategies, data, period, context=context)
    rows = {name: _row(report, metrics) for name, report in reports.items()}
    first = next(iter(reports.values()))
    equity = pd.DataFrame({name: report.equity["strategy"] for name, report in reports.items()})
    trials = [report.trial for report in reports.values() if report.trial is not None]
    return StrategyComparison(
        dataset=first.dataset,
        bars=first.period.bars,
        comparison=rows,
        best_by_metric=_best(rows),
        trials=max(trials, default=None),
        left_out=left,
        notes=_notes(first, reports),
        equity=equity.assign(benchmark=first.equity["benchmark"]),
        reports=reports,
    )


def _row(report: BacktestReport, metrics: Sequence[str]) -> dict[str, float]:
    known = report.to_frame()["value"]
    row = {metric: float(known[metric]) for metric in metrics}
    deepest = abs(report.results.max_drawdown)
    row["risk_adjusted_return"] = (
        report.results.total_return / deepest if deepest > 0 else float("nan")
    )
    return row


def _best(rows: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """Metric → the strategy with the best value; a metric that is NaN for all has none."""
    frame = pd.DataFrame.from_dict(rows, orient="index")
    best = {}
    for metric in frame.columns[frame.notna().any()]:
        column = frame[metric]
        best[str(metric)] = str(column.idxmin() if metric in SMALLER_IS_BETTER else column.idxmax())
    return best


def _notes(first: BacktestReport, reports: Mapping[str, BacktestReport]) -> list[str]:
    notes = [first.survivorship] if first.survivorship else []
    if len(reports) > 1:
        notes.append(
            f"The best of {len(reports)} looks better than it is: the verdict of its report"
            " counts every trial."
        )
    return notes


def _named(strategy: Any) -> str:
    return strategy if isinstance(strategy, str) else getattr(strategy, "name", "strategy")


def _unused(name: str, taken: Mapping[str, Any]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free


def _silent(_done: float, _total: float | None, _message: str) -> None:
    """One bar of progress at a time: the strategies are counted, not their parts."""
