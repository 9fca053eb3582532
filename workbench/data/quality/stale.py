"""Closes that stand still."""

from __future__ import annotations

from math import erf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.history import spans
from workbench.data.quality.robust import longest_by_chance, tick_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.quality.history import History

    Mask = npt.NDArray[np.bool_]

__all__ = ["stale"]

ALARM = 1e-4
"""Runs of unchanged closes expected by chance in a whole series before one is reported."""
NEARBY = 250
"""Bars on each side that tell how often this series stands still at that time."""
SHORTEST = 3
"""Unchanged closes; two can be a coincidence in any series."""


def stale(history: History) -> list[Finding]:
    """Closes that do not change for longer than this series would leave them.

    A close stays where it is with the probability that a normal return rounds to no tick,
    ``erf(tick / (2√2 σ close))``, or with the share of unchanged closes that the series has,
    whichever is larger; longer runs than `longest_by_chance` gives are reported. A series that
    seldom moves has a large share, so that only its really long runs are.

    Padding with the last price is the most common form (Ince and Porter 2006, Journal of
    Financial Research 29, 463).
    """
    close = history.fields["close"]
    same = np.diff(close, prepend=np.nan) == 0
    found = []
    for first, last in spans(same):
        run = last - first + 1
        if run < SHORTEST:
            continue
        near = slice(max(first - NEARBY, 0), last + NEARBY)
        chance = max(
            longest_by_chance(flags, run, _rounds_to_no_tick(history, first), ALARM)
            for flags in (same, same[near])
        )
        if run > max(chance, SHORTEST - 1):
            found.append(_finding(history, first, last, chance))
    return found


def _rounds_to_no_tick(history: History, place: int) -> float:
    close = history.fields["close"]
    size = float(history.sigma[place]) * abs(float(close[place]))
    return erf(tick_of(close) / (2 * sqrt(2) * size)) if size else 0.0


def _finding(history: History, first: int, last: int, chance: int) -> Finding:
    run = last - first + 1
    return history.finding(
        Check.STALE,
        Severity.WARNING,
        first,
        last,
        field="close",
        seen=f"close {history.fields['close'][first]:.6g} for {run + 1} bars,"
        f" {_volume(history, first, last)}",
        why=f"This series repeats a close at most {chance} times by chance",
        cure="If it was halted, leave it; if the vendor padded it, withdraw it:"
        " repair_dataset(check='stale')",
    )


def _volume(history: History, first: int, last: int) -> str:
    volume = history.fields.get("volume")
    if volume is None:
        return "volume not known"
    own = volume[first : last + 1]
    if np.isnan(own).all():
        return "without volume"
    if not np.nansum(own):
        return "with a volume of zero"
    repeats = (own == volume[first - 1]).all()
    return f"with the same volume {own[0]:.6g} too" if repeats else "although it traded"
