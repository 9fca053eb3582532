"""Stops and targets around whatever a strategy wants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.backtest.signals.rules import levels
from workbench.backtest.signals.tables import prices_of
from workbench.compute import kernel
from workbench.errors import InvalidInput
from workbench.market.brackets import furthest, protective_exit

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

    from workbench.backtest.plan import Plan
    from workbench.backtest.signals.tables import Prices, Stops

__all__ = ["protected"]

Floats = npt.NDArray[np.float64]


def protected(
    plan: Plan,
    bars: xr.Dataset,
    stops: Stops,
    held: Callable[[Plan], Floats],
    *,
    adds: bool = True,
) -> Plan:
    """A plan whose positions are closed by stops and targets.

    A position is watched from its fill on; its levels lie about the price before slippage at
    which it was opened or turned over, and adding to it does not move them. Once it is closed
    it stays closed until the next order of its symbol. A bar in which a stop or a target is hit
    fills no order at its close. The rules of a bar are those of `workbench.market.brackets`.

    Parameters
    ----------
    plan : Plan
        What is wanted.
    bars : xarray.Dataset
        Where it came from.
    stops : Stops
        What protects a position.
    held : callable
        The units that a plan leads to, shape (time, symbol), after each bar: who could not buy,
        or was closed out, has no levels.
    adds : bool
        Whether an order for more of what is held is placed; signals do not add.

    Returns
    -------
    Plan
        With exits.

    Raises
    ------
    InvalidInput
        If the strategy sets stops of its own.
    """
    if plan.exits is not None:
        raise InvalidInput(
            "The strategy sets its own stops and targets",
            seen=f"stop_loss, take_profit, trailing_stop = {stops.fractions}",
            cure="Leave these out, or change the parameters of the strategy",
        )
    prices = prices_of(bars.isel(time=slice(bars.sizes["time"] - len(plan.time), None)))
    at_open = plan.fills_at == "next open"
    shares = np.empty((0, 0)) if plan.life is None else plan.life.shares
    about = (plan.prices, shares, stops.fractions)
    known: Floats = np.empty((0, 0))
    sides = np.zeros(plan.weights.shape)
    made = plan
    # what comes later changes no earlier bar: the account agrees for one bar more each time, at
    # once where all orders are filled, after a few times where cash or lots are short
    for _ in range(len(plan.time) + 1):
        weights, exits = plan.weights.copy(), np.full(plan.weights.shape, np.nan)
        _watch(about, prices, (at_open, adds), known, (weights, exits, sides))
        made = replace(plan, weights=weights, exits=exits)
        known = np.sign(held(made))
        if np.array_equal(known, sides):
            break
    return made


@kernel
def _watch(
    about: tuple[Floats, Floats, tuple[float, float, float]],
    prices: Prices,
    how: tuple[bool, bool],
    known: Floats,
    written: tuple[Floats, Floats, Floats],
) -> None:
    """Write the prices at which stops and targets close, and take out orders they replace.

    `known` are the sides that were held after each bar, or no rows; `written` are the weights,
    the exits and the sides.
    """
    fills, shares, fractions = about
    at_open, adds = how
    weights, exits, sides = written
    for symbol in range(weights.shape[1]):
        position = 0.0, 0.0, 0.0  # the side, the price of the fill, the best since
        for bar in range(weights.shape[0]):
            if shares.size:  # after a split the levels lie elsewhere
                new = shares[bar, symbol]
                position = position[0], position[1] / new, position[2] / new
            before = position
            if not at_open:
                position = _looked((bar, symbol), position, prices, fractions, exits)
                if not np.isnan(exits[bar, symbol]):
                    weights[bar, symbol] = np.nan
            position = _ordered((bar, symbol), position, fills, weights, adds)
            if at_open:
                position = _looked((bar, symbol), position, prices, fractions, exits)
            if known.size and known[bar, symbol] != position[0]:
                position = _in_fact(known[bar, symbol], before, fills[bar, symbol])
            sides[bar, symbol] = position[0]


@kernel
def _in_fact(
    side: float, before: tuple[float, float, float], price: float
) -> tuple[float, float, float]:
    """The position after a bar that did not do what was thought."""
    if side == 0:
        return 0.0, 0.0, 0.0
    return before if side == before[0] else (side, price, price)


@kernel
def _ordered(
    where: tuple[int, int],
    position: tuple[float, float, float],
    fills: Floats,
    weights: Floats,
    adds: bool,  # noqa: FBT001  numba knows no keyword-only arguments
) -> tuple[float, float, float]:
    """The position after the order of a bar."""
    side, price = np.sign(weights[where]), fills[where]
    if side == position[0]:
        if side != 0 and not adds:
            weights[where] = np.nan
        return position
    if np.isnan(side) or np.isnan(price):
        return position
    return side, price, price


@kernel
def _looked(
    where: tuple[int, int],
    position: tuple[float, float, float],
    prices: Prices,
    fractions: tuple[float, float, float],
    exits: Floats,
) -> tuple[float, float, float]:
    """The position after a bar was looked at."""
    side, filled, best = position
    if side == 0:
        return position
    cell = prices.opens[where], prices.highs[where], prices.lows[where], prices.closes[where]
    price = protective_exit(side, levels(side, filled, best, fractions), cell)
    if np.isnan(price):
        return side, filled, furthest(side, best, cell)
    exits[where] = price
    return 0.0, filled, best
