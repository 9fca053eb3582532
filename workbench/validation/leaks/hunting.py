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

__all__ = ["WILD", "Hit", "cut_points", "first_hit", "hit_at", "is_repeatable"]

EVERY_CUT = (Future.CUT, Future.WALKED)
BY_TURNS = (Future.MIRRORED, Future.SCALED, Future.SHUFFLED, Future.HOLES)
WILD = (*BY_TURNS, Future.SUNK, Future.LEAPS)
"""Asked where the number of bars alone has moved something: is it their values after all?"""
MOST_LENGTHS = 6
EDGE = (2, 3, 6, 11)
"""Cuts so many bars before the end: what is wrong with the newest bars only is seen here."""
OF_HOLES, OF_LEAPS, OF_MONTHS = 4, 4, 2
"""Cuts where a hole ends, at the largest moves, at the end of a month."""
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
        Sorted. Half of them lie evenly, with jitter, over the bars; four near the end; some where
        a hole of the data ends, at the largest moves, and at the end of a month; the others where
        the answer changes: a leak of a rare event is seen nowhere else. All bars but the last, if
        there are no more than `count`.
    """
    last = len(probe.clock) - 2
    if last < count:
        return list(range(last + 1))
    chosen = {last + 2 - back for back in EDGE if back <= last}
    edges = np.linspace(0, last + 1, count // 2 + 1).astype(int)
    chosen |= {
        int(rng.integers(low, max(high, low + 1))) for low, high in itertools.pairwise(edges)
    }
    everything = list(range(last + 1))
    for bars, most in (
        (_hole_ends(probe), OF_HOLES),
        (_leaps(probe), OF_LEAPS),
        (_month_ends(probe), OF_MONTHS),
        (_events(probe), count),
        (everything, count),
    ):
        spare = [bar for bar in bars if bar not in chosen and bar <= last]
        wanted = min(most, count - len(chosen), len(spare))
        if wanted > 0:
            chosen |= {int(bar) for bar in rng.choice(spare, wanted, replace=False)}
    return sorted(chosen)


def _hole_ends(probe: Probe) -> list[int]:
    """The last bar of each stretch in which a value is missing: what fills it comes later."""
    table = probe.tables[0]
    if len(table.times) != len(probe.clock):
        return []
    missing = np.isnan(table.values)
    return [int(bar) for bar in np.flatnonzero((missing[:-1] & ~missing[1:]).any(axis=1))]


def _leaps(probe: Probe) -> list[int]:
    """The bars with the largest moves up and down: a leak may need one."""
    table = probe.tables[0]
    if len(table.times) != len(probe.clock):
        return []
    with np.errstate(all="ignore"):
        steps = np.diff(table.values, axis=0, prepend=table.values[:1]) / np.abs(table.values)
    steps = np.nan_to_num(steps, nan=0.0, posinf=0.0, neginf=0.0)
    ends = (np.argsort(steps.min(axis=1))[:OF_LEAPS], np.argsort(steps.max(axis=1))[-OF_LEAPS:])
    return sorted({int(bar) for some in ends for bar in some[: OF_LEAPS // 2]})


def _month_ends(probe: Probe) -> list[int]:
    if probe.clock.dtype.kind != "M":
        return []
    months = probe.clock.astype("datetime64[M]")
    return [int(bar) for bar in np.flatnonzero(months[1:] != months[:-1])]


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
    clean, lengths = -1, list[Hit]()
    for number, cut in enumerate(cuts):
        futures = (*EVERY_CUT, BY_TURNS[number % len(BY_TURNS)])
        hits = [hit for future in futures if (hit := hit_at(probe, cut, future, clean))]
        if hits and all(hit.future is Future.CUT for hit in hits) and len(lengths) < MOST_LENGTHS:
            hits += [hit for future in WILD if (hit := hit_at(probe, cut, future, clean))]
        values = [hit for hit in hits if hit.future is not Future.CUT]
        if values:
            return min(values, key=lambda hit: hit.bar)
        stable = _beyond_ties(probe, hits[0]) if hits and len(lengths) < MOST_LENGTHS else None
        lengths += [stable] if stable else []
        clean = clean if hits else cut
    return lengths[0] if lengths else None


def hit_at(probe: Probe, cut: int, future: Future, clean: int) -> Hit | None:
    """What another future after a bar moves; `clean` is a bar after which nothing moved, or −1."""
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
