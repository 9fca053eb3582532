"""A position: what is held of one symbol, at average cost, in `Decimal`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from workbench.domain.decimals import EXACT, ROUNDED, ZERO, Facts, above_zero

__all__ = ["Position"]


@dataclass(frozen=True, repr=False)
class Position(Facts):
    """What is held of one symbol, at average cost.

    The cost is kept as a sum over `units`, which a sale leaves alone, so that nothing is
    rounded by selling in parts: the average price is ``cost / units``.

    Parameters
    ----------
    symbol : str
        What is held.
    quantity : Decimal
        Units or contracts; negative is short.
    cost : Decimal
        Sum of price × signed quantity that built the position.
    units : Decimal
        The signed quantity over which `cost` was paid, of the sign of `quantity`.
    flow : Decimal
        What trading brought in, less what it paid out, × `multiplier`, without fees.
    fees : Decimal
        Paid.
    income : Decimal
        Dividends, coupons and funding received, less those paid.
    settled : Decimal
        The part of the profit that daily settlement has moved to the cash.
    multiplier : Decimal
        Value of one point of price for one contract; 1 for shares.
    currency : str
        Of the price and of every amount here.
    """

    symbol: str
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    units: Decimal = ZERO
    flow: Decimal = ZERO
    fees: Decimal = ZERO
    income: Decimal = ZERO
    settled: Decimal = ZERO
    multiplier: Decimal = Decimal(1)
    currency: str = "USD"

    def __post_init__(self) -> None:
        self._in_decimals("quantity", "cost", "units", "flow", "multiplier")
        self._in_decimals("fees", "income", "settled")
        above_zero("multiplier", self.multiplier)

    @property
    def average_price(self) -> Decimal | None:
        """At which the position was built, of one unit; None when flat."""
        return ROUNDED.divide(self.cost, self.units) if self.quantity else None

    @property
    def held_cost(self) -> Decimal:
        """Price × signed quantity of what is still held (60 digits)."""
        if self.quantity == self.units:
            return self.cost
        return ROUNDED.divide(ROUNDED.multiply(self.cost, self.quantity), self.units)

    @property
    def realised(self) -> Decimal:
        """Earned by what was closed, before fees and without income."""
        with localcontext(EXACT):
            return self.flow + self.held_cost * self.multiplier

    def worth(self, price: Decimal) -> Decimal:
        """What is held at a price: price × quantity × multiplier."""
        with localcontext(EXACT):
            return price * self.quantity * self.multiplier

    def unrealised(self, price: Decimal) -> Decimal:
        """What closing at a price would earn, before fees."""
        with localcontext(EXACT):
            return (price * self.quantity - self.held_cost) * self.multiplier

    def profit(self, price: Decimal) -> Decimal:
        """Realised, unrealised and income, less fees."""
        with localcontext(EXACT):
            return self.flow + self.worth(price) + self.income - self.fees
