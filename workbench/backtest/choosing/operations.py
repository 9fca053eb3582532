"""The public verbs of choosing a strategy."""

from __future__ import annotations

from typing import Any, Literal

from workbench.backtest.choosing.results import (
    AdaptiveSelection,
    MarketConditions,
    Recommendation,
    StrategyComparison,
)
from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session
from workbench.registry import operation


@operation(effect="compute", command="strategies compare")
def get_strategy_comparison(
    strategies: list[str],
    metrics: list[str] | None = None,
    *,
    symbol: DatasetRef = "sp500-20",
    start_date: Session | None = None,
    end_date: Session | None = None,
    context: Context | None = None,
) -> StrategyComparison:
    """Compare strategies on the same bars, after costs, each a trial in the ledger.

    Parameters
    ----------
    strategies : list of str
        Names from `list_strategies`; in Python also strategies and functions of bars.
    metrics : list of str, optional
        Of total_return, annualized_return, sharpe_ratio, sortino_ratio, calmar_ratio,
        max_drawdown, win_rate, profit_factor, total_trades, volatility and turnover; by
        default Sharpe ratio, total return and deepest drawdown.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    start_date, end_date : date, optional
        The first and the last session traded; all there are by default.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    StrategyComparison
        One row a strategy, and the best by each metric.

    Raises
    ------
    UnknownName
        If a strategy, a metric, the dataset or a symbol does not exist.
    InvalidInput
        If no strategy is named, or none can trade these data.
    """
    from workbench.backtest.choosing.measuring import compare_on  # heavy: xarray

    return compare_on(
        strategies,
        metrics or ["sharpe_ratio", "total_return", "max_drawdown"],
        symbol,
        Period.of(start_date, end_date),
        context=context or current(),
    )


@operation(effect="compute", command="backtest recommend")
def recommend_strategy(
    market_conditions: dict[str, Any] | None = None,
    risk_tolerance: Literal["low", "moderate", "high"] = "moderate",
    objectives: list[Literal["profit", "stability"]] | None = None,
    *,
    symbol: DatasetRef = "sp500-20",
    strategies: list[str] | None = None,
    start_date: Session | None = None,
    end_date: Session | None = None,
    context: Context | None = None,
) -> Recommendation:
    """Recommend the strategy that did best on these data, and say how sure that is.

    Each candidate is backtested after costs and counted as a trial. The score is w × Sharpe +
    (1 − w) × (1 − drawdown) with w = 0.3, 0.5 or 0.7 by tolerance; it is raised for momentum
    where the trend is bullish, for mean reversion where volatility is high, for swing
    where there is no trend. The confidence is measured, by resampling the history.

    Parameters
    ----------
    market_conditions : dict, optional
        ``volatility`` (low, moderate, high) and ``trend`` (bullish, bearish, neutral); what
        is missing is read from the last bars of the data.
    risk_tolerance : {"low", "moderate", "high"}
        How much of the score is return for risk rather than a shallow drawdown.
    objectives : list, optional
        ``profit`` alone ranks as a high tolerance, ``stability`` alone as a low one; both by
        default.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    strategies : list of str, optional
        The candidates; every strategy that needs no parameter by default.
    start_date, end_date : date, optional
        The first and the last session traded.
    context : Context, optional
        Whose lake, ledger, randomness and progress; the process's own by default.

    Returns
    -------
    Recommendation
        The ranking, the best first.

    Raises
    ------
    UnknownName
        If a strategy, the dataset or a symbol does not exist.
    InvalidInput
        If no candidate can trade these data.
    """
    from workbench.backtest.choosing.advising import advise  # heavy: xarray

    return advise(
        symbol,
        strategies,
        Period.of(start_date, end_date),
        MarketConditions(**(market_conditions or {})),
        {"risk_tolerance": risk_tolerance, "objectives": objectives or ["profit", "stability"]},
        context=context or current(),
    )


@operation(effect="compute", command="backtest adapt")
def adaptive_strategy_selection(
    symbol: DatasetRef,
    auto_switch: bool = False,
    *,
    strategies: list[str] | None = None,
    risk_tolerance: Literal["low", "moderate", "high"] = "moderate",
    context: Context | None = None,
) -> AdaptiveSelection:
    """Choose the strategy that suits what a symbol shows at its last bar.

    As `recommend_strategy` on this symbol, with the conditions read from its bars.

    Parameters
    ----------
    symbol : str or frame
        A symbol or a dataset; in Python also a table of prices.
    auto_switch : bool
        Whether a running strategy should be exchanged for the selected one. Nothing trades
        yet, so nothing is switched, and the answer says so.
    strategies : list of str, optional
        The candidates; every strategy that needs no parameter by default.
    risk_tolerance : {"low", "moderate", "high"}
        As `recommend_strategy`.
    context : Context, optional
        Whose lake, ledger, randomness and progress; the process's own by default.

    Returns
    -------
    AdaptiveSelection
        The selected strategy and the next two.

    Raises
    ------
    UnknownName
        If a strategy, the dataset or a symbol does not exist.
    InvalidInput
        If no candidate can trade these data.
    """
    from workbench.backtest.choosing.advising import adapt  # heavy: xarray

    return adapt(
        symbol,
        strategies,
        risk_tolerance,
        auto_switch=auto_switch,
        context=context or current(),
    )
