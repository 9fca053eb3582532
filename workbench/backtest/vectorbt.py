"""The same plan through vectorbt, as a second opinion on our own engine.

Orders, trades and account are those of our engines, to 1e-9. It differs in this:

- fees a share, least fees, impact, costs of holding, margin, splits, dividends and delistings are
  not there, and refused;
- its records do not say why an order was not filled, so that a report has no such note;
- asked itself, the `Portfolio` counts 365 days a year, takes the first close as the first peak of
  a drawdown (ours is the cash at the start), and gives an infinite Sharpe ratio to an account that
  never moved (ours is NaN). All its other measures that a report has are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.filled import EXIT, ORDER, Filled
from workbench.backtest.scope import refuse_beyond
from workbench.errors import MissingExtra

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["fill_plan", "filled_of", "portfolio"]

TARGET_AMOUNT, TARGET_PERCENT = 3, 5
"""``vectorbt.portfolio.enums.SizeType``."""


def portfolio(plan: Plan, costs: Costs, initial_cash: float) -> Any:
    """Simulate a plan as a `vectorbt.Portfolio` with shared cash.

    Orders are target percents of the account, sales before buys (``call_seq="auto"``),
    positions are valued at the fill price before slippage, and no order is too small. A plan
    with stops or targets has two rows a bar, orders and exits, since vectorbt places one order
    a row and symbol; the second row of a bar is a nanosecond later.

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
    InvalidInput
        If the plan or the costs have something that vectorbt has not.
    """
    refuse_beyond("vectorbt", plan, costs, frozenset())
    try:
        import vectorbt  # noqa: PLC0415  heavy: vectorbt, 5 s
    except ImportError:
        raise MissingExtra("vectorbt", "for engine='vectorbt'", "lab") from None
    fee, slippage, fixed, *_ = costs.schedule
    columns = pd.Index(plan.symbols, name="symbol")
    time, table = _rows(plan)

    def framed(values: Any) -> pd.DataFrame:
        return pd.DataFrame(values, index=time, columns=columns)

    return vectorbt.Portfolio.from_orders(
        framed(table["close"]),
        size=framed(table["size"]),
        size_type=framed(table["kind"]),
        price=framed(table["price"]),
        val_price=framed(table["mark"]),
        fees=fee,
        fixed_fees=fixed,
        slippage=slippage,
        min_size=0.0,
        size_granularity=plan.lot or np.nan,
        init_cash=float(initial_cash),
        cash_sharing=True,
        group_by=True,
        call_seq="auto",
        freq="1D",
    )


def _rows(plan: Plan) -> tuple[pd.DatetimeIndex, dict[str, Any]]:
    """What vectorbt is told: a row a bar, or two where there are stops and targets."""
    orders = {
        "close": plan.closes,
        "size": plan.weights,
        "kind": np.full(plan.weights.shape, TARGET_PERCENT),
        "price": plan.prices,
        "mark": plan.marks,
    }
    if plan.exits is None:
        return plan.time, orders
    exits = {
        "close": plan.closes,
        "size": np.where(np.isnan(plan.exits), np.nan, 0.0),
        "kind": np.full(plan.weights.shape, TARGET_AMOUNT),
        "price": plan.exits,
        "mark": np.where(np.isnan(plan.exits), plan.marks, plan.exits),
    }
    both = (orders, exits) if plan.fills_at == "next open" else (exits, orders)
    time = plan.time.repeat(2) + np.tile(np.array([0, 1], dtype="timedelta64[ns]"), len(plan.time))
    shape = (2 * len(plan.time), len(plan.symbols))
    return time, {
        name: np.stack([both[0][name], both[1][name]], axis=1).reshape(shape) for name in orders
    }


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
    return filled_of(portfolio(plan, costs, initial_cash), plan)


def filled_of(made: Any, plan: Plan) -> Filled:
    """What a portfolio of vectorbt did with a plan.

    Parameters
    ----------
    made : vectorbt.Portfolio
        As `portfolio` makes it.
    plan : Plan
        What it was told.

    Returns
    -------
    Filled
        Orders and accounts.
    """
    phases = 1 if plan.exits is None else 2
    leaving = -1 if plan.exits is None else int(plan.fills_at == "next open")
    records = made.order_records
    records = records[np.argsort(records["id"], kind="stable")]
    signed = np.where(records["side"] == 0, records["size"], -records["size"])
    row = records["idx"]
    reason = np.where(row % phases == leaving, EXIT, ORDER)
    orders = np.column_stack(
        [row // phases, records["col"], signed, records["price"], records["fees"], reason]
    ).astype(np.float64)
    statuses = np.zeros(5, dtype=np.int64)
    statuses[1] = len(orders)
    cash = made.cash().to_numpy(dtype=np.float64).reshape(-1)[phases - 1 :: phases]
    positions = made.assets().to_numpy(dtype=np.float64)[phases - 1 :: phases]
    return Filled(orders, cash, positions, statuses)
