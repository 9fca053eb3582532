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
    import xarray as xr

    from workbench.backtest.plan import Plan
    from workbench.backtest.signals.tables import Prices, Stops

__all__ = ["protected"]

Floats = npt.NDArray[np.float64]


def protected(plan: Plan, bars: xr.Dataset, stops: Stops, *, adds: bool = True) -> Plan:
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
    weights, exits = plan.weights.copy(), np.full(plan.weights.shape, np.nan)
    at_open = plan.fills_at == "next open"
    shares = np.empty((0, 0)) if plan.life is None else plan.life.shares
    about = (plan.prices, shares, stops.fractions)
    _watch(about, prices, (at_open, adds), weights, exits)
    return replace(plan, weights=weights, exits=exits)


@kernel
def _watch(
    about: tuple[Floats, Floats, tuple[float, float, float]],
    prices: Prices,
    how: tuple[bool, bool],
    weights: Floats,
    exits: Floats,
) -> None:
    """Write the prices at which stops and targets close, and take out orders they replace."""
    _, shares, fractions = about
    at_open, adds = how
    for symbol in range(weights.shape[1]):
        position = 0.0, 0.0, 0.0  # the side, the price of the fill, the best since
        for bar in range(weights.shape[0]):
            if shares.size:  # after a split the levels lie elsewhere
                new = shares[bar, symbol]
                position = position[0], position[1] / new, position[2] / new
            if not at_open:
                position = _looked((bar, symbol), position, prices, fractions, exits)
                if not np.isnan(exits[bar, symbol]):
                    weights[bar, symbol] = np.nan
            position = _ordered((bar, symbol), position, about[0], weights, adds)
            if at_open:
                position = _looked((bar, symbol), position, prices, fractions, exits)


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
