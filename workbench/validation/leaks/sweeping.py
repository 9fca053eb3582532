"""Every bar at once, where a function forgets soon: leaks of a few bars that cuts would miss.

Bars that lie further apart than the function remembers are changed together. What moves between
them, too late for the changed bar before it, must have seen the one after it; a cut at that very
bar then tells whether it did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.validation.leaks.futures import Future, spiked
from workbench.validation.leaks.hunting import Hit, hit_at
from workbench.validation.leaks.probing import Bent

if TYPE_CHECKING:
    from workbench.validation.leaks.probing import Probe

__all__ = ["swept_hit"]

WIDTH, QUIET = 3, 5
"""So many bars are changed together; so many more than it remembers lie before the next ones."""
MOST_CALLS = 32
MOST_DOUBTS = 6
"""Bars that looked as if they leak; if the first of them do not, the memory varies."""
SIZE = 1.5
"""How many times a price: enough to cross a threshold, too little to drown what follows."""
FORGETS = 8
"""Only what forgets within an eighth of the bars is swept."""


def swept_hit(probe: Probe, rng: np.random.Generator, until: int | None = None) -> Hit | None:
    """Look at all bars, in a few calls, for the first that another future moves.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    rng : numpy.random.Generator
        Decides the first bars, and which of them rise.
    until : int, optional
        Only bars before this one are looked at; all by default.

    Returns
    -------
    Hit or None
        None as well for a function that remembers for long: only cuts tell there.
    """
    last = len(probe.clock) - 1
    memory = max(_memory(probe, last // 2), _memory(probe, last // 3))
    if memory > last // FORGETS:
        return None
    suspects = _suspects(probe, rng, memory)
    looked_at = suspects[suspects < (last if until is None else until)][:MOST_DOUBTS]
    return next((hit for bar in looked_at if (hit := _checked(probe, int(bar)))), None)


def _suspects(probe: Probe, rng: np.random.Generator, memory: int) -> npt.NDArray[np.int64]:
    """The bars that move too late for the changed bar before them."""
    last, apart = len(probe.clock) - 1, memory + WIDTH + QUIET
    found = [np.empty(0, dtype=np.int64)]
    for first in rng.permutation(apart)[: MOST_CALLS // 4 if probe.is_large else MOST_CALLS]:
        starts = np.arange(int(first), last + 1, apart)
        bars = (starts[:, None] + np.arange(WIDTH)).ravel()
        up = np.repeat(rng.random(len(starts)) < 0.5, WIDTH)
        moved = probe.moved(_bent(probe, bars[bars <= last], up[bars <= last]), last)
        where = np.maximum(probe.position(moved.times), 0)
        found.append(where[((where - first) % apart >= memory + WIDTH) | (where < first)])
    return np.unique(np.concatenate(found))


def _checked(probe: Probe, bar: int) -> Hit | None:
    for future in (Future.WALKED, Future.SCALED, Future.SUNK):
        if found := hit_at(probe, bar, future, -1):
            return found
    return None


def _memory(probe: Probe, bar: int) -> int:
    """How many bars later a changed bar is still felt."""
    reaches = [0]
    for up in (True, False):
        moved = probe.moved(_bent(probe, np.array([bar]), np.array([up])), len(probe.clock) - 1)
        reaches += (np.asarray(probe.position(moved.times)) - bar).tolist()
    return max(reaches)


def _bent(probe: Probe, bars: npt.NDArray[np.int64], up: npt.NDArray[np.bool_]) -> Bent:
    """Some bars changed, in every table."""
    values = []
    for number, table in enumerate(probe.tables):
        made = table.values.copy()
        for some, way in ((bars[up], True), (bars[~up], False)):
            rows = np.isin(probe.bar_of(number), some)
            if rows.any():
                made[rows] = spiked(table, up=way, size=SIZE, rows=rows)
        values.append(made)
    return Bent(tuple(values), (None,) * len(values))
