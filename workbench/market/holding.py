"""What happens to a position while it is held: interest, splits and payments, margin."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from workbench.compute import kernel

__all__ = ["Margin", "held_for", "room", "short_of_margin"]


class Margin(BaseModel):
    """An account that may hold more than its own money.

    Without one, an account is a cash account: buys are cut to the cash there is, and the
    proceeds of short sales are cash.

    Parameters
    ----------
    leverage : float
        The most that the values of all positions, short ones taken positively, may come to
        when an order fills, over the value of the account. Regulation T of the Federal Reserve
        allows 2.
    maintenance : float
        When the value of the account falls below this share of the positions' values at a
        close, all of them are closed at that close. FINRA rule 4210 asks for 0.25 of longs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    leverage: Annotated[float, Field(ge=1, le=1_000)] = 2.0
    maintenance: Annotated[float, Field(ge=0, lt=1)] = 0.25

    def __str__(self) -> str:
        return f"{self.leverage:g}x leverage, {self.maintenance:.0%} maintenance"


@kernel
def held_for(value: float, years: float, carry: tuple[float, float, float]) -> tuple[float, float]:
    """What holding a position for some time costs.

    Parameters
    ----------
    value : float
        Of the position when the time begins; below 0 for a short one.
    years : float
        How long.
    carry : tuple of float
        `Costs.carry`: fractions a year; borrow and funding count here.

    Returns
    -------
    tuple of float
        Borrow fee paid, funding paid (below 0: received).
    """
    borrow, funding, _ = carry
    return (-value * borrow * years if value < 0 else 0.0), value * funding * years


@kernel
def room(value: float, others: float, leverage: float) -> float:
    """The largest exposure in one symbol that leverage leaves, a fraction of the account.

    Parameters
    ----------
    value : float
        Of the account, above 0.
    others : float
        The values of all other positions, short ones taken positively.
    leverage : float
        `Margin.leverage`.

    Returns
    -------
    float
        At least 0.
    """
    return max(leverage - others / value, 0.0)


@kernel
def short_of_margin(value: float, gross: float, maintenance: float) -> bool:
    """Whether an account must be closed out.

    Parameters
    ----------
    value, gross : float
        Of the account; of all positions, short ones taken positively.
    maintenance : float
        `Margin.maintenance`.

    Returns
    -------
    bool
        False without a position.
    """
    return gross > 0 and value < maintenance * gross
