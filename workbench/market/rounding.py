"""Ticks and lots: the one place where a price or a quantity of an order is rounded.

A limit is never worse than asked, a stop never triggers before what was asked, a quantity is
never more than asked. A float that misses the grid by its own arithmetic (``9999 * 0.01``) means
the grid. Kernels work in whole ticks and lots, as integers.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from workbench.domain import Side
from workbench.domain.decimals import decimal
from workbench.errors import InvalidInput, OutOfRange

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "US_EQUITY_TICKS",
    "in_steps",
    "round_limit",
    "round_quantity",
    "round_stop",
    "steps_of",
    "tick_at",
]

Bands = tuple[tuple[Decimal, Decimal], ...]
Ticks: TypeAlias = "Decimal | str | float | Sequence[tuple[Decimal, Decimal]]"

US_EQUITY_TICKS: Bands = ((Decimal(0), Decimal("0.0001")), (Decimal(1), Decimal("0.01")))
"""A cent from one dollar up, a hundredth of a cent below: rule 612 of Regulation NMS
(17 CFR 242.612) as it stood until 2025."""

_DIGITS = 60
_NOISE = Decimal("1e-12")
"""How far from the grid, relative to its value, a float may lie and still mean the grid."""
_OFF_GRID = 1e-3
"""How far from the grid, in ticks, a float may lie and still mean the tick."""


def tick_at(price: Decimal, ticks: Ticks) -> Decimal:
    """The tick that holds at a price.

    Parameters
    ----------
    price : Decimal
        Its absolute value decides.
    ticks : Decimal, str, float or sequence of (Decimal, Decimal)
        One tick for all prices, or ``(from price, tick)`` in rising order of price.

    Returns
    -------
    Decimal
        Above 0.

    Raises
    ------
    OutOfRange
        If a tick is not above 0.
    InvalidInput
        If no band holds at the price.
    """
    if isinstance(ticks, Decimal | str | float | int):
        return _step("tick", ticks)
    holding = [tick for start, tick in ticks if start <= abs(price)]
    if not holding:
        raise InvalidInput("No tick holds at this price", seen=price, cure="Begin the bands at 0")
    return _step("tick", holding[-1])


def round_limit(price: Any, side: Side, ticks: Ticks) -> Decimal:
    """A limit on the grid that is never worse than asked: a buy goes down, a sale goes up.

    Parameters
    ----------
    price : Decimal, int, str or float
        As asked.
    side : Side
        Of the order.
    ticks : Decimal, str, float or sequence of (Decimal, Decimal)
        As in `tick_at`.

    Returns
    -------
    Decimal
        A multiple of the tick.

    Raises
    ------
    OutOfRange, InvalidInput
        As in `tick_at`; and if a price is no number.
    """
    return _on_grid("price", price, ticks, ROUND_FLOOR if side is Side.BUY else ROUND_CEILING)


def round_stop(price: Any, side: Side, ticks: Ticks) -> Decimal:
    """A stop on the grid that never triggers early: a buy goes up, a sale goes down.

    Parameters
    ----------
    price : Decimal, int, str or float
        As asked.
    side : Side
        Of the order: a sale protects a long position.
    ticks : Decimal, str, float or sequence of (Decimal, Decimal)
        As in `tick_at`.

    Returns
    -------
    Decimal
        A multiple of the tick.

    Raises
    ------
    OutOfRange, InvalidInput
        As in `tick_at`; and if a price is no number.
    """
    return _on_grid("price", price, ticks, ROUND_CEILING if side is Side.BUY else ROUND_FLOOR)


def round_quantity(quantity: Any, lot: Any, *, minimum: Any = 0) -> Decimal:
    """The whole lots in a quantity, towards 0; 0 when that is less than the minimum.

    Parameters
    ----------
    quantity : Decimal, int, str or float
        Units; negative for a sale.
    lot : Decimal, int, str or float
        The smallest step of a quantity, above 0.
    minimum : Decimal, int, str or float
        The smallest order that the venue takes.

    Returns
    -------
    Decimal
        A multiple of the lot, never more than asked.

    Raises
    ------
    OutOfRange
        If the lot is not above 0.
    InvalidInput
        If one of them is no number.
    """
    made = _rounded(_meant("quantity", quantity, lot), _step("lot", lot), ROUND_DOWN)
    return made if abs(made) >= decimal("minimum", minimum) else Decimal(0)


def steps_of(value: Any, step: Any) -> int:
    """How many ticks a price is, or lots a quantity.

    Parameters
    ----------
    value : Decimal, int, str or float
        A multiple of the step.
    step : Decimal, int, str or float
        The tick or lot, above 0.

    Returns
    -------
    int
        Such that ``steps × step`` is exactly the value.

    Raises
    ------
    OutOfRange
        If the step is not above 0.
    InvalidInput
        If the value is no multiple of it.
    """
    given, size = decimal("value", value), _step("step", step)
    with localcontext() as context:
        context.prec = _DIGITS
        count, rest = divmod(given, size)
    if rest:
        raise InvalidInput(
            f"This is no multiple of {size}", seen=given, cure="Round it to the grid first"
        )
    return int(count)


def in_steps(values: npt.ArrayLike, step: Any, what: str = "price") -> npt.NDArray[np.int64]:
    """Recorded prices or sizes as whole ticks or lots, for kernels.

    Parameters
    ----------
    values : array_like of float
        Each within a thousandth of a step of the grid; NaN is refused.
    step : Decimal, int, str or float
        The tick or lot, above 0.
    what : str
        What they are, for the message.

    Returns
    -------
    ndarray of int64
        Of the same shape.

    Raises
    ------
    OutOfRange
        If the step is not above 0.
    InvalidInput
        If a value is not on the grid.
    """
    size = _step("step", step)
    scaled = np.asarray(values, dtype=np.float64) / float(size)
    whole = np.rint(scaled)
    off = ~(np.abs(scaled - whole) <= _OFF_GRID)
    if off.any():
        raise InvalidInput(
            f"A {what} is no multiple of {size}",
            seen=float(np.asarray(values)[off].flat[0]),
            cure=f"Give the step that the venue uses; {int(off.sum())} of {off.size} are off it",
        )
    return whole.astype(np.int64)


def _on_grid(name: str, value: Any, ticks: Ticks, how: str) -> Decimal:
    tick = tick_at(decimal(name, value), ticks)
    return _rounded(_meant(name, value, tick), tick, how)


def _meant(name: str, value: Any, step: Any) -> Decimal:
    """The number given; of a float that is as good as on the grid, the grid."""
    given = decimal(name, value)
    if not isinstance(value, float):
        return given
    nearest = _rounded(given, _step("step", step), ROUND_HALF_EVEN)
    return nearest if abs(nearest - given) <= _NOISE * abs(given) else given


def _rounded(value: Decimal, step: Decimal, how: str) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return (value / step).to_integral_value(how) * step


def _step(name: str, value: Any) -> Decimal:
    made = decimal(name, value)
    if made <= 0:
        raise OutOfRange(name, value, cure="Give a number above 0")
    return made
