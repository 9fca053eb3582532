"""Ask a function about other futures, and say what it knows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import OutOfRange, TooLittleHistory
from workbench.validation.leaks.dependence import dependence_map
from workbench.validation.leaks.fingerprints import kinds_of
from workbench.validation.leaks.futures import Future
from workbench.validation.leaks.hunting import cut_points, first_hit, is_repeatable
from workbench.validation.leaks.probing import Probe
from workbench.validation.leaks.results import LeakCheck, LeakFinding
from workbench.validation.leaks.surroundings import seeds_held
from workbench.validation.leaks.sweeping import swept_hit
from workbench.validation.leaks.tables import read_table
from workbench.validation.leaks.tracing import Trace, first_bar, traced
from workbench.validation.leaks.wording import (
    cure_of,
    evidence_of,
    is_certain,
    stamp,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from workbench.validation.leaks.hunting import Hit
    from workbench.validation.leaks.outputs import Moved

__all__ = ["CUTS", "Examined", "examine"]

CUTS = 40
LEAST_CUTS = 20
CALLS_A_CUT = 3
MAP = 80
FAILURES_ALLOWED = 0.5
FEW = 5
"""Bars ahead that a function may stamp its answers."""


@dataclass(frozen=True)
class Examined:
    """What was found out about a function.

    Parameters
    ----------
    check : LeakCheck
        Its verdict.
    finding : LeakFinding or None
        The leak.
    cuts : tuple of int
        The bars after which the future was changed.
    calls : int
        How often it was called.
    tolerance : float
        Relative.
    span : tuple
        First and last time of the bars, and how many there are.
    notes : tuple of str
        What the reader should know.
    dependence : pandas.DataFrame or None
        As `dependence_map`.
    """

    check: LeakCheck
    finding: LeakFinding | None
    cuts: tuple[int, ...]
    calls: int
    tolerance: float
    span: tuple[Any, Any, int]
    notes: tuple[str, ...] = ()
    dependence: pd.DataFrame | None = None


def examine(
    function: Callable[[Any], Any],
    bars: Any,
    *,
    cuts: int = CUTS,
    seed: int = 0,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Examined:
    """Change the future of bars in several ways and see whether a function's past moves.

    Parameters
    ----------
    function : callable
        Takes a frame like `bars`; what it returns is read by `read_answer`.
    bars : frame or ndarray
        As `read_table` takes them; the function gets copies of the same kind.
    cuts : int
        After how many bars the future is changed, at least 20; of fewer bars after each.
    seed : int
        Decides the cuts and the other futures.
    told : callable
        ``told(done, total)``, after each call; what it raises ends the check.

    Returns
    -------
    Examined
        ``cannot tell`` if two identical calls differ, or if it raises on most other futures.

    Raises
    ------
    OutOfRange
        If `cuts` is below 20, or `seed` below 0.
    TooLittleHistory
        If there are fewer than three bars.
    UnusableFrame
        If the bars or the answer are no table along time.
    InvalidInput
        If the function raises on the bars as they are.
    """
    if cuts < LEAST_CUTS:
        raise OutOfRange("cuts", cuts, low=LEAST_CUTS)
    if seed < 0:
        raise OutOfRange("seed", seed, low=0)
    count = len(np.unique(read_table(bars).times))
    if count < 3:
        raise TooLittleHistory(3, count, "A leak check")
    total = 2 + CALLS_A_CUT * min(cuts, count - 1) + MAP
    probe = Probe(function, bars, seed=seed, told=lambda done: told(done, max(total, done + 1)))
    try:
        found = _examined(probe, function, cuts, seed)
    finally:
        probe.finish()
    told(probe.calls, probe.calls)
    return found


def _examined(probe: Probe, function: Any, cuts: int, seed: int) -> Examined:
    differs = is_repeatable(probe)
    span = (probe.clock[0], probe.clock[-1], len(probe.clock))
    empty = Examined(_not_repeatable(differs), None, (), probe.calls, probe.tolerance, span)
    if differs:
        return replace(empty, calls=probe.calls)
    if elsewhere := _reads_elsewhere(probe):
        return replace(empty, check=elsewhere, calls=probe.calls)
    rng = np.random.default_rng(seed)
    points = cut_points(probe, cuts, rng)
    hit = first_hit(probe, points) or swept_hit(probe, rng)
    trace = _trace(probe, hit, rng) if hit else None
    finding = _finding(probe, trace, hit) if trace and hit else None
    reach = trace.reach if trace else 0
    around = trace.bar if trace else points[len(points) // 2]
    drawn = dependence_map(probe, around, reach)
    return replace(
        empty,
        check=_verdict(probe, finding, points),
        finding=finding,
        cuts=tuple(points),
        calls=probe.calls,
        notes=_notes(probe, function),
        dependence=drawn,
    )


def _trace(probe: Probe, hit: Hit, rng: np.random.Generator) -> Trace:
    """The first value that moves; the one seen at the cut if bisection loses it."""
    bar = first_bar(probe, hit)
    if bar > 0 and hit.future is not Future.CUT:  # a rare leak may have come before
        hit = swept_hit(probe, rng, bar) or hit
        bar = min(bar, hit.bar)
    found = traced(probe, bar, hit.future, whole=True)
    return found or traced(probe, hit.bar, hit.future, whole=True) or _plain(probe, hit)


def _plain(probe: Probe, hit: Hit) -> Trace:
    """A value that moves with what follows the cut, and not with what follows itself alone."""
    found = probe.moved(probe.future(hit.future, hit.cut), hit.cut)
    before, after = float(found.before[0]), float(found.after[0])
    return Trace(hit.bar, found.times[0], found.columns[0], before, after, hit.future)


def _finding(probe: Probe, trace: Trace, hit: Hit) -> LeakFinding:
    kind, *others = kinds_of(probe, trace)
    source = trace.nearest
    table = probe.tables[source.table] if source else None
    return LeakFinding(
        kind=kind,
        probably=not is_certain(kind),
        others=others,
        where=stamp(trace.time),
        bar=trace.bar,
        output=trace.output,
        moved_by=stamp(table.times[source.row]) if source and table else None,
        offset=source.bar - trace.bar if source else None,
        table=table.name if table else "",
        column=str(trace.column) if trace.column else "",
        evidence=evidence_of(probe, trace, hit.future),
        cure=cure_of(kind),
    )


def _not_repeatable(differs: Moved) -> LeakCheck:
    where = f"{differs.columns[0] or 'it'} at {differs.times[0]!s:.19}" if differs else ""
    return LeakCheck(
        name="function",
        verdict="cannot tell",
        why=f"Two identical calls differ (first in {where}): it is not deterministic.",
        needs="a fixed seed inside the function, or a generator that it holds",
    )


def _verdict(probe: Probe, finding: LeakFinding | None, points: list[int]) -> LeakCheck:
    if finding:
        return LeakCheck(name="function", verdict="leak", why=finding.evidence)
    tried = probe.calls - 2
    if len(probe.failures) > FAILURES_ALLOWED * tried:
        return LeakCheck(
            name="function",
            verdict="cannot tell",
            why=f"It raised in {len(probe.failures)} of {tried} calls: {probe.failures[0]}",
            needs="a function that works on shorter windows and other prices",
        )
    return LeakCheck(
        name="function",
        verdict="clean",
        why=f"No other future after any of {len(points)} bars moved anything before it.",
    )


def _notes(probe: Probe, function: Any) -> tuple[str, ...]:
    notes = []
    if _needs_no_bars(probe):
        notes.append(
            "No other bars moved anything that it returned: it needs none of their values, or it"
            " reads them elsewhere, where no leak can be seen."
        )
    if not _says_anything(probe):
        notes.append("All that it returned is one value or none: no leak could have been seen.")
    if seeds_held(function):
        notes.append("It holds a random generator, which started anew at every call.")
    notes += [
        f"The table {table.name!r} was changed together with the bars, how it was made unchecked."
        for table in probe.tables[1:]
    ]
    if probe.failures:
        notes.append(
            f"It raised in {len(probe.failures)} calls on other futures, such as:"
            f" {probe.failures[0]}"
        )
    return tuple(notes)


def _says_anything(probe: Probe) -> bool:
    """Whether any column of the answer holds two different numbers."""
    return any(
        (np.nanmax(known, axis=0) > np.nanmin(known, axis=0)).any()
        for table in probe.base
        if (known := table.values[:, np.isfinite(table.values).any(axis=0)]).size
    )


def _needs_no_bars(probe: Probe) -> bool:
    """Whether quite other bars give the same answer."""
    return not probe.moved(probe.future(Future.WALKED, 0), len(probe.clock) - 1)


def _reads_elsewhere(probe: Probe) -> LeakCheck | None:
    """Whether it answers as before for bars that it was not given."""
    last = len(probe.clock) - 1
    middle = last // 2
    beyond = probe.answered_after(middle)
    if beyond < max(FEW, (last - middle) // 2):
        return None
    return LeakCheck(
        name="function",
        verdict="cannot tell",
        why=f"Given the bars up to {probe.clock[middle]!s:.19} it gave the same {beyond:,} values"
        " after them as before: it reads its data elsewhere.",
        needs="a function that works on the bars it is given",
    )
