"""From the names in a request to a strategy, its bars and a benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.backtest.studies.validating import Plan, validated
from workbench.data import load_bars
from workbench.registry import lookup

if TYPE_CHECKING:
    from workbench.backtest.studies.checklist import StrategyValidation
    from workbench.context import Context
    from workbench.domain import Period

__all__ = ["asked"]


def asked(
    strategy: Any,
    data: Any,
    period: Period,
    *,
    plan: dict[str, Any],
    trading: dict[str, Any],
    context: Context,
) -> StrategyValidation:
    """Resolve the names, load the data, and validate.

    Parameters
    ----------
    strategy, data
        Names or things.
    period : Period
        First and last session traded; earlier bars warm the strategy up.
    plan : dict
        The fields of `Plan`; ``benchmark`` may be a name.
    trading : dict
        As `validated` takes it.
    context : Context
        Whose lake, ledger and progress.

    Returns
    -------
    StrategyValidation
        With every trial recorded.
    """
    found = lookup("strategy", strategy) if isinstance(strategy, str) else strategy
    context.progress(0, None, "loading bars")
    bars = load_bars(data, end=period.end, context=context)
    beside = plan["benchmark"]
    if beside is not None:
        beside = load_bars(beside, end=period.end, context=context)
    return validated(
        found,
        bars,
        Plan(**{**plan, "benchmark": beside}),
        {**trading, "start": period.first},
        context=context,
    )
