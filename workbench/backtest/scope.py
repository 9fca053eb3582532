"""What an engine cannot do is refused, never left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from workbench.backtest.plan import Plan
    from workbench.market.costs import Costs

__all__ = ["refuse_beyond"]


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


_NAMES = {
    "carry": "borrow, funding or interest",
    "life": "splits, dividends and delistings",
}
