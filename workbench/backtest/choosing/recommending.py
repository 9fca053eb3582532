"""From a ranking to a recommendation in words that claim no more than the data do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.choosing.results import RankedStrategy, Recommendation
from workbench.backtest.choosing.scoring import (
    WEIGHT_OF_SHARPE,
    factor_of,
    first_places,
    score_of,
)
from workbench.errors import UnknownName

if TYPE_CHECKING:
    from workbench.backtest.choosing.results import MarketConditions, StrategyComparison
    from workbench.context import Context

__all__ = ["OBJECTIVES", "recommended"]

OBJECTIVES = ("profit", "stability")
LUCK = 0.5


def recommended(
    compared: StrategyComparison,
    conditions: MarketConditions,
    criteria: dict[str, Any],
    *,
    context: Context,
) -> Recommendation:
    """Rank what was measured, and say how often the first would have come first.

    Parameters
    ----------
    compared : StrategyComparison
        With its reports.
    conditions : MarketConditions
        What the factors look at.
    criteria : dict
        ``risk_tolerance`` (sets the weight of the Sharpe ratio) and ``objectives``: ``profit``
        alone ranks as a high tolerance, ``stability`` alone as a low one.
    context : Context
        Whose randomness.

    Returns
    -------
    Recommendation
        The best first.

    Raises
    ------
    UnknownName
        If the tolerance or an objective does not exist.
    """
    tolerance = _tolerance(**criteria)
    reports = compared.reports
    factors = np.array([factor_of(name, conditions) for name in reports])
    returns = np.column_stack([report.returns.to_numpy() for report in reports.values()])
    year = next(iter(reports.values())).periods_per_year
    won = first_places(
        np.nan_to_num(returns), tolerance, periods_per_year=year, rng=context.rng(4, 11)
    )
    rows = [
        _ranked(name, report, factor, share, tolerance)
        for (name, report), factor, share in zip(reports.items(), factors, won, strict=True)
    ]
    rows.sort(key=lambda row: -row.score)
    return Recommendation(
        recommendation=rows[0].strategy,
        confidence=rows[0].first_places,
        reasoning=_reasoning(rows, compared),
        strategy_rankings=rows,
        criteria={**criteria, "weight_of_sharpe": WEIGHT_OF_SHARPE[tolerance]},
        market_conditions=conditions,
        notes=[*compared.notes, *(f"{n} was left out: {w}" for n, w in compared.left_out.items())],
        compared=compared,
    )


def _tolerance(risk_tolerance: str, objectives: list[str]) -> str:
    if risk_tolerance not in WEIGHT_OF_SHARPE:
        raise UnknownName("risk tolerance", risk_tolerance, WEIGHT_OF_SHARPE)
    for objective in objectives:
        if objective not in OBJECTIVES:
            raise UnknownName("objective", objective, OBJECTIVES)
    only = set(objectives)
    if only == {"profit"}:
        return "high"
    return "low" if only == {"stability"} else risk_tolerance


def _ranked(name: str, report: Any, factor: float, share: float, tolerance: str) -> RankedStrategy:
    found = report.results
    return RankedStrategy(
        strategy=name,
        score=factor * score_of(found.sharpe_ratio, found.max_drawdown, tolerance),
        factor=float(factor),
        sharpe_ratio=found.sharpe_ratio,
        total_return=found.total_return,
        max_drawdown=found.max_drawdown,
        first_places=float(share),
    )


def _reasoning(rows: list[RankedStrategy], compared: StrategyComparison) -> str:
    best = rows[0]
    numbers = f"Sharpe {best.sharpe_ratio:.2f}, drawdown {best.max_drawdown:.0%} after costs"
    sentence = (
        f"{best.strategy} scores {best.score:.2f} on {compared.dataset} ({numbers})"
        f" and comes first in {best.first_places:.0%} of histories like this one."
    )
    if best.first_places < LUCK and len(rows) > 1:
        sentence += f" That is not clear: {rows[1].strategy} is next."
    verdict = compared.reports[best.strategy].verdict
    return sentence if verdict is None else f"{sentence} {verdict.sentence}"
