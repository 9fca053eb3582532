"""Where to cut, and the first cut after which another future moves the past."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.validation.leaks.futures import Future
from workbench.validation.leaks.outputs import Moved, moved
from workbench.validation.leaks.probing import Bent

if TYPE_CHECKING:
    from workbench.validation.leaks.probing import Probe

__all__ = ["Hit", "cut_points", "first_hit", "is_repeatable"]

EVERY_CUT = (Future.CUT, Future.WALKED)
BY_TURNS = (Future.MIRRORED, Future.SCALED, Future.SHUFFLED, Future.HOLES)
EDGE = (2, 3, 6, 11)
"""Cuts so many bars before the end: what is wrong with the newest bars only is seen here."""
JITTER = 1e-13


@dataclass(frozen=True)
class Hit:
    """A future that moved the past.

    Parameters
    ----------
    cut : int
        The bar after which it was changed.
    future : Future
        How.
    bar : int
        The first bar whose value moved.
    clean : int
        A bar before it after which nothing moved; −1 where none was tried.
    """

    cut: int
    future: Future
    bar: int
    clean: int


def is_repeatable(probe: Probe) -> Moved:
    """What differs between two identical calls; nothing, if the function can be checked."""
    probe.base = probe.ask()
    return moved(probe.base, probe.ask(), probe.clock[-1], tolerance=probe.tolerance)


def cut_points(probe: Probe, count: int, rng: np.random.Generator) -> list[int]:
    """The bars after which the future is changed.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    count : int
        How many are wanted.
    rng : numpy.random.Generator
        Moves them.

    Returns
    -------
    list of int
        Sorted. Half of them lie evenly, with jitter, over the bars; four near the end; the others
        where the answer changes, because a leak of a rare signal is seen nowhere else. All bars
        but the last, if there are no more than `count`.
    """
    last = len(probe.clock) - 2
    if last < count:
        return list(range(last + 1))
    chosen = {last + 2 - back for back in EDGE if back <= last}
    edges = np.linspace(0, last + 1, count // 2 + 1).astype(int)
    chosen |= {
        int(rng.integers(low, max(high, low + 1))) for low, high in itertools.pairwise(edges)
    }
    events = [bar for bar in _events(probe) if bar not in chosen and bar <= last]
    wanted = min(count - len(chosen), len(events))
    chosen |= (
        {int(bar) for bar in rng.choice(events, wanted, replace=False)} if wanted > 0 else set()
    )
    spare = [bar for bar in range(last + 1) if bar not in chosen]
    missing = count - len(chosen)
    return sorted(chosen | {int(bar) for bar in rng.choice(spare, missing, replace=False)})


def first_hit(probe: Probe, cuts: list[int]) -> Hit | None:
    """The first of the cuts after which another future moves the past.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    cuts : list of int
        Sorted bars.

    Returns
    -------
    Hit or None
        A future of other numbers rather than a shorter one, if both move it. A value that lies
        on a tie, so that the last bit of the prices decides it, is no leak.
    """
    clean = -1
    for number, cut in enumerate(cuts):
        futures = (*EVERY_CUT, BY_TURNS[number % len(BY_TURNS)])
        hits = [hit for future in futures if (hit := _hit(probe, cut, future, clean))]
        if hits and all(hit.future is Future.CUT for hit in hits):
            hits += [hit for future in BY_TURNS if (hit := _hit(probe, cut, future, clean))]
            if len(hits) == 1 and (stable := _beyond_ties(probe, hits[0])) is None:
                continue
            if len(hits) == 1 and stable is not None:
                hits[0] = stable
        if hits:
            return min(hits, key=lambda hit: (hit.future is Future.CUT, hit.bar))
        clean = cut
    return None


def _hit(probe: Probe, cut: int, future: Future, clean: int) -> Hit | None:
    found = probe.moved(probe.future(future, cut), cut)
    if not found:
        return None
    bar = max(0, int(probe.position(found.times[0])))
    return Hit(cut, future, bar, clean if clean < bar else -1)


def _beyond_ties(probe: Probe, hit: Hit) -> Hit | None:
    """The hit without rows that the last bits of the numbers decide; None if none is left."""
    found = probe.moved(probe.future(Future.CUT, hit.cut), hit.cut)
    rng = np.random.default_rng(0)
    values = tuple(
        table.values * (1 + JITTER * rng.standard_normal(table.values.shape))
        for table in probe.tables
    )
    unsure = probe.moved(Bent(values, (None,) * len(values)), hit.cut)
    on_tie = set(zip(unsure.times.tolist(), unsure.columns, strict=True))
    rows = list(zip(found.times.tolist(), found.columns, strict=True))
    sure = [time for time, row in zip(found.times, rows, strict=True) if row not in on_tie]
    return replace(hit, bar=max(0, int(probe.position(sure[0])))) if sure else None


def _events(probe: Probe) -> list[int]:
    """The bars at which the answer changes."""
    bars: set[int] = set()
    for table in probe.base:
        if not len(table.times):
            continue
        filled = np.nan_to_num(table.values, nan=-12345.678)
        changes = np.r_[True, (filled[1:] != filled[:-1]).any(axis=1)]
        bars |= set(np.maximum(probe.position(table.times[changes]), 0).tolist())
    return sorted(bars)
