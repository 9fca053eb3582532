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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import xarray as xr
    from pydantic import BaseModel

    from workbench.strategies.stepping import Memory

__all__ = ["Carried", "Overlay", "Recipe", "strategy"]

Floats = npt.NDArray[np.float64]


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
    """

    memories: tuple[Any, ...]
    held: Floats
    drifted: Floats


class Overlay(Strategy):
    """A strategy made of others.

    A member's return on a bar is ``Σ w[t−1] · (close[t] / close[t−1] − 1)``: what it wanted to hold
    at the close before, without costs and without the bar between a decision and its fill; a
    move over a hole in the prices does not count.

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

    def targets(
        self, bars: xr.Dataset, parameters: Mapping[str, Any] | BaseModel | None = None
    ) -> xr.DataArray:
        """Weights to hold after each bar; see `Strategy.targets`."""
        recipe = self._recipe(self.checked(parameters))
        close = bars["close"].transpose("time", "symbol")
        wanted = [_laid(one.targets(bars, given)) for one, given in recipe.members]
        held = np.array([pd.DataFrame(rows).ffill().fillna(0.0).to_numpy() for rows in wanted])
        weights = recipe.weigh(held, _past(held, _returns(close), recipe.window))
        decided = np.isfinite(wanted).any(axis=(0, 2)) | _calendar(bars, recipe)
        return close.copy(
            data=_set(weights, _returns(close), decided, recipe, np.zeros(close.shape[1]))
        )

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
        now = np.where(np.isnan(rows), last, rows)[:, None]
        held = np.concatenate([before.held, now], axis=1)[:, -(recipe.window + 1) :]
        returns = _returns(close)
        weights = recipe.weigh(held[:, -1:], _past(held, returns, recipe.window)[:, -1:])
        decided = np.isfinite(rows).any() | _calendar(window, recipe)[-1:]
        drifted = before.drifted.copy()
        row = _set(weights, returns[-1:], decided, recipe, drifted)[0]
        carried = Carried(tuple(past for _, past in asked), held, drifted)
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
    return Carried((None,) * len(recipe.members), none, np.zeros(symbols))


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
    weights: Floats,
    returns: Floats,
    decided: npt.NDArray[np.bool_],
    recipe: Recipe,
    drifted: Floats,
) -> Floats:
    """The rows on which weights are set, NaN on the others; `drifted` is brought up to date."""
    if recipe.band is None:
        return np.where(decided[:, None], weights, np.nan)
    out = np.full(weights.shape, np.nan)
    _within_band(np.ascontiguousarray(weights), returns, recipe.band, drifted, out)
    return out


@kernel
def _within_band(
    weights: Floats, returns: Floats, band: float, drifted: Floats, out: Floats
) -> None:
    """Set a row when a weight has drifted beyond the band, or a symbol is to be left."""
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
            far = far or leaves or abs(drifted[symbol] - wanted) > band
        if far:
            for symbol in range(symbols):
                out[bar, symbol] = weights[bar, symbol]
                drifted[symbol] = weights[bar, symbol]
