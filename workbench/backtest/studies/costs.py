"""What is left of a strategy when trading costs more than was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.backtest.studies.results import CostSensitivity
from workbench.backtest.studies.study import Study
from workbench.errors import InvalidInput, OutOfRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.market.costs import Costs

__all__ = ["cost_sensitivity", "multiplied"]

MULTIPLES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
MOST = 64.0
"""A break-even beyond this multiple is called infinite."""
HALVINGS = 12

_COLUMNS = ("sharpe_ratio", "annualized_return", "total_return", "max_drawdown")


def cost_sensitivity(
    strategy: Any,
    bars: Any = None,
    *,
    multiples: Sequence[float] = MULTIPLES,
    **trading: Any,
) -> CostSensitivity:
    """Trade the same strategy at multiples of its costs, and find where it earns nothing.

    Parameters
    ----------
    strategy : Strategy, callable, table or Study
        What is traded; a study brings its bars and trading.
    bars : xarray.Dataset or DataFrame
        As `workbench.data.bars` reads them.
    multiples : sequence of float
        What every part of the costs is multiplied by, 0 or more.
    **trading
        ``parameters``, ``costs``, ``initial_cash``, ``fills_at``, ``engine`` as `simulate`
        takes them.

    Returns
    -------
    CostSensitivity
        A row a multiple, and the multiple at which the account ends where it began, found
        by bisection: infinite beyond 64, NaN where the strategy loses without costs.

    Raises
    ------
    InvalidInput
        If the costs are zero: there is nothing to multiply.
    OutOfRange
        If a multiple is negative.
    """
    study = Study.of(strategy, bars, trading)
    if multiplied(study.costs, 2.0) == study.costs:
        raise InvalidInput(
            "The costs are zero, and so is every multiple of them",
            seen=str(study.costs),
            cure="Give what an order costs, for example Costs(fee_bps=1, slippage_bps=2)",
        )
    for multiple in multiples:
        if not multiple >= 0:
            raise OutOfRange("multiples", multiple, 0)
    rows = {}
    for done, multiple in enumerate(sorted(multiples)):
        study.progress(done, len(multiples), f"costs × {multiple:g}")
        report = study.stressed(costs=multiplied(study.costs, multiple))
        rows[multiple] = {name: getattr(report.results, name) for name in _COLUMNS}
    even = _break_even(study)
    return CostSensitivity(
        strategy=study.name,
        costs=study.costs,
        break_even=even,
        break_even_bps=even * sum(study.costs.rates[:2]) * 1e4,
        multiples=sorted(multiples),
        sharpe_ratios=[row["sharpe_ratio"] for row in rows.values()],
        annualized_returns=[row["annualized_return"] for row in rows.values()],
        table=pd.DataFrame.from_dict(rows, orient="index").rename_axis("multiple"),
    )


def multiplied(costs: Costs, multiple: float) -> Costs:
    """Costs of which every part is a multiple.

    Parameters
    ----------
    costs : Costs
        What an order costs.
    multiple : float
        0 or more; the bounds of single costs do not hold for it.

    Returns
    -------
    Costs
        Every number multiplied; what is not a number stays.
    """
    parts = {
        name: value * multiple
        for name, value in costs
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    return costs.model_copy(update=parts)


def _break_even(study: Study) -> float:
    """The multiple at which the account ends where it began."""

    def earned(multiple: float) -> float:
        study.progress(0, None, f"break-even, costs × {multiple:.2f}")
        report = study.stressed(costs=multiplied(study.costs, multiple))
        return float(report.results.total_return)

    if not earned(0.0) > 0:
        return float("nan")
    low, high = 0.0, 1.0
    while earned(high) > 0:
        low, high = high, 2.0 * high
        if high > MOST:
            return float("inf")
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if earned(middle) > 0 else (low, middle)
    return (low + high) / 2
