"""An account in `Decimal`: cash by currency and positions, and what a fill does to them.

Nothing is rounded: sums and products are exact, and the one quotient there is, the cost of what
is still held after a sale, moves profit between realised and unrealised only. Hence three laws,
tested as properties: cash and positions change by profit less fees, to the last digit; fills in
any split give the same account; a price that moves earns what the position says.

Shares are paid for in cash, and a short sale brings its proceeds. A future costs nothing but
its fee: its profit lies in the position until `settled` moves it to the cash (variation margin).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from workbench.domain import Fill, Position
from workbench.domain.decimals import EXACT, decimal
from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SHARES", "Account", "Terms", "after_fill"]

ZERO = Decimal(0)


@dataclass(frozen=True)
class Terms:
    """How trades of an instrument settle.

    Parameters
    ----------
    currency : str
        Of its price.
    multiplier : Decimal
        Value of one point of price for one contract.
    margined : bool
        Whether profit and loss alone change hands (futures, perpetual swaps), not the price.
    """

    currency: str = "USD"
    multiplier: Decimal = Decimal(1)
    margined: bool = False


SHARES = Terms()
"""Paid for in US dollars, one unit a unit."""


@dataclass(frozen=True)
class Account:
    """Cash and positions; every method returns the account after it.

    Parameters
    ----------
    base : str
        The currency in which the account reports.
    cash : mapping of str to Decimal
        By currency; a currency that is not here is 0. Negative is owed.
    positions : mapping of str to Position
        By symbol, also those that are flat, with what they earned.
    terms : mapping of str to Terms
        By symbol; who is not here settles as `SHARES` in the currency of its fills.
    deposits : mapping of str to Decimal
        What was paid in less what was taken out, by currency.
    """

    base: str = "USD"
    cash: Mapping[str, Decimal] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)
    terms: Mapping[str, Terms] = field(default_factory=dict)
    deposits: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("cash", "positions", "terms", "deposits"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def deposited(self, amount: Any, currency: str = "") -> Self:
        """The account after money was paid in; a negative amount was taken out.

        Parameters
        ----------
        amount : Decimal, int, str or float
            In `currency`.
        currency : str
            Empty: the base currency.

        Returns
        -------
        Account
            With more cash.
        """
        unit, money = currency or self.base, decimal("amount", amount)
        return replace(
            self,
            cash=_plus(self.cash, unit, money),
            deposits=_plus(self.deposits, unit, money),
        )

    def filled(self, *fills: Fill) -> Self:
        """The account after fills, in their order.

        Parameters
        ----------
        *fills : Fill
            Each in the currency of its instrument.

        Returns
        -------
        Account
            With other cash and positions.

        Raises
        ------
        InvalidInput
            If a fill is in another currency than its position.
        """
        account = self
        for fill in fills:
            account = account._after(fill)
        return account

    def dividend(self, symbol: str, per_unit: Any) -> Self:
        """The account after a dividend, coupon or funding on what is held; shorts pay it.

        Parameters
        ----------
        symbol : str
            Whose.
        per_unit : Decimal, int, str or float
            For one unit, in the currency of the position; × the multiplier.

        Returns
        -------
        Account
            With other cash, and income in the position.
        """
        held = self.position(symbol)
        with localcontext(EXACT):
            amount = decimal("per_unit", per_unit) * held.quantity * held.multiplier
            paid = replace(held, income=held.income + amount)
        return self._with(paid, self.cash, amount)

    def split(self, symbol: str, ratio: Any) -> Self:
        """The account after a split: more units at the same cost.

        Parameters
        ----------
        symbol : str
            Whose.
        ratio : Decimal, int, str or float
            New units for one old one, above 0.

        Returns
        -------
        Account
            Worth the same at the price divided by the ratio.
        """
        held, factor = self.position(symbol), decimal("ratio", ratio)
        with localcontext(EXACT):
            made = replace(held, quantity=held.quantity * factor, units=held.units * factor)
        return self._with(made, self.cash, ZERO)

    def charged(self, amount: Any, symbol: str = "", currency: str = "") -> Self:
        """The account after a fee that is of no fill: borrow, interest, data.

        Parameters
        ----------
        amount : Decimal, int, str or float
            Paid; negative is received.
        symbol : str
            The position that it is for; empty: the account.
        currency : str
            Empty: of the position, or the base currency.

        Returns
        -------
        Account
            With less cash.
        """
        money = decimal("amount", amount)
        if not symbol:
            return self.deposited(-money, currency)
        held = self.position(symbol)
        with localcontext(EXACT):
            paid = replace(held, fees=held.fees + money)
        return self._with(paid, self.cash, -money)

    def settled(self, prices: Mapping[str, Decimal]) -> Self:
        """The account after the daily settlement of its margined positions.

        Parameters
        ----------
        prices : mapping of str to Decimal
            Settlement prices of every margined position that is open.

        Returns
        -------
        Account
            Worth the same; the profit so far is cash.

        Raises
        ------
        NoData
            If a price is missing.
        """
        account = self
        for symbol, held in self.positions.items():
            if self._terms(symbol, held.currency).margined:
                due = self._worth(held, prices)
                with localcontext(EXACT):
                    paid = replace(held, settled=held.settled + due)
                account = account._with(paid, account.cash, due)
        return account

    def converted(self, rates: Mapping[str, Decimal]) -> Self:
        """The account after all foreign cash was changed into the base currency.

        Called once a day it is the daily conversion of profits, dividends and fees.

        Parameters
        ----------
        rates : mapping of str to Decimal
            Value of one unit of each currency in the base currency.

        Returns
        -------
        Account
            Worth the same at these rates.

        Raises
        ------
        NoData
            If a rate is missing.
        """
        with localcontext(EXACT):
            total = sum(
                (money * _rate(unit, self.base, rates) for unit, money in self.cash.items()), ZERO
            )
        return replace(self, cash={self.base: total})

    def value(
        self,
        prices: Mapping[str, Decimal],
        rates: Mapping[str, Decimal] = MappingProxyType({}),
    ) -> Decimal:
        """What the account is worth in its base currency.

        Parameters
        ----------
        prices : mapping of str to Decimal
            Of every symbol that is held, in its own currency.
        rates : mapping of str to Decimal
            Value of one unit of each foreign currency in the base currency.

        Returns
        -------
        Decimal
            Cash and positions, exact.

        Raises
        ------
        NoData
            If a price or a rate is missing.
        """
        with localcontext(EXACT):
            total = sum(
                (money * _rate(unit, self.base, rates) for unit, money in self.cash.items()), ZERO
            )
            for held in self.positions.values():
                worth = self._worth(held, prices)
                total += worth * _rate(held.currency, self.base, rates) if worth else ZERO
        return total

    def position(self, symbol: str) -> Position:
        """What is held of a symbol; flat if it never traded."""
        terms = self.terms.get(symbol, SHARES)
        return self.positions.get(
            symbol, Position(symbol, multiplier=terms.multiplier, currency=terms.currency)
        )

    def _worth(self, held: Position, prices: Mapping[str, Decimal]) -> Decimal:
        worth = held.worth(_price(held.symbol, prices)) if held.quantity else ZERO
        margined = self._terms(held.symbol, held.currency).margined
        return worth + held.flow - held.settled if margined else worth

    def _terms(self, symbol: str, currency: str) -> Terms:
        return self.terms.get(symbol, replace(SHARES, currency=currency))

    def _after(self, fill: Fill) -> Self:
        terms = self._terms(fill.symbol, fill.currency)
        fresh = Position(fill.symbol, multiplier=terms.multiplier, currency=terms.currency)
        before = self.positions.get(fill.symbol, fresh)
        if before.currency != fill.currency:
            raise InvalidInput(
                f"This fill is not in {before.currency}, the currency of its position",
                seen=fill.currency,
                cure="Record the fill in the currency of the instrument",
            )
        made = after_fill(before, fill)
        with localcontext(EXACT):
            paid = -fill.fee if terms.margined else made.flow - before.flow - fill.fee
        return self._with(made, self.cash, paid)

    def _with(self, position: Position, cash: Mapping[str, Decimal], amount: Decimal) -> Self:
        return replace(
            self,
            positions={**self.positions, position.symbol: position},
            cash=_plus(cash, position.currency, amount),
        )


def after_fill(position: Position, fill: Fill) -> Position:
    """A position after a fill: added to, reduced, closed or turned over.

    Parameters
    ----------
    position : Position
        Before.
    fill : Fill
        Of the same symbol.

    Returns
    -------
    Position
        After. Reducing leaves the average price as it is; a fill that turns the position
        over opens the new one at its own price.
    """
    with localcontext(EXACT):
        signed = fill.signed
        quantity = position.quantity + signed
        paid = replace(
            position,
            quantity=quantity,
            flow=position.flow - fill.price * signed * position.multiplier,
            fees=position.fees + fill.fee,
        )
        if not quantity:
            return replace(paid, cost=ZERO, units=ZERO)
        if position.quantity * signed >= 0:
            cost = position.held_cost + fill.price * signed
            return replace(paid, cost=cost, units=quantity)
        if quantity * position.quantity > 0:
            return paid
        return replace(paid, cost=fill.price * quantity, units=quantity)


def _plus(money: Mapping[str, Decimal], unit: str, amount: Decimal) -> dict[str, Decimal]:
    with localcontext(EXACT):
        return {**money, unit: money.get(unit, ZERO) + amount}


def _price(symbol: str, prices: Mapping[str, Decimal]) -> Decimal:
    if symbol not in prices:
        raise NoData("A position has no price", seen=symbol, cure=f"Give the price of {symbol}")
    return decimal(f"price of {symbol}", prices[symbol])


def _rate(unit: str, base: str, rates: Mapping[str, Decimal]) -> Decimal:
    if unit == base:
        return Decimal(1)
    if unit not in rates:
        raise NoData(
            f"There is no rate from {unit} to {base}",
            seen=sorted(rates),
            cure=f"Give the value of 1 {unit} in {base}",
        )
    return decimal(f"rate of {unit}", rates[unit])
