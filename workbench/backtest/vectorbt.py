"""The same plan through vectorbt, as a second opinion on our own engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.engine import Filled
from workbench.errors import MissingExtra

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["fill_plan", "portfolio"]


def portfolio(plan: Plan, costs: Costs, initial_cash: float) -> Any:
    """Simulate a plan as a `vectorbt.Portfolio` with shared cash.

    Orders are target percents of the account, sales before buys (``call_seq="auto"``),
    positions are valued at the fill price before slippage, and no order is too small.

    Parameters
    ----------
    plan : Plan
        What to hold after each bar's orders, and the prices.
    costs : Costs
        What an order costs.
    initial_cash : float
        Cash before the first bar.

    Returns
    -------
    vectorbt.Portfolio
        Columns are the symbols, one group.

    Raises
    ------
    MissingExtra
        If vectorbt is not installed.
    """
    try:
        import vectorbt  # noqa: PLC0415  heavy: vectorbt, 5 s
    except ImportError:
        raise MissingExtra("vectorbt", "for engine='vectorbt'", "lab") from None
    fee, slippage, fixed = costs.rates
    columns = pd.Index(plan.symbols, name="symbol")

    def framed(values: Any) -> pd.DataFrame:
        return pd.DataFrame(values, index=plan.time, columns=columns)

    return vectorbt.Portfolio.from_orders(
        framed(plan.closes),
        size=framed(plan.weights),
        size_type="targetpercent",
        price=framed(plan.prices),
        val_price=framed(plan.marks),
        fees=fee,
        fixed_fees=fixed,
        slippage=slippage,
        min_size=0.0,
        init_cash=float(initial_cash),
        cash_sharing=True,
        group_by=True,
        call_seq="auto",
        freq="1D",
    )


def fill_plan(plan: Plan, costs: Costs, initial_cash: float) -> Filled:
    """Carry out a plan by vectorbt.

    Its records do not say why an order was not filled, so `Filled.statuses` counts fills only.

    Parameters
    ----------
    plan : Plan
        What to hold after each bar's orders, and the prices.
    costs : Costs
        What an order costs.
    initial_cash : float
        Cash before the first bar.

    Returns
    -------
    Filled
        Orders and accounts.

    Raises
    ------
    MissingExtra
        If vectorbt is not installed.
    """
    made = portfolio(plan, costs, initial_cash)
    records = made.order_records
    records = records[np.argsort(records["id"], kind="stable")]
    signed = np.where(records["side"] == 0, records["size"], -records["size"])
    orders = np.column_stack(
        [records["idx"], records["col"], signed, records["price"], records["fees"]]
    ).astype(np.float64)
    statuses = np.zeros(5, dtype=np.int64)
    statuses[1] = len(orders)
    cash = made.cash().to_numpy(dtype=np.float64).reshape(len(plan.time))
    return Filled(orders, cash, made.assets().to_numpy(dtype=np.float64), statuses)
