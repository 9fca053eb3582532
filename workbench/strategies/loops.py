"""The loops over a step: written once, run by the interpreter or pasted beside a compiled step.

`workbench.strategies.binding` copies the text of a loop into the module of a strategy, where
``step``, ``signal`` and ``observe`` are that strategy's own kernels; without a compiler the same
functions receive them as arguments. A loop sees one symbol and writes what becomes of it in the
order in which it happens: for each order the bar in which it fills (one after the last where it
still waits) and the exposure; for each protective exit the bar and the price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.market.brackets import furthest, protective_exit, stop_level

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Held", "bracketed", "decided", "entered", "plain", "signalled", "watched"]

Floats = npt.NDArray[np.float64]
Series = tuple[Floats, ...]
Quotes = tuple[Floats, Floats, Floats, Floats]
"""Open, high, low, close of a symbol, shape (bars,); NaN where the bars have none."""
Timing = tuple[int, bool]
"""Bars from a decision to its fill, 0 or 1, and whether that is at an open."""
Market = tuple[Quotes, Timing]
Out = tuple[npt.NDArray[np.int64], Floats, Floats]
"""Bars, exposures and exit prices (NaN for an order), shape (2 × bars + 1,)."""


class Held(NamedTuple):
    """What is held in a symbol, what protects it, and the order that waits.

    Parameters
    ----------
    exposure : float
        Held now.
    stop, take, trail, best : float
        The exits of the position, and the best price since its fill.
    wanted : float
        The exposure of the order that waits; NaN for none.
    next_stop, next_take, next_trail : float
        The exits that come with it.
    """

    exposure: float
    stop: float
    take: float
    trail: float
    best: float
    wanted: float
    next_stop: float
    next_take: float
    next_trail: float


@kernel
def entered(held: Held, price: float) -> Held:
    """Fill the order that waits; the furthest price is kept while the side stays the same."""
    same = held.exposure * held.wanted > 0
    best = held.best if same else price
    return Held(
        held.wanted, held.next_stop, held.next_take, held.next_trail, best,
        np.nan, np.nan, np.nan, np.nan,
    )  # fmt: skip


@kernel
def watched(held: Held, quote: tuple[float, float, float, float]) -> tuple[Held, float]:
    """Let a bar meet the exits; returns the price of an exit, or NaN."""
    side = held.exposure
    if side == 0.0:
        return held, np.nan
    level = stop_level(side, held.stop, held.trail, held.best)
    price = protective_exit(side, (level, held.take), quote)
    if np.isnan(price):
        best = furthest(side, held.best, quote)
        return Held(
            side, held.stop, held.take, held.trail, best,
            held.wanted, held.next_stop, held.next_take, held.next_trail,
        ), np.nan  # fmt: skip
    return Held(
        0.0, np.nan, np.nan, np.nan, np.nan,
        held.wanted, held.next_stop, held.next_take, held.next_trail,
    ), price  # fmt: skip


@kernel
def decided(held: Held, bracket: tuple[float, float, float, float]) -> Held:
    """Take an intent: an order where the exposure changes, else new exits at once."""
    exposure, stop, take, trail = float(bracket[0]), bracket[1], bracket[2], bracket[3]
    if np.isnan(exposure):
        return held
    if exposure == held.exposure:
        return Held(
            exposure, stop, take, trail, held.best, np.nan, np.nan, np.nan, np.nan
        )  # fmt: skip
    return Held(
        held.exposure, held.stop, held.take, held.trail, held.best, exposure, stop, take, trail
    )


def plain(
    step: Callable[..., Any],
    observe: Callable[..., Any],
    series: Series,
    parameters: Any,
    initial: Any,
    market: Market,
    out: Out,
) -> int:
    """Ask the step at every bar; returns how many orders it places."""
    quotes, timing = market
    bars, exposures, prices = out
    state = initial
    position = 0.0
    count = 0
    for bar in range(quotes[3].size):
        state, intent = step(state, observe(series, bar, 0), position, parameters)
        if not np.isnan(intent) and intent != position:
            position = float(intent)
            bars[count] = bar + timing[0]
            exposures[count] = position
            prices[count] = np.nan
            count += 1
    return count


def signalled(
    step: Callable[..., Any],
    observe: Callable[..., Any],
    signal: Callable[..., Any],
    series: Series,
    parameters: Any,
    initial: Any,
    market: Market,
    out: Out,
) -> int:
    """Ask the step where the signal differs from the bar before; before the first bar it is 0.

    The signals and their changes are two loops without a branch, so that the compiler makes
    vectors of them; eight bars without a change are passed in one comparison.
    """
    quotes, timing = market
    bars, exposures, prices = out
    size = quotes[3].size
    words = size // 8 + 1
    signals = np.empty(8 * words, np.int8)
    changed = np.empty(8 * words, np.int8)
    changed[size:] = 0
    for bar in range(size):
        signals[bar] = signal(series, bar, parameters)
    changed[0] = signals[0] != 0
    for bar in range(1, size):
        changed[bar] = signals[bar] != signals[bar - 1]
    eights = changed.view(np.int64)
    state = initial
    position = 0.0
    count = 0
    for word in range(words):
        if eights[word] == 0:
            continue
        for bar in range(8 * word, 8 * word + 8):
            if changed[bar] == 0:
                continue
            seen = observe(series, bar, signals[bar])
            state, intent = step(state, seen, position, parameters)
            if not np.isnan(intent) and intent != position:
                position = float(intent)
                bars[count] = bar + timing[0]
                exposures[count] = position
                prices[count] = np.nan
                count += 1
    return count


def bracketed(
    step: Callable[..., Any],
    observe: Callable[..., Any],
    signal: Callable[..., Any],
    series: Series,
    parameters: Any,
    initial: Any,
    market: Market,
    out: Out,
) -> int:
    """Ask the step at every bar, or where the signal changes, and watch the exits in between."""
    bars, exposures, prices = out
    opens, highs, lows, closes = market[0]
    delay, at_open = market[1]
    state = initial
    before = 0
    nothing = np.nan
    held = Held(0.0, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing)
    count = 0
    for bar in range(closes.size):
        if delay == 1 and at_open and not np.isnan(held.wanted):
            held = entered(held, opens[bar])
            bars[count], exposures[count], prices[count] = bar, held.exposure, np.nan
            count += 1
        held, price = watched(held, (opens[bar], highs[bar], lows[bar], closes[bar]))
        if not np.isnan(price):
            bars[count], exposures[count], prices[count] = bar, 0.0, price
            count += 1
        if delay == 1 and not np.isnan(held.wanted):
            held = entered(held, closes[bar])
            bars[count], exposures[count], prices[count] = bar, held.exposure, np.nan
            count += 1
        now = signal(series, bar, parameters)
        if now != before:
            state, intent = step(state, observe(series, bar, now), held.exposure, parameters)
            held = decided(held, intent)
            before = now
        if delay == 0 and not np.isnan(held.wanted):
            held = entered(held, closes[bar])
            bars[count], exposures[count], prices[count] = bar, held.exposure, np.nan
            count += 1
    if not np.isnan(held.wanted):
        bars[count], exposures[count], prices[count] = closes.size, held.wanted, np.nan
        count += 1
    return count
