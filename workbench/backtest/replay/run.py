"""Replay a strategy over a stream of events: in Python, or compiled."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workbench.backtest.replay.account import account_of
from workbench.backtest.replay.latency import Latency
from workbench.backtest.replay.loop import FULL, WAKE, advance
from workbench.backtest.replay.view import Orders, View
from workbench.backtest.replay.world import longer, world_of
from workbench.compute import kernel
from workbench.errors import OutOfRange, UnknownName
from workbench.market.costs import Costs
from workbench.market.venue import layout as at
from workbench.market.venue.queue import LOG, POWER, RISK_AVERSE
from workbench.settings import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from workbench.backtest.replay.account import Replay
    from workbench.backtest.replay.events import Events
    from workbench.market.venue.layout import World

__all__ = ["Venue", "Wake", "replay", "replay_compiled"]

Wake = Literal["trade", "quote", "depth", "clear", "response"]
_WAKES = {
    "trade": at.TRADE,
    "quote": at.QUOTE,
    "depth": at.DEPTH,
    "clear": at.CLEAR,
    "response": at.RESPONSE,
}
_QUEUES = {"risk_averse": RISK_AVERSE, "power": POWER, "log": LOG}

_MODULE = """\
from {module} import {name} as strategy

from workbench.backtest.replay.loop import WAKE, advance
from workbench.compute import kernel

step = strategy if hasattr(strategy, "py_func") else kernel(strategy)


@kernel
def run(world, memory, parameters):
    while True:
        why = advance(world)
        if why != WAKE:
            return why
        step(world, memory, *parameters)
"""


@dataclass(frozen=True)
class Venue:
    """How the venue and the way to it are modelled.

    Parameters
    ----------
    latency : Latency
        Of messages both ways, and of the feed where the events have no receive times.
    queue : {"risk_averse", "power", "log"}
        What is assumed of the queue at a level (`workbench.market.venue.queue`).
    exponent : float
        Of ``power``, above 0.
    partial : bool
        Whether orders fill in parts: by what a trade leaves behind the queue, and level by
        level when they take.
    """

    latency: Latency | None = None
    queue: Literal["risk_averse", "power", "log"] = "risk_averse"
    exponent: float = 3.0
    partial: bool = False

    def __post_init__(self) -> None:
        if self.queue not in _QUEUES:
            raise UnknownName("queue model", self.queue, _QUEUES)
        if self.exponent <= 0:
            raise OutOfRange("exponent", self.exponent, cure="Give a number above 0")


def replay(
    on_event: Callable[[View, Orders], object],
    events: Events,
    *,
    venue: Venue | None = None,
    wake: Iterable[Wake] = ("trade", "quote", "depth"),
    every: int | None = None,
    costs: Costs | None = None,
    initial_cash: float = 100_000.0,
) -> Replay:
    """Replay a stream for a strategy in plain Python.

    Parameters
    ----------
    on_event : callable
        ``on_event(view, orders)``: looks at `view`, acts by `orders`. It is called when an event
        has arrived here, and sees nothing that has not.
    events : Events
        The market.
    venue : Venue, optional
        Latency, queue and fills; by default none, risk averse and whole.
    wake : iterable of str
        The kinds of events that it is asked at: ``trade, quote, depth, clear``, and
        ``response``, the venue's answers.
    every : int, optional
        Ask it every so many nanoseconds too, from the first event on.
    costs : Costs, optional
        The fees; slippage is not used, the prices are those of the book.
    initial_cash : float
        Before the first event.

    Returns
    -------
    Replay
        Orders, fills and the account.

    Raises
    ------
    UnknownName
        If a kind of event does not exist.
    OutOfRange
        If `every` is not above 0.
    """
    world = _prepared(events, venue or Venue(), wake, every)
    view, orders = View(world, events), Orders(world, events)
    while True:
        why = advance(world)
        if why == WAKE:
            on_event(view, orders)
        elif why == FULL:
            world = longer(world)
            view.see(world)
            orders.see(world)
        else:
            return account_of(world, events, costs or Costs(), initial_cash)


def replay_compiled(  # noqa: PLR0913  options of a run, by keyword
    step: Callable[..., object],
    events: Events,
    parameters: tuple[float, ...] = (),
    *,
    venue: Venue | None = None,
    wake: Iterable[Wake] = (),
    every: int | None = None,
    costs: Costs | None = None,
    initial_cash: float = 100_000.0,
    memory: int = 16,
) -> Replay:
    """Replay a stream for a strategy that numba compiles.

    Parameters
    ----------
    step : callable
        ``step(world, memory, *parameters)``, in whole ticks and lots, with the functions of
        `workbench.market.venue`; `memory` is an array of its own. A function of a module is
        compiled once; one of a notebook in every process.
    events : Events
        The market.
    parameters : tuple of float
        Handed over at each call.
    venue, wake, every, costs, initial_cash
        As in `replay`.
    memory : int
        How many floats it keeps from call to call, 0 at first.

    Returns
    -------
    Replay
        Orders, fills and the account.

    Raises
    ------
    UnknownName
        If a kind of event does not exist.
    OutOfRange
        If `every` is not above 0.
    """
    world = _prepared(events, venue or Venue(), wake, every)
    run, kept = _bound(step), np.zeros(memory)
    while run(world, kept, tuple(parameters)) == FULL:
        world = longer(world)
    return account_of(world, events, costs or Costs(), initial_cash)


def _prepared(events: Events, venue: Venue, wake: Iterable[Wake], every: int | None) -> World:
    latency = venue.latency or Latency.fixed()
    if latency.feed.any():
        events = events.delayed(latency.feed)
    world = world_of(events, latency)
    for kind in wake:
        if kind not in _WAKES:
            raise UnknownName("kind of event", kind, _WAKES)
        world.registers[at.WAKE_ON] |= 1 << _WAKES[kind]
    if every is not None:
        if every <= 0:
            raise OutOfRange("every", every, 1)
        world.registers[at.INTERVAL] = every
        world.registers[at.NEXT_WAKE] = events.rows[0, at.TIME] + every
    world.registers[at.PARTIAL] = venue.partial
    world.registers[at.QUEUE_MODEL] = _QUEUES[venue.queue]
    world.reals[0] = venue.exponent
    return world


@lru_cache(maxsize=64)
def _bound(step: Callable[..., object]) -> Callable[..., int]:
    """The loop around a step: of a module of its own, so that its machine code is kept."""
    origin, name = getattr(step, "__module__", ""), getattr(step, "__name__", "")
    if origin != "__main__" and getattr(sys.modules.get(origin), name, None) is step:
        return _written(origin, name)
    inner = step if hasattr(step, "py_func") else kernel(step)

    @kernel
    def run(world: Any, memory: Any, parameters: Any) -> int:
        while True:
            why = advance(world)
            if why != WAKE:
                return why
            inner(world, memory, *parameters)

    return run


def _written(origin: str, name: str) -> Callable[..., int]:
    text = _MODULE.format(module=origin, name=name)
    digest = hashlib.sha256(text.encode()).hexdigest()[:20]
    path = cache_folder("strategies") / f"replay_{digest}.py"
    if not path.is_file():  # written beside and moved, so that no process reads a half
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".part", delete=False
        ) as part:
            part.write(text)
        os.replace(part.name, path)  # noqa: PTH105  atomic on every system
    return _loaded(path)


def _loaded(path: Path) -> Callable[..., int]:
    spec = importlib.util.spec_from_file_location(f"workbench_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    run: Callable[..., int] = module.run
    return run
