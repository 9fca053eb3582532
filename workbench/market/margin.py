"""An account that may hold more than its own money, as a paragraph of facts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Margin"]


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
