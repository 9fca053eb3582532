"""The arrays of a run: made from a stream, and made longer while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.errors import InvalidInput
from workbench.market.venue import layout as at
from workbench.market.venue.layout import (
    AMOUNT,
    AT,
    CODE,
    DEPTH,
    KIND_BITS,
    KIND_MASK,
    QUOTE,
    SIDE_BITS,
    World,
)

if TYPE_CHECKING:
    from workbench.backtest.replay.events import Events
    from workbench.backtest.replay.latency import Latency

__all__ = ["longer", "world_of"]

LEVELS = 40_000_000
"""The most price levels of all symbols together; a level takes 32 bytes."""
FIRST = 4 * at.ROOM
"""Orders, fills and messages for which there is room at first."""


def world_of(events: Events, latency: Latency) -> World:
    """The state before the first event.

    Parameters
    ----------
    events : Events
        What will happen.
    latency : Latency
        Of the messages.

    Returns
    -------
    World
        With no order and no position.

    Raises
    ------
    InvalidInput
        If the prices span too many ticks to keep a book of them.
    """
    symbols = len(events.symbols)
    lows, width = _levels(events)
    if width * symbols > LEVELS:
        raise InvalidInput(
            "The prices span too many ticks",
            seen=f"{width:,} ticks, {symbols} symbols",
            cure="Drop the levels far from the market, or give the tick that the venue uses",
        )
    top = np.zeros((2, symbols, 4), dtype=np.int64)
    top[..., at.BID], top[..., at.ASK], top[..., at.LAST] = at.NO_BID, at.NEVER, at.NEVER
    registers = np.zeros(at.REGISTERS, dtype=np.int64)
    registers[[at.NEXT_WAKE, at.NEXT_EXPIRY]] = at.NEVER
    draws = max(len(latency.entry), len(latency.response))
    return World(
        events=events.rows,
        orders=np.zeros((FIRST, len(at.ORDER_COLUMNS)), dtype=np.int64),
        queue=np.zeros((FIRST, 2)),
        fills=np.zeros((FIRST, len(at.FILL_COLUMNS)), dtype=np.int64),
        messages=np.zeros((2, FIRST, 4), dtype=np.int64),
        lists=np.zeros((2, FIRST), dtype=np.int64),
        book=np.zeros((2, 2 * symbols, width), dtype=np.int64),
        top=top,
        lows=lows,
        positions=np.zeros((2, symbols), dtype=np.int64),
        delays=np.stack([np.resize(latency.entry, draws), np.resize(latency.response, draws)]),
        registers=registers,
        reals=np.array([1.0]),
    )


def longer(world: World) -> World:
    """The same state with twice the room for orders, fills and messages.

    Parameters
    ----------
    world : World
        In the middle of a run.

    Returns
    -------
    World
        Whose run goes on where it was.
    """
    messages = np.zeros((2, 2 * world.messages.shape[1], 4), dtype=np.int64)
    for way in (at.TO_VENUE, at.TO_US):
        head, tail = (int(world.registers[at.HEAD + 2 * way + one]) for one in (0, 1))
        waiting = np.arange(head, tail)
        messages[way, waiting % messages.shape[1]] = world.messages[
            way, waiting % world.messages.shape[1]
        ]
    return world._replace(
        orders=np.concatenate([world.orders, np.zeros_like(world.orders)]),
        queue=np.concatenate([world.queue, np.zeros_like(world.queue)]),
        fills=np.concatenate([world.fills, np.zeros_like(world.fills)]),
        lists=np.concatenate([world.lists, np.zeros_like(world.lists)], axis=1),
        messages=messages,
    )


def _levels(events: Events) -> tuple[npt.NDArray[np.int64], int]:
    """The lowest tick of each symbol, and the ticks that the widest spans."""
    lows = np.full(len(events.symbols), at.NEVER)
    highs = np.full(len(events.symbols), at.NO_BID)
    _span(events.rows, lows, highs)
    booked = highs >= lows
    width = int((highs[booked] - lows[booked]).max(initial=0)) + 1
    return np.where(booked, lows, 0), width


@kernel
def _span(
    rows: npt.NDArray[np.int64], lows: npt.NDArray[np.int64], highs: npt.NDArray[np.int64]
) -> None:
    for row in range(rows.shape[0]):
        code, price = rows[row, CODE], rows[row, AT]
        kind, symbol = code & KIND_MASK, code >> (KIND_BITS + SIDE_BITS)
        if kind == DEPTH or (kind == QUOTE and rows[row, AMOUNT] > 0):
            lows[symbol] = min(lows[symbol], price)
            highs[symbol] = max(highs[symbol], price)
