"""Strategies over strategies: what the members want is sized, combined or held within a band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.compute import kernel
from workbench.features.sources import source_hash
from workbench.registry import register
from workbench.strategies.declaration import Strategy
from workbench.strategies.rebalancing import Rebalance, is_rebalanced
from workbench.strategies.stepping import Memory, timing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import xarray as xr
    from pydantic import BaseModel

__all__ = ["Carried", "Overlay", "Recipe", "strategy"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Recipe:
    """How the holdings of members become those of an overlay.

    Parameters
    ----------
    members : tuple of (Strategy, mapping)
        Strategies with their parameters.
    weigh : callable
        ``weigh(held, returns)`` returns weights, shape (time, symbol), from what the members
        hold, shape (member, time, symbol), and what each has returned before costs, shape
        (member, time, window), the latest last; row t depends on rows t only.
    window : int
        Past returns that `weigh` sees.
    rebalance : str
        When the weights are set again, besides the bars on which a member decides.
    band : float or None
        If given, the weights are set only when one has drifted further than this from its
        target, or when a symbol is to be left; `rebalance` does not count.
    """

    members: tuple[tuple[Strategy, Mapping[str, Any] | BaseModel], ...]
    weigh: Callable[[Floats, Floats], Floats]
    window: int = 1
    rebalance: Rebalance = "week"
    band: float | None = None


@dataclass(frozen=True)
class Carried:
    """What an overlay carries from bar to bar.

    Parameters
    ----------
    memories : tuple
        Of the members.
    held : ndarray, shape (member, time, symbol)
        What each wanted to hold after the last bars.
    drifted : ndarray, shape (symbol,)
        The weights set last, as prices have moved them since.
    closed : ndarray of bool, shape (symbol,)
        Whether a stop or a target of the only member has closed a position inside the last bar.
    """

    memories: tuple[Any, ...]
    held: Floats
    drifted: Floats
    closed: Flags


class Overlay(Strategy):
    """A strategy made of others.

    A member's return on a bar is ``Σ w[t−1] · (close[t] / close[t−1] − 1)``: what it wanted to hold
    at the close before, without costs and without the bar between a decision and its fill; a
    move over a hole in the prices does not count. Stops and targets of an only member close a
    position inside the bar; of several members they are decisions at its close, since the others
    may want to stay.

    Parameters
    ----------
    name : str
        Its name.
    function : callable
        What the parameters and the description are read from.
    recipe : callable
        From checked parameters to a `Recipe`.
    made_of : object
        What else decides, for the hash.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        recipe: Callable[[Any], Recipe],
        made_of: Any = None,
    ) -> None:
        super().__init__(name, function, "targets")
        self._recipe = recipe
        self._made_of = made_of

    @property
    def source_hash(self) -> str:
        """A hash that changes when the overlay or a member does something else."""
        return source_hash(self.function, made_of=self._made_of)

    def warm_up(self, parameters: Mapping[str, Any] | BaseModel | None = None) -> int:
        """Bars, the current one included, that the members and the returns need."""
        recipe = self._recipe(self.checked(parameters))
        return max(recipe.window + 1, 2, *(one.warm_up(given) for one, given in recipe.members))

    def orders(
        self,
        bars: xr.Dataset,
        parameters: Mapping[str, Any] | BaseModel | None = None,
        *,
        fills_at: str | None = None,
    ) -> tuple[xr.DataArray, Floats | None]:
        """Weights to hold after each bar, and exits in between; see `Strategy.orders`."""
        wanted, exits, _ = self.closing(bars, parameters, fills_at)
        return wanted, exits

    def closing(
        self,
        bars: xr.Dataset,
        parameters: Mapping[str, Any] | BaseModel | None = None,
        fills_at: str | None = None,
    ) -> tuple[xr.DataArray, Floats | None, Flags]:
        """`orders`, and where an exit has closed a position that no order has opened again."""
        recipe = self._recipe(self.checked(parameters))
        close = bars["close"].transpose("time", "symbol")
        asked = [_asked(one, bars, given, fills_at) for one, given in recipe.members]
        rows = np.array([np.where(np.isnan(row) & closed, 0.0, row) for row, _, closed in asked])
        held = np.array([pd.DataFrame(row).ffill().fillna(0.0).to_numpy() for row in rows])
        returns = _returns(close)
        weights = recipe.weigh(held, _past(held, returns, recipe.window))
        decided = np.isfinite(rows).any(axis=(0, 2)) | _calendar(bars, recipe)
        nothing = np.zeros(close.shape, dtype=bool)
        _, exits, closed = asked[0] if len(asked) == 1 else (None, None, nothing)
        out = _set(weights, (returns, decided, closed), recipe, np.zeros(close.shape[1]))
        return close.copy(data=out), exits, closed

    def advance(
        self,
        window: xr.Dataset,
        memory: Memory | Carried | Any | None = None,
        parameters: Mapping[str, Any] | BaseModel | None = None,
    ) -> tuple[xr.DataArray, Any]:
        """The weights after the last bar of a window; see `Strategy.advance`."""
        recipe = self._recipe(self.checked(parameters))
        close = window["close"].transpose("time", "symbol")
        before = memory if isinstance(memory, Carried) else _nothing(recipe, close.shape[1])
        asked = [
            one.advance(window, past, given)
            for (one, given), past in zip(recipe.members, before.memories, strict=True)
        ]
        rows = np.array([row.to_numpy() for row, _ in asked])
        last = before.held[:, -1] if before.held.shape[1] else np.zeros(rows.shape)
        found = [_now(*told, past) for told, past in zip(asked, last, strict=True)]
        now, closed = (np.array(parts) for parts in zip(*found, strict=True))
        held = np.concatenate([before.held, now[:, None]], axis=1)[:, -(recipe.window + 1) :]
        returns = _returns(close)
        weights = recipe.weigh(held[:, -1:], _past(held, returns, recipe.window)[:, -1:])
        decided = _calendar(window, recipe)[-1:] | np.isfinite(rows).any() | closed.any()
        only = closed[0] if len(rows) == 1 else np.zeros(close.shape[1], dtype=bool)
        drifted = before.drifted.copy()
        row = _set(weights, (returns[-1:], decided, only[None]), recipe, drifted)[0]
        carried = Carried(tuple(past for _, past in asked), held, drifted, only)
        return close.isel(time=-1).copy(data=row), carried


def strategy(name: str, recipe: Callable[[Any], Recipe]) -> Callable[[Callable[..., Any]], Overlay]:
    """Declare a function as an overlay, known by name on every surface.

    Parameters
    ----------
    name : str
        Its name.
    recipe : callable
        From the checked parameters of the function to a `Recipe`.

    Returns
    -------
    callable
        Makes an `Overlay` of a function.
    """

    def declare(function: Callable[..., Any]) -> Overlay:
        made = Overlay(name, function, recipe)
        register("strategy", name, made)
        return made

    return declare


def _nothing(recipe: Recipe, symbols: int) -> Carried:
    none = np.zeros((len(recipe.members), 0, symbols))
    empty = np.zeros(symbols)
    return Carried((None,) * len(recipe.members), none, empty, empty.astype(bool))


def _asked(
    one: Strategy, bars: xr.Dataset, given: Any, fills_at: str | None
) -> tuple[Floats, Floats | None, Flags]:
    """What a member wants at each close, its exits, and where they have left it flat."""
    if isinstance(one, Overlay):
        wanted, exits, closed = one.closing(bars, given, fills_at)
        return _laid(wanted), exits, closed
    wanted, exits = one.orders(bars, given, fills_at=fills_at)
    row = _laid(wanted)
    closed = np.zeros(row.shape, dtype=bool) if exits is None else np.isfinite(exits)
    if timing(bars, fills_at) == (1, False):  # an order of the bar before fills after the exit
        closed[1:] &= np.isnan(row[:-1])
    return row, exits, closed


def _now(row: xr.DataArray, memory: Any, last: Floats) -> tuple[Floats, Flags]:
    """What a member holds after the last bar, and whether an exit has left it flat."""
    wanted = row.to_numpy()
    if isinstance(memory, Memory):
        flat = np.array([held.exposure == 0 for held in memory.holdings])
        return memory.positions / row.size, flat & (last != 0)
    closed = memory.closed if isinstance(memory, Carried) else np.zeros(row.size, dtype=bool)
    return np.where(np.isnan(wanted), np.where(closed, 0.0, last), wanted), closed


def _laid(weights: xr.DataArray) -> Floats:
    laid: Floats = weights.transpose("time", "symbol").to_numpy()
    return laid


def _returns(close: xr.DataArray) -> Floats:
    """Simple returns; 0 where this bar or the one before has no price."""
    values = close.to_numpy().astype(np.float64)
    returns = np.zeros(values.shape)
    returns[1:] = np.nan_to_num(values[1:] / values[:-1] - 1.0, posinf=0.0)
    return returns


def _past(held: Floats, returns: Floats, window: int) -> Floats:
    """The last returns of each member on each bar, shape (member, time, window)."""
    latest = returns[-held.shape[1] :]
    earned = np.full(held.shape[:2], np.nan)
    earned[:, 1:] = (held[:, :-1] * latest[1:]).sum(axis=2)
    padded = np.concatenate([np.full((len(held), window - 1), np.nan), earned], axis=1)
    return np.lib.stride_tricks.sliding_window_view(padded, window, axis=1)


def _calendar(bars: xr.Dataset, recipe: Recipe) -> npt.NDArray[np.bool_]:
    return np.asarray(is_rebalanced(bars, recipe.rebalance).to_numpy(), dtype=bool)


def _set(
    weights: Floats, seen: tuple[Floats, Flags, Flags], recipe: Recipe, drifted: Floats
) -> Floats:
    """The rows on which weights are set, NaN on the others; `drifted` is brought up to date."""
    returns, decided, closed = seen
    if recipe.band is None:
        return np.where(decided[:, None], weights, np.nan)
    out = np.full(weights.shape, np.nan)
    _within_band(np.ascontiguousarray(weights), (returns, closed), recipe.band, drifted, out)
    return out


@kernel
def _within_band(
    weights: Floats, seen: tuple[Floats, Flags], band: float, drifted: Floats, out: Floats
) -> None:
    """Set a row when a weight has drifted beyond the band, or a symbol is left or is to be."""
    returns, closed = seen
    bars, symbols = weights.shape
    for bar in range(bars):
        growth = 1.0
        for symbol in range(symbols):
            growth += drifted[symbol] * returns[bar, symbol]
        far = False
        for symbol in range(symbols):
            drifted[symbol] *= (1.0 + returns[bar, symbol]) / growth
            wanted = weights[bar, symbol]
            leaves = wanted == 0 and drifted[symbol] != 0
            far = far or leaves or closed[bar, symbol] or abs(drifted[symbol] - wanted) > band
        if far:
            for symbol in range(symbols):
                out[bar, symbol] = weights[bar, symbol]
                drifted[symbol] = weights[bar, symbol]
