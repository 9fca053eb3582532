"""Load, look, measure, rank: what stands between the verbs and the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.backtest.choosing.conditions import conditions_of
from workbench.backtest.choosing.measuring import candidates, compare_on
from workbench.backtest.choosing.recommending import recommended
from workbench.backtest.choosing.results import AdaptiveSelection, MarketConditions
from workbench.data import load_bars
from workbench.domain import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.backtest.choosing.results import Recommendation
    from workbench.context import Context

__all__ = ["adapt", "advise"]

METRICS = ("sharpe_ratio", "total_return", "max_drawdown")
NOT_SWITCHED = "Nothing was switched: no strategy is running."


def advise(
    data: Any,
    strategies: Sequence[Any] | None,
    period: Period,
    conditions: MarketConditions,
    criteria: dict[str, Any],
    *,
    context: Context,
) -> Recommendation:
    """As `recommend_strategy`; what the conditions leave out is read from the data."""
    bars = load_bars(data, end=period.end, context=context)
    seen = conditions_of(bars).model_dump(exclude_none=True)
    given = conditions.model_dump(exclude_none=True)
    compared = compare_on(
        candidates() if strategies is None else strategies,
        METRICS,
        data if isinstance(data, str) else bars,
        period,
        context=context,
    )
    return recommended(compared, MarketConditions(**{**seen, **given}), criteria, context=context)


def adapt(
    data: Any,
    strategies: Sequence[Any] | None,
    risk_tolerance: str,
    *,
    auto_switch: bool,
    context: Context,
) -> AdaptiveSelection:
    """As `adaptive_strategy_selection`."""
    criteria = {"risk_tolerance": risk_tolerance, "objectives": ["profit", "stability"]}
    found = advise(data, strategies, Period.of(), MarketConditions(), criteria, context=context)
    ranked = [row.strategy for row in found.strategy_rankings]
    return AdaptiveSelection(
        symbol=data if isinstance(data, str) else found.compared.dataset,
        market_conditions=found.market_conditions,
        selected_strategy=ranked[0],
        selection_confidence=found.confidence,
        auto_switch_enabled=auto_switch,
        switch_result=NOT_SWITCHED if auto_switch else None,
        alternative_strategies=ranked[1:3],
        reasoning=found.reasoning,
        notes=found.notes,
        recommended=found,
    )
