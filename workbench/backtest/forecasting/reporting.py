"""From backtests to the result: numbers of the engine, and words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from workbench.backtest.forecasting.results import (
    BacktestPeriod,
    Earned,
    NeuralBacktest,
    Performance,
    RiskMetrics,
    Rule,
    Sample,
    TradingStatistics,
)
from workbench.backtest.forecasting.telling import LEVEL, rule_sentence, statement
from workbench.errors import NoData, TooLittleHistory
from workbench.risk import RiskMeasure
from workbench.risk import measure as risk_measure
from workbench.validation import measure
from workbench.validation.resampling import sharpe_difference

if TYPE_CHECKING:
    from workbench.backtest.results import BacktestReport, BenchmarkComparison, CostReport
    from workbench.forecast.models import TrainedModel
    from workbench.strategies.declaration import Strategy
    from workbench.validation.resampling import SharpeDifference

__all__ = ["Traded", "reported"]

DRAWS = 999


@dataclass(frozen=True, eq=False)
class Traded:
    """One sample, traded.

    Parameters
    ----------
    report : BacktestReport
        Of the model.
    held : BacktestReport
        Of the symbol, bought and held at the same costs.
    flat : BacktestReport
        Of repeat-last under the same rule.
    forecasts : pandas.DataFrame
        ``expected_return`` and ``weight`` of each decision that was traded.
    """

    report: BacktestReport
    held: BacktestReport
    flat: BacktestReport
    forecasts: pd.DataFrame


def reported(
    model: TrainedModel,
    rule: Strategy,
    before: Traded | None,
    after: Traded | None,
    *,
    notes: list[str],
    rng: np.random.Generator,
) -> NeuralBacktest:
    """Put the samples of a model into one result.

    Parameters
    ----------
    model : TrainedModel
        The model.
    rule : Strategy
        What was traded.
    before, after : Traded, optional
        What the model has learned from, and what it has not; one of them at least.
    notes : list of str
        What a reader should know first.
    rng : numpy.random.Generator
        For the test against buy and hold.

    Returns
    -------
    NeuralBacktest
        The model is judged by what comes after its training alone.
    """
    shown = next(part for part in (after, before) if part is not None)
    old = None if before is None else _sample(before)
    new = None if after is None else _sample(after)
    judged = {} if after is None else _judged(after, rng)
    made = NeuralBacktest(
        model_id=rule.name,
        model_type=model.model_type,
        trained_on=model.series,
        symbol=shown.report.symbols[0],
        statement="",
        backtest_period=_period(model, old, new),
        rule=_told(shown.report),
        performance=new and new.performance,
        trading_statistics=new and new.trading_statistics,
        risk_metrics=new and new.risk_metrics,
        in_sample=old,
        survivorship=shown.report.survivorship,
        notes=[
            *notes,
            *_unforecast(shown),
            *shown.report.notes,
            *(shown.report.verdict.notes if shown.report.verdict else []),
        ],
        backtest=after and after.report,
        in_sample_backtest=before and before.report,
        equity=_growth(before, after),
        forecasts=pd.concat([part.forecasts for part in (before, after) if part is not None]),
        **judged,
    )
    return made.model_copy(update={"statement": statement(made)})


def _judged(after: Traded, rng: np.random.Generator) -> dict[str, Any]:
    """Whether luck explains what was earned, and the lead over buy and hold."""
    report = after.report
    related, verdict = report.all_trials, report.verdict
    p_value = math.nan if verdict is None else verdict.p_value
    if related is not None and verdict is not None:
        p_value = related.p_value
    found = _lead(after, rng)
    leads = found is not None and found.difference > 0 and found.p_value <= LEVEL
    return {
        "beats_buy_and_hold": report.results.total_return > after.held.results.total_return,
        "has_skill": bool(p_value <= LEVEL and leads),
        "p_value": p_value,
        "p_over_holding": math.nan if found is None else found.p_value,
        "trial": report.trial,
        "claim": report.claim,
        "verdict": verdict,
        "all_trials": related,
    }


def _lead(after: Traded, rng: np.random.Generator) -> SharpeDifference | None:
    try:
        return sharpe_difference(after.report.returns, after.held.returns, rng, draws=DRAWS)
    except (TooLittleHistory, NoData):
        return None


def _unforecast(part: Traded) -> list[str]:
    missing = int(part.forecasts["expected_return"].isna().sum())
    if not missing:
        return []
    return [f"{missing} decisions had no forecast, as the closes had not moved: nothing was held."]


def _sample(part: Traded) -> Sample:
    report = part.report
    return Sample(
        start=report.period.start,
        end=report.period.end,
        bars=report.period.bars,
        performance=_performance(part),
        trading_statistics=_statistics(part),
        risk_metrics=RiskMetrics(
            var_95=report.risk_metrics.var_95,
            expected_shortfall=_shortfall(report),
            calmar_ratio=report.results.calmar_ratio,
            sortino_ratio=report.results.sortino_ratio,
        ),
    )


def _performance(part: Traded) -> Performance:
    report = part.report
    beside = cast("BenchmarkComparison", report.benchmark_comparison)
    return Performance(
        neural_model=_earned(report),
        benchmark_name=beside.benchmark,
        benchmark=_earned_by(report.equity["benchmark"], report),
        buy_and_hold=_earned(part.held),
        repeat_last=_earned(part.flat),
        alpha=beside.alpha,
        beta=beside.beta,
        information_ratio=beside.information_ratio,
    )


def _earned(report: BacktestReport) -> Earned:
    results = report.results
    return Earned(
        total_return=results.total_return,
        annualized_return=results.annualized_return,
        sharpe_ratio=results.sharpe_ratio,
        max_drawdown=results.max_drawdown,
        volatility=report.risk_metrics.volatility,
        win_rate=results.win_rate,
    )


def _earned_by(values: pd.Series, report: BacktestReport) -> Earned:
    """What a benchmark earned that began with the same cash."""
    before = np.r_[report.initial_cash, values.to_numpy()[:-1]]
    returns = values.to_numpy() / before - 1.0
    names = [name for name in Earned.model_fields if name != "win_rate"]
    return Earned(**{name: measure(name, returns, report.periods_per_year) for name in names})


def _statistics(part: Traded) -> TradingStatistics:
    report, side = part.report, part.forecasts["weight"].to_numpy()
    held = (report.weights.fillna(0.0) != 0).any(axis=1)
    return TradingStatistics(
        **report.trade_statistics.model_dump(),
        forecasts=int(part.forecasts["expected_return"].notna().sum()),
        long=int((side > 0).sum()),
        short=int((side < 0).sum()),
        flat=int((side == 0).sum()),
        time_in_market=float(held.mean()),
        turnover=cast("CostReport", report.costs).turnover,
    )


def _shortfall(report: BacktestReport) -> float:
    returns = report.returns.dropna()
    try:
        return risk_measure(RiskMeasure.EXPECTED_SHORTFALL, returns, 0.05)
    except TooLittleHistory:
        return math.nan


def _period(model: TrainedModel, old: Sample | None, new: Sample | None) -> BacktestPeriod:
    parts = [part for part in (old, new) if part is not None]
    return BacktestPeriod(
        start=parts[0].start,
        end=parts[-1].end,
        bars=sum(part.bars for part in parts),
        trained_until=model.trained_until,
        out_of_sample_from=new.start if new else None,
        in_sample_bars=old.bars if old else 0,
        out_of_sample_bars=new.bars if new else 0,
    )


def _told(report: BacktestReport) -> Rule:
    told, costs = report.parameters, cast("CostReport", report.costs).assumed
    return Rule(
        sentence=rule_sentence(told, costs),
        costs=costs,
        fills_at=report.fills_at,
        **told,
    )


def _growth(before: Traded | None, after: Traded | None) -> pd.DataFrame:
    """Growth of 1 from the first bar after the training; what came before leads up to 1."""
    parts = [
        part.report.equity.set_axis(["model", "benchmark"], axis=1).assign(
            **{"buy and hold": part.held.equity["strategy"]}
        )
        / part.report.initial_cash
        for part in (before, after)
        if part is not None
    ]
    if before is not None and after is not None:
        parts[0] = parts[0] / parts[0].iloc[-1]
    return pd.concat(parts)[["model", "buy and hold", "benchmark"]]
