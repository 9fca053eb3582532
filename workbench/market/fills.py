"""How an order changes cash and position: scalar rules, compiled for every engine.

A price fills worse by the slippage and, where `pressure` is given, by pressure · √size (the
square-root law: pressure is Y · σ / √V, per root of a unit). The fee is a fraction of the
value traded plus an amount a unit, no less than the minimum, plus a fixed amount. A buy is cut
to the cash there is; a sale may go short, its proceeds are cash. `rates` is
``(fee, slippage, fixed)``, or the five numbers of `Costs.schedule`. The rules, and the tolerance
within which a remainder counts as nothing, are those of vectorbt 1.0 (``buy_nb``, ``sell_nb``),
so that both give equal numbers for all that vectorbt has: fees, fixed fees, slippage and lots.
"""

from __future__ import annotations

import numpy as np

from workbench.compute import kernel

__all__ = [
    "FILLED",
    "NOTHING",
    "PARTIAL",
    "REJECTED",
    "UNPRICED",
    "affordable",
    "buy",
    "charge",
    "rebalance",
    "sell",
    "short",
    "spend",
    "whole_lots",
    "worsened",
]

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
def whole_lots(size: float, lot: float) -> float:
    """A size rounded down to whole lots; a lot of 0 rounds nothing."""
    if lot == 0.0 or not np.isfinite(size):
        return size
    count = float(np.floor(size / lot))
    return (count + 1) * lot if near(size, (count + 1) * lot) else count * lot


@kernel
def complete(rates: tuple[float, ...]) -> tuple[float, float, float, float, float]:
    """The five numbers of a schedule; three of them may be all there is."""
    if len(rates) == 3:
        return rates[0], rates[1], rates[2], 0.0, 0.0
    return rates[0], rates[1], rates[2], rates[3], rates[4]


@kernel
def charge(value: float, size: float, rates: tuple[float, ...]) -> float:
    """The fee of an order.

    Parameters
    ----------
    value, size : float
        Money and units traded, above 0.
    rates : tuple of float
        Three rates or a schedule.

    Returns
    -------
    float
        In the currency of the account.
    """
    fee, _, fixed, per_share, minimum = complete(rates)
    if per_share == 0.0 and minimum == 0.0:
        return value * fee + fixed
    return max(value * fee + size * per_share, minimum) + fixed


@kernel
def affordable(cash: float, price: float, rates: tuple[float, ...], pressure: float) -> float:
    """The most units that cash pays for, fees included.

    Parameters
    ----------
    cash, price : float
        Money there is, price before slippage.
    rates : tuple of float
        Three rates or a schedule.
    pressure : float
        Of the square-root law; 0 for none.

    Returns
    -------
    float
        Units; 0 or less when the cash does not cover the fees.
    """
    fee, slippage, fixed, per_share, minimum = complete(rates)
    left, paid = plus(cash, -fixed), price * (1 + slippage)
    if left <= 0:
        return 0.0
    most = _solved(left, paid * (1 + fee) + per_share, price * pressure * (1 + fee))
    spent = most * (paid + price * pressure * np.sqrt(most))
    if spent * fee + most * per_share >= minimum:
        return most
    left = plus(left, -minimum)
    return _solved(left, paid, price * pressure) if left > 0 else 0.0


@kernel
def _solved(money: float, linear: float, rooted: float) -> float:
    """The q with ``linear · q + rooted · q√q = money``, by Newton's method from above."""
    if rooted == 0.0:
        return money / linear
    root = float(np.sqrt(money / linear))
    for _ in range(100):
        value = root * root * (linear + rooted * root) - money
        step = value / (root * (2 * linear + 3 * rooted * root))
        root -= step
        if abs(step) <= 1e-16 * root:
            break
    return root * root


@kernel
def buy(
    cash: float,
    position: float,
    size: float,
    price: float,
    rates: tuple[float, ...],
    pressure: float = 0.0,
    lot: float = 0.0,
) -> tuple[float, float, float, float, float, int]:
    """Buy `size`, or as much of it as `cash` pays for.

    Parameters
    ----------
    cash, position, size, price : float
        Money and units held, units wanted (above 0), price of the bar before slippage.
    rates : tuple of float
        Fee, slippage, fixed fee; or the five numbers of `Costs.schedule`.
    pressure : float
        Of the square-root law; 0 for none.
    lot : float
        Units come in multiples of it; 0 for any size.

    Returns
    -------
    tuple
        Cash, position, size filled, price paid, fee paid, status.
    """
    size = whole_lots(size, lot)
    paid = worsened(price, 1.0, size, rates[1], pressure)
    if near(size, 0.0):
        return cash, position, 0.0, paid, 0.0, NOTHING
    value = size * paid
    charged = charge(value, size, rates)
    total = value + charged
    if near(total, cash) or total < cash:
        return plus(cash, -total), plus(position, size), size, paid, charged, FILLED
    return spend(cash, position, price, rates, pressure, lot)


@kernel
def spend(
    cash: float,
    position: float,
    price: float,
    rates: tuple[float, ...],
    pressure: float = 0.0,
    lot: float = 0.0,
) -> tuple[float, float, float, float, float, int]:
    """Buy as much as `cash` pays for.

    Parameters
    ----------
    cash, position, price : float
        Money and units held, price of the bar before slippage.
    rates : tuple of float
        Fee, slippage, fixed fee; or the five numbers of `Costs.schedule`.
    pressure : float
        Of the square-root law; 0 for none.
    lot : float
        Units come in multiples of it; 0 for any size.

    Returns
    -------
    tuple
        Cash, position, size filled, price paid, fee paid, status.
    """
    filled = whole_lots(affordable(cash, price, rates, pressure), lot)
    if filled <= 0:
        return cash, position, 0.0, price, 0.0, REJECTED
    paid = worsened(price, 1.0, filled, rates[1], pressure)
    if lot == 0.0:
        return 0.0, plus(position, filled), filled, paid, cash - filled * paid, PARTIAL
    charged = charge(filled * paid, filled, rates)
    left = plus(cash, -(filled * paid + charged))
    return left, plus(position, filled), filled, paid, charged, PARTIAL


@kernel
def worsened(price: float, side: float, size: float, slippage: float, pressure: float) -> float:
    """The price of a fill after slippage and impact.

    Parameters
    ----------
    price, side, size : float
        Before both; 1 for a buy and −1 for a sale; units, above 0.
    slippage, pressure : float
        A fraction of the price; of the square-root law.

    Returns
    -------
    float
        No less than 0.
    """
    worse = slippage if pressure == 0.0 else slippage + pressure * np.sqrt(size)
    return max(price * (1 + side * worse), 0.0)


@kernel
def sell(
    cash: float,
    position: float,
    size: float,
    price: float,
    rates: tuple[float, ...],
    pressure: float = 0.0,
    lot: float = 0.0,
) -> tuple[float, float, float, float, float, int]:
    """Sell `size`; what is not held is sold short.

    Parameters
    ----------
    cash, position, size, price : float
        Money and units held, units wanted (above 0), price of the bar before slippage.
    rates : tuple of float
        Fee, slippage, fixed fee; or the five numbers of `Costs.schedule`.
    pressure : float
        Of the square-root law; 0 for none.
    lot : float
        Units come in multiples of it; 0 for any size.

    Returns
    -------
    tuple
        Cash, position, size filled, price received, fee paid, status.
    """
    size = whole_lots(size, lot)
    received = worsened(price, -1.0, size, rates[1], pressure)
    if near(size, 0.0):
        return cash, position, 0.0, received, 0.0, NOTHING
    value = size * received
    charged = charge(value, size, rates)
    proceeds = plus(value, -charged)
    if proceeds < 0:
        return cash, position, 0.0, received, 0.0, REJECTED
    return cash + proceeds, plus(position, -size), size, received, charged, FILLED


@kernel
def short(
    cash: float,
    position: float,
    price: float,
    rates: tuple[float, ...],
    pressure: float = 0.0,
    lot: float = 0.0,
) -> tuple[float, float, float, float, float, int]:
    """Sell what is held, and as much again short as the money then there would pay for.

    Parameters
    ----------
    cash, position, price : float
        Money and units held (0 or more), price of the bar before slippage.
    rates : tuple of float
        Fee, slippage, fixed fee; or the five numbers of `Costs.schedule`.
    pressure : float
        Of the square-root law; 0 for none. The size is reckoned without it.
    lot : float
        Units come in multiples of it; 0 for any size.

    Returns
    -------
    tuple
        Cash, position, size sold, price received, fee paid, status.
    """
    fee, slippage, fixed, per_share, _ = complete(rates)
    received = price * (1 - slippage)
    money = plus(cash, position * received * (1 - fee))
    if money <= 0 and position <= 0:
        return cash, position, 0.0, received, 0.0, REJECTED
    more = plus(money, -fixed) / (received * (1 + fee) + per_share) if money > 0 else 0.0
    size = plus(position, more)
    if size <= 0:
        return cash, position, 0.0, received, 0.0, REJECTED
    return sell(cash, position, size, price, rates, pressure, lot)


@kernel
def rebalance(
    account: tuple[float, float, float],
    position: float,
    weight: float,
    price: float,
    rates: tuple[float, ...],
    pressure: float = 0.0,
    lot: float = 0.0,
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
        Fee, slippage, fixed fee; or the five numbers of `Costs.schedule`.
    pressure : float
        Of the square-root law; 0 for none, NaN drops the order: nobody trades the symbol.
    lot : float
        Units come in multiples of it; 0 for any size. A position is closed whole.

    Returns
    -------
    tuple
        Cash, position, size filled (negative is a sale), price, fee paid, status.
    """
    cash, value, mark = account
    cash = 0.0 if near(cash, 0.0) else cash
    position = 0.0 if near(position, 0.0) else position
    if np.isnan(price) or np.isnan(mark) or np.isnan(pressure):
        return cash, position, 0.0, price, 0.0, UNPRICED
    if value <= 0 or near(value, 0.0):
        return cash, position, 0.0, price, 0.0, REJECTED
    size = weight * value / mark - position
    step = lot if weight != 0 else 0.0
    if size > 0:
        return buy(cash, position, size, price, rates, pressure, step)
    sold = -size
    cash, position, sold, price, charged, status = sell(
        cash, position, sold, price, rates, pressure, step
    )
    return cash, position, -sold, price, charged, status
