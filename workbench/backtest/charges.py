"""What trading and holding cost, term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.backtest.filled import DELISTING, FLOWS, SPLIT
from workbench.backtest.results import CostReport
from workbench.market.costs import BPS

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.backtest.filled import Filled
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

    Floats = npt.NDArray[np.float64]

__all__ = ["charges_of"]


def charges_of(
    plan: Plan,
    filled: Filled,
    costs: Costs,
    *,
    equity: Floats,
    initial_cash: float,
    a_year: float,
) -> CostReport:
    """The costs of a backtest; every term is what the account lost by it.

    Parameters
    ----------
    plan : Plan
        What the engine was told.
    filled : Filled
        What it did.
    costs : Costs
        What was charged.
    equity : ndarray, shape (time,)
        Value of the account at each close.
    initial_cash, a_year : float
        Cash before the first bar; bars in a year.

    Returns
    -------
    CostReport
        In the currency of the account.
    """
    traded = filled.orders[~np.isin(filled.orders[:, 5], (SPLIT, DELISTING))]
    size, price = np.abs(traded[:, 2]), traded[:, 3]
    moved = _impact(plan, traded, size)
    flat = (costs.slippage_bps + costs.spread_bps / 2) * BPS
    before = price / (1 + np.sign(traded[:, 2]) * (flat + moved))
    value, mean = size * before, equity.mean()
    flows = np.zeros((1, len(FLOWS))) if filled.flows is None else filled.flows
    return CostReport(
        assumed=costs,
        total_commission=filled.orders[:, 4].sum(),
        slippage=(value * costs.slippage_bps * BPS).sum(),
        spread=(value * costs.spread_bps / 2 * BPS).sum(),
        impact=(value * moved).sum(),
        **dict(zip(FLOWS, flows.sum(axis=0), strict=True)),
        net_return=equity[-1] / initial_cash - 1.0,
        turnover=(size * price).sum() / mean * a_year / len(equity) if mean > 0 else np.nan,
    )


def _impact(plan: Plan, traded: Floats, size: Floats) -> Floats:
    """How far each order moved its price, a fraction."""
    if plan.pressure is None:
        return np.zeros(len(traded))
    felt = plan.pressure[traded[:, 0].astype(int), traded[:, 1].astype(int)]
    moved: Floats = np.nan_to_num(felt) * np.sqrt(size)
    return moved
