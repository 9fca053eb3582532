"""Run a step over bars: compiled from a module of its own, or one bar at a time."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numba
import numpy as np
import numpy.typing as npt
import xarray as xr

from workbench.errors import UnusableFrame
from workbench.strategies.binding import Unbindable, bound_run

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["Memory", "Observe", "Steps", "advance", "run_steps"]

Floats = npt.NDArray[np.float64]
State = float | tuple[float, ...]
Observe: TypeAlias = Callable[[xr.Dataset, Any], xr.DataArray]
"""Computes one input of a step from bars and parameters, causally."""


class Stepping(Protocol):
    """What is needed of a strategy to run its step."""

    name: str
    function: Callable[..., Any]
    inputs: dict[str, Observe]
    initial: State


@dataclass(frozen=True)
class Memory:
    """What a step carries from bar to bar.

    Parameters
    ----------
    states : tuple
        One state a symbol.
    positions : ndarray, shape (symbol,)
        The exposure wanted last, from −1 to 1.
    """

    states: tuple[State, ...]
    positions: Floats

    @classmethod
    def initial(cls, state: State, symbols: int) -> Memory:
        """Before the first bar: no position."""
        return cls((state,) * symbols, np.zeros(symbols))


@dataclass(frozen=True)
class Steps:
    """The intents of a step over a history.

    Parameters
    ----------
    intents : ndarray, shape (time, symbol)
        What the step returned; NaN keeps what is held.
    interpreted : str
        Why the step was not compiled; empty when it was.
    """

    intents: Floats
    interpreted: str


def run_steps(strategy: Stepping, bars: xr.Dataset, parameters: BaseModel) -> Steps:
    """Run a step over every bar of every symbol.

    A step without a source of its own, or that numba cannot compile, runs interpreted,
    with the same answer.
    """
    observed = _observed(strategy, bars, parameters)
    values = tuple(value for _, value in parameters)
    intents = np.full(bars["close"].shape, np.nan)
    try:
        run = bound_run(strategy.function, tuple(strategy.inputs), strategy.name)
        run(observed, intents, strategy.initial, values)
    except (Unbindable, numba.core.errors.NumbaError, OSError) as error:
        _interpreted(strategy, observed, intents, values)
        return Steps(intents, str(error).strip().partition("\n")[0])
    return Steps(intents, "")


def advance(
    strategy: Stepping, window: xr.Dataset, memory: Memory, parameters: BaseModel
) -> Memory:
    """One step of every symbol, at the last bar of a window."""
    observed = _observed(strategy, window, parameters)
    observation = _observation(strategy)
    states, positions = list(memory.states), memory.positions.copy()
    for symbol in range(len(states)):
        seen = observation(*(float(values[-1, symbol]) for values in observed))
        states[symbol], intent = strategy.function(
            states[symbol], seen, positions[symbol], **dict(parameters)
        )
        if not np.isnan(intent):
            positions[symbol] = intent
    return Memory(tuple(states), positions)


def _observed(strategy: Stepping, bars: xr.Dataset, parameters: BaseModel) -> tuple[Floats, ...]:
    return tuple(
        _laid(observe(bars, parameters), bars["close"], name, strategy.name)
        for name, observe in strategy.inputs.items()
    )


def _laid(values: xr.DataArray, like: xr.DataArray, name: str, owner: str) -> Floats:
    if set(getattr(values, "dims", ())) != set(like.dims):
        raise UnusableFrame(
            f"The input {name!r} of strategy {owner!r} is no DataArray with dims (time, symbol)",
            seen=getattr(values, "dims", type(values).__name__),
            cure="Return one value for each time and symbol of the bars",
        )
    laid = values.transpose(*like.dims).reindex_like(like).to_numpy()
    return np.ascontiguousarray(laid, dtype=np.float64)


def _observation(strategy: Stepping) -> type[Any]:
    return namedtuple("Observation", tuple(strategy.inputs))  # noqa: PYI024  its fields are known now only


def _interpreted(
    strategy: Stepping, observed: tuple[Floats, ...], intents: Floats, values: tuple[Any, ...]
) -> None:
    """The loop of the generated module, by the interpreter."""
    observation = _observation(strategy)
    named = dict(zip(_parameter_names(strategy.function), values, strict=True))
    for symbol in range(intents.shape[1]):
        state, position = strategy.initial, 0.0
        for bar in range(len(intents)):
            seen = observation(*(float(column[bar, symbol]) for column in observed))
            state, intent = strategy.function(state, seen, position, **named)
            intents[bar, symbol] = intent
            if not np.isnan(intent):
                position = intent


def _parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    code = function.__code__
    first = code.co_argcount
    return code.co_varnames[first : first + code.co_kwonlyargcount]
