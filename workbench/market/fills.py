"""How an order changes cash and position: scalar rules, compiled for every engine.

A price fills worse by the slippage; the fee is a fraction of the value traded plus a
fixed amount. A buy is cut to the cash there is; a sale may go short, its proceeds are
cash (no margin, no borrow fee). `rates` is always ``(fee, slippage, fixed)``, two
fractions and an amount. The rules, and the tolerance within which a remainder counts as
nothing, are those of vectorbt 1.0 (``buy_nb``, ``sell_nb``), so that both give equal numbers.
"""

from __future__ import annotations

import numpy as np

from workbench.compute import kernel

__all__ = ["FILLED", "NOTHING", "PARTIAL", "REJECTED", "UNPRICED", "buy", "rebalance", "sell"]

NOTHING = 0
"""There was nothing to do."""
FILLED = 1
"""The whole order was filled."""
PARTIAL = 2
"""A buy was cut to the cash there was."""
REJECTED = 3
"""There was no cash, or the account was worth nothing."""
UNPRICED = 4
"""The bar has no price; the order is dropped, not kept."""

RELATIVE = 1e-9
ABSOLUTE = 1e-12


@kernel
def near(first: float, second: float) -> bool:
    """Whether two amounts differ by no more than rounding."""
    if first == second:
        return True
    largest = max(abs(first), abs(second))
    return abs(first - second) <= max(RELATIVE * largest, ABSOLUTE)


@kernel
def plus(first: float, second: float) -> float:
    """The sum, in which a remainder of rounding counts as nothing."""
    if np.sign(first) != np.sign(second):
        return 0.0 if near(abs(first), abs(second)) else first + second
    return 0.0 if near(first + second, 0.0) else first + second


@kernel
def buy(
    cash: float, position: float, size: float, price: float, rates: tuple[float, float, float]
) -> tuple[float, float, float, float, float, int]:
    """Buy `size`, or as much of it as `cash` pays for.

    Parameters
    ----------
    cash, position, size, price : float
        Money and units held, units wanted (above 0), price of the bar before slippage.
    rates : tuple of float
        Fee, slippage, fixed fee.

    Returns
    -------
    tuple
        Cash, position, size filled, price paid, fee paid, status.
    """
    fee, slippage, fixed = rates
    paid = price * (1 + slippage)
    if near(size, 0.0):
        return cash, position, 0.0, paid, 0.0, NOTHING
    value = size * paid
    charged = value * fee + fixed
    total = value + charged
    if near(total, cash) or total < cash:
        return plus(cash, -total), plus(position, size), size, paid, charged, FILLED
    affordable = plus(cash, -fixed) / (1 + fee)
    if affordable <= 0:
        return cash, position, 0.0, paid, 0.0, REJECTED
    filled = affordable / paid
    return 0.0, plus(position, filled), filled, paid, cash - affordable, PARTIAL


@kernel
def sell(
    cash: float, position: float, size: float, price: float, rates: tuple[float, float, float]
) -> tuple[float, float, float, float, float, int]:
    """Sell `size`; what is not held is sold short.

    Parameters
    ----------
    cash, position, size, price : float
        Money and units held, units wanted (above 0), price of the bar before slippage.
    rates : tuple of float
        Fee, slippage, fixed fee.

    Returns
    -------
    tuple
        Cash, position, size filled, price received, fee paid, status.
    """
    fee, slippage, fixed = rates
    received = price * (1 - slippage)
    if near(size, 0.0):
        return cash, position, 0.0, received, 0.0, NOTHING
    value = size * received
    charged = value * fee + fixed
    proceeds = plus(value, -charged)
    if proceeds < 0:
        return cash, position, 0.0, received, 0.0, REJECTED
    return cash + proceeds, plus(position, -size), size, received, charged, FILLED


@kernel
def rebalance(
    account: tuple[float, float, float],
    position: float,
    weight: float,
    price: float,
    rates: tuple[float, float, float],
) -> tuple[float, float, float, float, float, int]:
    """Trade a position to a fraction of the account's value.

    Parameters
    ----------
    account : tuple of float
        Cash now; the account's value and the symbol's price when the bar's orders were
        written, before any of them was filled.
    position : float
        Units held; negative is short.
    weight : float
        Fraction of the value to hold; negative is short.
    price : float
        The bar's price before slippage; NaN drops the order.
    rates : tuple of float
        Fee, slippage, fixed fee.

    Returns
    -------
    tuple
        Cash, position, size filled (negative is a sale), price, fee paid, status.
    """
    cash, value, mark = account
    cash = 0.0 if near(cash, 0.0) else cash
    position = 0.0 if near(position, 0.0) else position
    if np.isnan(price) or np.isnan(mark):
        return cash, position, 0.0, price, 0.0, UNPRICED
    if value <= 0 or near(value, 0.0):
        return cash, position, 0.0, price, 0.0, REJECTED
    size = weight * value / mark - position
    if size > 0:
        return buy(cash, position, size, price, rates)
    cash, position, sold, price, charged, status = sell(cash, position, -size, price, rates)
    return cash, position, -sold, price, charged, status
