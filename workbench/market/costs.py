"""What an order costs, as a paragraph of facts."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["BPS", "Costs"]

BPS = 1e-4
"""One basis point as a fraction."""


class Costs(BaseModel):
    """What one order costs.

    The defaults describe a patient order in a large US stock: half a cent a share on a
    50-dollar stock is 1 bp of commission, and half the quoted spread is about 2 bps.

    Parameters
    ----------
    fee_bps : float
        Commission, in basis points of the traded value.
    slippage_bps : float
        How much worse than the bar's price an order fills, in basis points of that price.
    fixed_fee : float
        Commission of every order, in the currency of the account.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fee_bps: float = Field(default=1.0, ge=0, le=1_000)
    slippage_bps: float = Field(default=2.0, ge=0, le=1_000)
    fixed_fee: float = Field(default=0.0, ge=0)

    @classmethod
    def none(cls) -> Self:
        """Trading for free."""
        return cls(fee_bps=0.0, slippage_bps=0.0, fixed_fee=0.0)

    @property
    def rates(self) -> tuple[float, float, float]:
        """Fee and slippage as fractions and the fixed fee, as the kernels take them."""
        return self.fee_bps * BPS, self.slippage_bps * BPS, self.fixed_fee

    def __str__(self) -> str:
        fixed = f" + {self.fixed_fee:g} an order" if self.fixed_fee else ""
        return f"{self.fee_bps:g} bps fee + {self.slippage_bps:g} bps slippage{fixed}"
