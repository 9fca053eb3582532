"""Run a step over bars: compiled from a module of its own, or one bar at a time."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numba
import numpy as np
import numpy.typing as npt
import xarray as xr

from workbench.errors import UnusableFrame
from workbench.strategies import loops
from workbench.strategies.binding import Unbindable, bound, keyword_names, uses_brackets

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "Memory", "Observe", "Stepping", "Steps", "advance", "interpreted", "observed", "quotes",
    "run_steps", "timing",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
State = float | tuple[float, ...]
Observe: TypeAlias = Callable[[xr.Dataset, Any], xr.DataArray]
"""Computes one input of a step from bars and parameters, causally."""

_NONE = (np.nan,) * 8
FIELDS = ("open", "high", "low", "close")


class Stepping(Protocol):
    """What is needed of a strategy to run its step."""

    name: str
    function: Callable[..., Any]
    inputs: Mapping[str, Observe]
    signal: Callable[..., Any] | None
    initial: State
    parameters: type[BaseModel]


@dataclass(frozen=True)
class Memory:
    """What a step carries from bar to bar.

    Parameters
    ----------
    states : tuple
        One state a symbol.
    holdings : tuple of Held
        What is held in each symbol, with its exits.
    signals : tuple of int
        The last signal of each symbol; 0 before the first bar, None without a signal.
    """

    states: tuple[State, ...]
    holdings: tuple[loops.Held, ...]
    signals: tuple[int | None, ...]

    @classmethod
    def initial(cls, state: State, symbols: int) -> Memory:
        """Before the first bar: no position."""
        nothing = loops.Held(0.0, *_NONE)
        return cls((state,) * symbols, (nothing,) * symbols, (0,) * symbols)

    @property
    def positions(self) -> Floats:
        """The exposure of each symbol, from −1 to 1; an order that waits counts as filled."""
        return np.array(
            [held.exposure if np.isnan(held.wanted) else held.wanted for held in self.holdings]
        )


@dataclass(frozen=True)
class Steps:
    """What a step wants over a history; every array has shape (time, symbol).

    Parameters
    ----------
    wanted : ndarray
        The exposure wanted from this bar on, at its close; NaN where nothing changes.
    exits : ndarray or None
        The price at which a stop or a target closes the position inside this bar; NaN
        elsewhere. None for a strategy without brackets.
    interpreted : str
        Why the step was not compiled; empty when it was.
    """

    wanted: Floats
    exits: Floats | None
    interpreted: str


def run_steps(
    strategy: Stepping, bars: xr.Dataset, parameters: BaseModel, fills_at: str | None = None
) -> Steps:
    """Run a step over every bar of every symbol.

    A step without a source of its own, or that numba cannot compile, runs interpreted,
    with the same answer.

    Parameters
    ----------
    strategy : Strategy
        In the form ``step``.
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    parameters : pydantic.BaseModel
        Checked.
    fills_at : {"next open", "next close", "same close"}, optional
        When orders fill, and with that from when on a bracket watches; by default the next
        open, or the next close where the bars have no opens.

    Returns
    -------
    Steps
        What is wanted, and the exits.
    """
    series = observed(strategy, bars, parameters)
    values = tuple(value for _, value in parameters)
    when = timing(bars, fills_at)
    try:
        why, loop = "", bound(strategy)
        events = _run(loop, series, values, strategy.initial, quotes(bars), when)
    except (Unbindable, numba.core.errors.NumbaError, OSError) as error:
        why, loop = str(error).strip().partition("\n")[0], interpreted(strategy)
        events = _run(loop, series, values, strategy.initial, quotes(bars), when)
    wanted = np.full(bars["close"].shape, np.nan)
    exits = np.full(bars["close"].shape, np.nan)
    for symbol, (at, exposures, prices) in enumerate(events):
        orders = np.isnan(prices)
        wanted[at[orders] - when[0], symbol] = exposures[orders]
        exits[at[~orders], symbol] = prices[~orders]
    return Steps(wanted, exits if uses_brackets(strategy.function) else None, why)


def _run(
    loop: Callable[..., int],
    series: tuple[Floats, ...],
    values: tuple[Any, ...],
    initial: State,
    quoted: Floats,
    when: loops.Timing,
) -> list[tuple[npt.NDArray[np.int64], Floats, Floats]]:
    """The orders and exits of each symbol."""
    symbols, bars = quoted.shape[1:]
    found = []
    for symbol in range(symbols):
        out = np.empty(2 * bars + 1, np.int64), np.empty(2 * bars + 1), np.empty(2 * bars + 1)
        own = tuple(values[symbol] for values in series)
        count = loop(own, values, initial, (tuple(quoted[:, symbol]), when), out)
        found.append((out[0][:count], out[1][:count], out[2][:count]))
    return found


def advance(
    strategy: Stepping,
    window: xr.Dataset,
    memory: Memory,
    parameters: BaseModel,
    fills_at: str | None = None,
) -> Memory:
    """One step of every symbol, at the last bar of a window."""
    series = observed(strategy, window, parameters)
    values = tuple(value for _, value in parameters)
    when, quoted = timing(window, fills_at), quotes(window)[:, :, -1]
    called = _called(strategy)
    found = [
        _asked(
            called,
            (tuple(values[symbol] for values in series), values),
            (memory.states[symbol], _through(held, tuple(quoted[:, symbol]), when)),
            memory.signals[symbol],
        )
        for symbol, held in enumerate(memory.holdings)
    ]
    states, holdings, signals = zip(*found, strict=True)
    if when[0] == 0:
        holdings = tuple(
            held if np.isnan(held.wanted) else loops.entered(held, price)
            for held, price in zip(holdings, quoted[3], strict=True)
        )
    return Memory(states, holdings, signals)


def _asked(
    called: _Called,
    seen: tuple[tuple[Floats, ...], tuple[Any, ...]],
    carried: tuple[State, loops.Held],
    before: int | None,
) -> tuple[State, loops.Held, int | None]:
    """Ask a step at the last bar of its series, if its signal has changed."""
    (series, values), (state, held) = seen, carried
    last = len(series[0]) - 1
    now = called.signal(series, last, values) if called.has_signal else None
    if called.has_signal and now == before:
        return state, held, now
    state, intent = called.step(state, called.observe(series, last, now), held.exposure, values)
    return state, loops.decided(held, intent), now


def _through(held: loops.Held, quote: Any, when: loops.Timing) -> loops.Held:
    """Fill the order that waits and let a bar meet the exits, as `loops.bracketed`."""
    delay, at_open = when
    if delay and at_open and not np.isnan(held.wanted):
        held = loops.entered(held, quote[0])
    held, _ = loops.watched(held, quote)
    if delay and not np.isnan(held.wanted):
        held = loops.entered(held, quote[3])
    return held


def timing(bars: xr.Dataset, fills_at: str | None) -> loops.Timing:
    """Bars from a decision to its fill, and whether that is at an open."""
    if fills_at is None:
        return 1, "open" in bars
    return (0 if fills_at == "same close" else 1), fills_at == "next open"


def quotes(bars: xr.Dataset) -> Floats:
    """Open, high, low and close, shape (4, symbol, time); NaN where the bars have none."""
    close = bars["close"]
    laid = np.full((len(FIELDS), close.sizes["symbol"], close.sizes["time"]), np.nan)
    for row, field in enumerate(FIELDS):
        if field in bars:
            laid[row] = bars[field].transpose("symbol", "time").to_numpy()
    return laid


def observed(strategy: Stepping, bars: xr.Dataset, parameters: BaseModel) -> tuple[Floats, ...]:
    """The inputs of a step, each of shape (symbol, time)."""
    return tuple(
        laid(observe(bars, parameters), bars["close"], name, strategy.name)
        for name, observe in strategy.inputs.items()
    )


def laid(values: xr.DataArray, like: xr.DataArray, name: str, owner: str) -> Floats:
    """An input of a step as an array of shape (symbol, time)."""
    if set(getattr(values, "dims", ())) != set(like.dims):
        raise UnusableFrame(
            f"The input {name!r} of strategy {owner!r} is no DataArray with dims (time, symbol)",
            seen=getattr(values, "dims", type(values).__name__),
            cure="Return one value for each time and symbol of the bars",
        )
    found = values.reindex_like(like).transpose("symbol", "time").to_numpy()
    return np.ascontiguousarray(found, dtype=np.float64)


def interpreted(strategy: Stepping) -> Callable[..., int]:
    """The loop over a step that is not compiled."""
    called = _called(strategy)

    def loop(*arguments: Any) -> int:
        return loops.bracketed(called.step, called.observe, called.signal, *arguments)

    return loop


@dataclass(frozen=True)
class _Called:
    """A step, its observation and its signal as a loop calls them."""

    step: Callable[..., Any]
    observe: Callable[..., Any]
    signal: Callable[..., int]
    has_signal: bool


def _called(strategy: Stepping) -> _Called:
    fields = tuple(strategy.inputs)
    asked = (*fields, "signal") if strategy.signal else fields
    names = tuple(strategy.parameters.model_fields)
    observation: Any = namedtuple("Observation", fields)  # type: ignore[misc]  # noqa: PYI024  fields known now only
    question: Any = namedtuple("Asked", asked)  # type: ignore[misc]  # noqa: PYI024  the same

    def step(state: Any, seen: Any, position: float, values: tuple[Any, ...]) -> Any:
        named = dict(zip(names, values, strict=True))
        after, intent = strategy.function(state, seen, float(position), **named)
        return after, intent if isinstance(intent, tuple) else (intent, np.nan, np.nan, np.nan)

    def observe(series: tuple[Floats, ...], bar: int, now: int) -> Any:
        seen = [float(values[bar]) for values in series]
        return question(*seen, *([now] if strategy.signal else []))

    def signal(series: tuple[Floats, ...], bar: int, values: tuple[Any, ...]) -> int:
        if strategy.signal is None:
            return 1 - 2 * (bar % 2)  # as `binding`: it differs at each bar
        named = dict(zip(names, values, strict=True))
        used = {name: named[name] for name in keyword_names(strategy.signal)}
        return int(strategy.signal(observation(*(float(row[bar]) for row in series)), **used))

    return _Called(step, observe, signal, strategy.signal is not None)
