"""What a reader of a backtest should know about how positions were held and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.backtest.filled import LIQUIDATION, ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xarray as xr

    from workbench.backtest.filled import Filled
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["warnings_of"]


def warnings_of(plan: Plan, filled: Filled, bars: xr.Dataset, costs: Costs) -> list[str]:
    """Sentences about short sales, margin, impact, and symbols that ended.

    Parameters
    ----------
    plan : Plan
        What the engine was told.
    filled : Filled
        What it did.
    bars : xarray.Dataset
        Where the plan came from.
    costs : Costs
        What was charged.

    Returns
    -------
    list of str
        Empty when there is nothing to say.
    """
    return [
        *_short(plan, filled, costs),
        *_margin(plan, filled),
        *_impact(plan, filled),
        *_ended(plan, filled, bars),
        *(plan.life.notes if plan.life else ()),
        *(f"{line}." for line in bars.attrs.get("unconverted", ())),
    ]


def _short(plan: Plan, filled: Filled, costs: Costs) -> Iterator[str]:
    if not (filled.positions < 0).any():
        return
    lent = costs.borrow_bps_per_year
    fee = f"pay {lent:g} bps a year to borrow" if lent else "pay no borrow fee"
    cash = "" if plan.margin else " and their proceeds are cash"
    yield f"Short sales {fee}{cash}."


def _margin(plan: Plan, filled: Filled) -> Iterator[str]:
    if plan.margin is None:
        return
    called = np.unique(filled.orders[filled.orders[:, 5] == LIQUIDATION, 0]).size
    yield f"A margin account: {plan.margin}; it was closed out on {called} bars."
    if filled.cash[-1] < 0 and (filled.positions[-1] == 0).all():
        yield "The account ended owing money: it lost more than it had."


def _impact(plan: Plan, filled: Filled) -> Iterator[str]:
    if plan.pressure is None:
        return
    ordered = filled.orders[filled.orders[:, 5] == ORDER]
    felt = plan.pressure[ordered[:, 0].astype(int), ordered[:, 1].astype(int)]
    if (felt == 0).any():
        yield f"{(felt == 0).sum()} orders paid no impact: no volatility was known before them."


def _ended(plan: Plan, filled: Filled, bars: xr.Dataset) -> Iterator[str]:
    """Positions whose last price is older than the last bar."""
    known = ~np.isnan(bars["close"].to_numpy())
    last = known.shape[0] - 1 - np.argmax(known[::-1], axis=0)
    for column in np.flatnonzero((filled.positions[-1] != 0) & (last < known.shape[0] - 1)):
        day = str(bars["time"].to_numpy()[last[column]])[:10]
        yield (
            f"{plan.symbols[column]} has no price after {day} and is valued at that close; if it "
            "was delisted, give its delisting return."
        )
