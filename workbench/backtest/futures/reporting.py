"""From contracts that were traded to a report: rolls with their costs, profit by contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.filled import REASONS, ROLL
from workbench.backtest.futures.results import FuturesBacktest
from workbench.backtest.report import assemble

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.backtest.filled import Filled
    from workbench.backtest.plan import Plan
    from workbench.data.futures import ContinuousSeries

__all__ = ["reported"]

PER_UNIT = {"orders": ("price",), "trades": ("entry_price", "exit_price")}
"""The columns of a backtest that are prices: values of a contract over the multiplier."""


def reported(
    plan: Plan,
    filled: Filled,
    traded: xr.Dataset,
    series: ContinuousSeries,
    *,
    terms: Mapping[str, Any],
    labels: Mapping[str, Any],
) -> FuturesBacktest:
    """Value what was filled, and tell it by roll and by contract.

    Parameters
    ----------
    plan : Plan
        Of the contracts; closes are values of a contract.
    filled : Filled
        What was done.
    traded : xarray.Dataset
        Bars of the contracts.
    series : ContinuousSeries
        What the strategy saw, and the rolls.
    terms, labels : mapping
        ``costs``, ``initial_cash`` and ``multiplier``; what `assemble` takes.

    Returns
    -------
    FuturesBacktest
        With the whole backtest.
    """
    multiplier, costs = terms["multiplier"], terms["costs"]
    root = str(series.bars["symbol"].to_numpy()[0])
    closes = series.bars["close"].to_series().ffill()
    whole = assemble(
        plan,
        filled,
        traded,
        costs=costs,
        initial_cash=terms["initial_cash"],
        benchmark=pd.Series((closes / closes.iloc[0]).to_numpy(), plan.time, name=root),
        labels=labels,
    )
    # `fees` and `pnl` are money already
    frames = {name: getattr(whole, name).copy() for name in PER_UNIT}
    for name, columns in PER_UNIT.items():
        frames[name][list(columns)] /= multiplier
    notes = [note for note in whole.notes if not note.startswith("Short sales")]
    notes.append(f"Contracts of {multiplier:g} a point; rolls by {series.bars.attrs['roll']}.")
    whole = whole.model_copy(update={**frames, "notes": notes})
    rolls = _rolls(frames["orders"], series, multiplier, costs.schedule[1])
    contracts = _by_contract(frames["orders"], frames["trades"])
    return FuturesBacktest(
        underlying=root,
        strategy=whole.strategy,
        multiplier=multiplier,
        roll=str(series.bars.attrs["roll"]),
        margin=str(plan.margin),
        fills_at=whole.fills_at,
        initial_cash=whole.initial_cash,
        total_return=whole.results.total_return,
        sharpe_ratio=whole.results.sharpe_ratio,
        max_drawdown=whole.results.max_drawdown,
        total_trades=whole.results.total_trades,
        rolled=len(rolls),
        roll_cost=float(rolls[["fees", "slippage"]].to_numpy().sum()),
        notes=notes,
        backtest=whole,
        rolls=rolls,
        contracts=contracts,
        contract_records=_records(contracts.reset_index()),
        roll_records=_records(rolls),
    )


def _rolls(
    orders: pd.DataFrame, series: ContinuousSeries, multiplier: float, adverse: float
) -> pd.DataFrame:
    """A row for each roll that was traded; the sale or the purchase is missing where none was."""
    done = orders[orders["reason"] == REASONS[ROLL]]
    # a price that was worsened by a fraction lay at price / (1 ± fraction) before
    side = np.where(done["side"] == "buy", 1.0, -1.0)
    before = done["price"] / (1 + side * adverse)
    lost = (done["price"] - before).abs() * done["size"] * multiplier
    done = done.assign(slippage=lost)
    rows = []
    for roll in series.rolls.to_dict("records"):
        own = done[done["time"] == roll["date"]]
        if not len(own):
            continue
        old, new = (own[own["symbol"] == roll[name]] for name in ("from", "to"))
        rows.append(
            {
                "date": roll["date"],
                "from": roll["from"],
                "to": roll["to"],
                "rule": roll["rule"],
                "contracts": float(old["size"].sum()) * _sign(old),
                "left_at": old["price"].mean(),
                "entered_at": new["price"].mean(),
                "fees": own["fee"].sum(),
                "slippage": own["slippage"].sum(),
            }
        )
    columns = ["date", "from", "to", "rule", "contracts", "left_at", "entered_at"]
    return pd.DataFrame(rows, columns=[*columns, "fees", "slippage"])


def _sign(sold: pd.DataFrame) -> int:
    """1 for long contracts that were sold, −1 for short ones that were bought back."""
    return -1 if len(sold) and sold["side"].iloc[0] == "buy" else 1


def _by_contract(orders: pd.DataFrame, trades: pd.DataFrame) -> pd.DataFrame:
    grouped = orders.groupby("symbol", sort=False)
    signed = orders["size"].where(orders["side"] == "buy", -orders["size"])
    held = signed.groupby(orders["symbol"]).cumsum().abs()  # also what no close saw
    most = held.groupby(orders["symbol"]).max()
    earned = trades.groupby("symbol", sort=False)[["pnl", "fees"]].sum()
    made = grouped["time"].agg(first="min", last="max").join(grouped.size().rename("orders"))
    made = made.join(most.rename("most")).join(earned)
    return made.rename_axis("contract")


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as they travel: days as words, what is missing as None."""
    laid = frame.astype(object)
    for name in frame.select_dtypes("datetime"):
        laid[name] = [moment.isoformat() for moment in frame[name]]
    rows: list[dict[str, Any]] = laid.where(laid.notna(), None).to_dict("records")
    return rows
