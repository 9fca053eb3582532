"""What an order and a position cost, as a paragraph of facts."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["BPS", "Costs", "Rates", "Schedule"]

BPS = 1e-4
"""One basis point as a fraction."""

Rates = tuple[float, float, float]
"""Fee and slippage as fractions, fixed fee as an amount."""

Schedule = tuple[float, float, float, float, float]
"""`Rates`, then the fee of a share and the least fee of an order, amounts."""

Bps = Annotated[float, Field(ge=0, le=1_000)]
BpsPerYear = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]
Amount = Annotated[float, Field(ge=0)]


class Costs(BaseModel):
    """What an order costs, and what it costs to hold a position.

    The defaults describe a patient order in a large US stock: half a cent a share on a
    50-dollar stock is 1 bp of commission, and half the quoted spread is about 2 bps.
    All other costs are 0 unless given.

    Parameters
    ----------
    fee_bps : float
        Commission of an order that takes liquidity, in basis points of the traded value.
    slippage_bps : float
        How much worse than the bar's price an order fills, in basis points of that price.
    fixed_fee : float
        Commission of every order, in the currency of the account.
    maker_fee_bps : float, optional
        Commission of an order that rested in the book, in basis points; below 0 is a rebate.
        None is `fee_bps`. Bars fill takers only; the replay fills both.
    fee_per_share : float
        Commission of every unit traded, in the currency of the account.
    minimum_fee : float
        The least that `fee_bps` and `fee_per_share` together come to for one order, in the
        currency of the account; `fixed_fee` comes on top.
    spread_bps : float
        Quoted spread in basis points of the price; an order pays half of it.
    impact : float
        Coefficient Y of the square-root law: an order of Q units moves its price by
        Y · σ · √(Q / V), σ and V the volatility and volume of a day (Tóth et al. 2011 find Y
        near 1; the law hardly depends on the length of the bar). Both are taken over the bars
        before the order (`workbench.market.pressure`), and need a field volume.
    borrow_bps_per_year : float
        Paid on the value of short positions, a year, in basis points.
    funding_bps_per_year : float
        Paid on the value of long positions and received on that of short ones (a perpetual
        future's funding), a year, in basis points; below 0 it is the other way round.
    interest_bps_per_year : float
        Paid on cash below 0 (a margin loan), a year, in basis points.

    Notes
    -----
    A year has 365 days here; what is held over a weekend costs three days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fee_bps: Bps = 1.0
    slippage_bps: Bps = 2.0
    fixed_fee: Amount = 0.0
    maker_fee_bps: Annotated[float, Field(ge=-1_000, le=1_000)] | None = None
    fee_per_share: Amount = 0.0
    minimum_fee: Amount = 0.0
    spread_bps: Bps = 0.0
    impact: Annotated[float, Field(ge=0, le=100)] = 0.0
    borrow_bps_per_year: Annotated[float, Field(ge=0, le=1_000_000)] = 0.0
    funding_bps_per_year: BpsPerYear = 0.0
    interest_bps_per_year: Annotated[float, Field(ge=0, le=1_000_000)] = 0.0

    @classmethod
    def none(cls) -> Self:
        """Trading for free."""
        return cls(fee_bps=0.0, slippage_bps=0.0, fixed_fee=0.0)

    @property
    def rates(self) -> Rates:
        """Fee and slippage as fractions and the fixed fee: all there is in the simple case."""
        return self.fee_bps * BPS, self.slippage_bps * BPS, self.fixed_fee

    @property
    def schedule(self) -> Schedule:
        """What an order pays that takes liquidity, as the kernels take it.

        Half the spread is part of the slippage here; the impact depends on the order and comes
        to the kernels as `pressure` (`workbench.market.fills`).
        """
        adverse = (self.slippage_bps + self.spread_bps / 2) * BPS
        return self.fee_bps * BPS, adverse, self.fixed_fee, self.fee_per_share, self.minimum_fee

    @property
    def resting(self) -> Schedule:
        """What an order pays that rested in the book: the maker's fee, no slippage, no spread."""
        maker = self.fee_bps if self.maker_fee_bps is None else self.maker_fee_bps
        return maker * BPS, 0.0, self.fixed_fee, self.fee_per_share, self.minimum_fee

    @property
    def carry(self) -> tuple[float, float, float]:
        """Borrow, funding and interest of a year, as fractions."""
        return (
            self.borrow_bps_per_year * BPS,
            self.funding_bps_per_year * BPS,
            self.interest_bps_per_year * BPS,
        )

    def __str__(self) -> str:
        also = [text.format(getattr(self, name)) for name, text in _ALSO.items()
                if getattr(self, name)]  # fmt: skip
        return " + ".join(
            [f"{self.fee_bps:g} bps fee", f"{self.slippage_bps:g} bps slippage", *also]
        )


_ALSO = {
    "fixed_fee": "{:g} an order",
    "fee_per_share": "{:g} a share",
    "minimum_fee": "at least {:g} an order",
    "spread_bps": "half of {:g} bps spread",
    "impact": "{:g} σ√(Q/V) impact",
    "borrow_bps_per_year": "{:g} bps a year to borrow",
    "funding_bps_per_year": "{:g} bps a year funding",
    "interest_bps_per_year": "{:g} bps a year on loans",
}
