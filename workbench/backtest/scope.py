"""What an engine cannot do is refused, never left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.errors import InvalidInput, OutOfRange

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["refuse_amounts", "refuse_beyond"]


def refuse_beyond(engine: str, plan: Plan, costs: Costs, able: frozenset[str]) -> None:
    """Refuse a plan or costs with something that an engine has not.

    Parameters
    ----------
    engine : str
        Its name.
    plan : Plan
        What it is told.
    costs : Costs
        What it charges.
    able : frozenset of str
        What it can do, of ``fee_per_share``, ``minimum_fee``, ``impact``, ``carry`` (borrow,
        funding, interest), ``life`` (splits, dividends, delistings) and ``margin``.

    Raises
    ------
    InvalidInput
        Naming all of it.
    """
    asked = {
        "fee_per_share": costs.fee_per_share > 0,
        "minimum_fee": costs.minimum_fee > 0,
        "impact": plan.pressure is not None,
        "carry": any(costs.carry),
        "life": plan.life is not None,
        "margin": plan.margin is not None,
    }
    found = [name for name, there in asked.items() if there and name not in able]
    if found:
        raise InvalidInput(
            f"The engine {engine!r} cannot do all that is asked for",
            seen=", ".join(_NAMES.get(name, name) for name in found),
            cure="Take engine='kernel', or leave it out",
        )


def refuse_amounts(initial_cash: float, lot: float) -> None:
    """Refuse cash and lots that no account has.

    Parameters
    ----------
    initial_cash, lot : float
        Cash before the first bar; the smallest step of an order, 0 for any size.

    Raises
    ------
    OutOfRange
        If the cash is not above 0, the lot is below 0, or one is not finite.
    """
    if not (math.isfinite(initial_cash) and initial_cash > 0):
        raise OutOfRange("initial_cash", initial_cash, cure="Give an amount above 0")
    if not (math.isfinite(lot) and lot >= 0):
        raise OutOfRange("lot", lot, cure="Give a number of units, or 0 for any size")


_NAMES = {
    "carry": "borrow, funding or interest",
    "life": "splits, dividends and delistings",
}
