"""Jumps that are splits by their shape, and splits that prices do not show."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.jumps import rescaled
from workbench.data.quality.robust import scale

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.quality.history import History

    Floats = npt.NDArray[np.float64]

__all__ = ["adjustment", "split_shaped"]

RATIOS = sorted(
    {Fraction(new) for new in [*range(2, 21), 25, 30, 35, 40, 45, 50, 60, 75, 100]}
    | {Fraction(5, 4), Fraction(4, 3), Fraction(3, 2), Fraction(5, 3), Fraction(7, 4)}
    | {Fraction(5, 2), Fraction(7, 2)}
)
"""New shares for old ones, as splits are declared; each is also looked for in reverse."""
RATIO_LOGS = np.log([float(ratio) for ratio in RATIOS])

LARGE = 7.0
"""Deviations that the jump has at least: it stands out of everything around it."""
CLOSE = 3.0
"""Deviations that may lie between the jump and a simple ratio: an ordinary night."""
BACK = 5.0
"""Deviations within which another move undoes a jump: both have an ordinary day in them."""
DOLLARS = (1.0, 1.5)
"""How much more than usual, as a log, may be traded in money: from 2.7 to 4.5 times, and between
them so many deviations of the series' own volume as may happen on any day. News trades more."""
DOLLAR_SIGMAS = 3.5
CALM = 2.0
"""How much more than before the series may move afterwards: after news it moves more."""
BARE_RATIO = float(np.log(1.49))
"""The least ratio that is looked for where only closes are known."""
CERTAIN_RISE = float(np.log(3.0))
"""A rise from which on heavy trading does not speak against a reverse split."""
AFTER = 60
"""Bars within which a jump that comes back would do so."""
FEWEST = 5
"""Bars without which nothing is usual."""


@dataclass(frozen=True)
class _Jump:
    """What is seen on the day of a jump, logs."""

    place: int
    size: float
    sigma: float
    dollars: float
    """How much more than usual was traded in money, in units of what may be."""
    calm: float
    """How much more the series moves afterwards than before."""


def split_shaped(history: History) -> list[Finding]:
    """Jumps by a simple ratio on an ordinary day, without an action on that date.

    A split changes the number of shares and nothing else. So the price jumps between the last
    close and the open by a ratio such as 2 or 3/2, up to what moves in an ordinary night; it
    does not come back; and no more money is traded than on other days, because volume in
    shares changes inversely. A crash or a take-over has its own price, and money moves. Where
    neither volume nor an open is known the shape is told from the closes alone, by the calm
    that follows and only for ratios from 3/2 on; that is no more than a note, as real crashes can
    look the same.
    """
    days = rescaled(history.by_session)
    if len(days) < FEWEST:
        return []
    return [
        _finding(days, jump)
        for jump in _jumps(days)
        if days.days[jump.place] not in days.actions.days and _is_split(days, jump)
    ]


def adjustment(history: History) -> list[Finding]:
    """Known splits that raw prices do not show, or that adjusted prices do show."""
    days = history.by_session
    raw = history.adjust == "none"
    sigma = days.sigma
    found = []
    for day, ratio in history.actions.splits.items():
        place = int(np.searchsorted(days.days, day))
        size = float(-np.log(ratio)) if ratio > 0 else 0.0
        if not 0 < place < len(days) or abs(size) < max(LARGE * sigma[place], RATIO_LOGS[0]):
            continue
        move = float(_gap(days)[place])
        if (abs(move - size) < abs(move)) is not raw:
            found.append(_mixture(days, place, ratio, move))
    return found


def _jumps(days: History) -> list[_Jump]:
    """The moves that stand out of everything around them."""
    gap, close = _gap(days), days.returns
    sigma = days.sigma * np.sqrt(_waited(days))
    with np.errstate(invalid="ignore"):
        large = np.abs(gap) > np.maximum(LARGE * sigma, RATIO_LOGS[0] - CLOSE * 0.01)
    dollars = _against_usual(days.logs["close"] + _log_volume(days))
    dollars /= np.clip(DOLLAR_SIGMAS * scale(dollars), *DOLLARS)
    calm = _after_against_before(np.abs(close))
    return [
        _Jump(int(at), float(gap[at]), float(sigma[at]), float(dollars[at]), float(calm[at]))
        for at in np.flatnonzero(large)
    ]


def _is_split(days: History, jump: _Jump) -> bool:
    ratio = _ratio_log(jump.size)
    bare = _is_bare(days, jump)
    if bare and ratio < BARE_RATIO:
        return False
    near = abs(abs(jump.size) - ratio) < max(CLOSE * jump.sigma / (1 + bare), 0.01)
    return bool(near and not _comes_back(days, jump) and _is_ordinary(jump))


def _is_bare(days: History, jump: _Jump) -> bool:
    """Whether there is nothing but closes to tell a split by."""
    return not np.isfinite(jump.dollars) and "open" not in days.logs


def _is_ordinary(jump: _Jump) -> bool:
    """Whether the day is like others but for the jump."""
    if jump.size > CERTAIN_RISE:
        return True
    if np.isfinite(jump.dollars):
        return jump.dollars < 1
    return not jump.calm > np.log(CALM)


def _comes_back(days: History, jump: _Jump) -> bool:
    """Whether the day, or a move near it, undoes the jump, or the jump undoes a move before."""
    if abs(days.returns[jump.place] - jump.size) > abs(jump.size) / 2:
        return True
    near = slice(max(jump.place - AFTER, 0), jump.place + 1 + AFTER)
    tolerance = min(max(BACK * jump.sigma, 0.05), abs(jump.size) / 2)
    return bool((np.abs(days.returns[near] + jump.size) < tolerance).any())


def _waited(days: History) -> Floats:
    """Over how many sessions each close could move: since it last changed, or was there."""
    numbers = np.arange(len(days))
    changed = np.maximum.accumulate(np.where(days.returns != 0, numbers, 0))
    unchanged = numbers - np.concatenate([[0], changed[:-1]])
    absent = np.diff(days.times, prepend=days.times[:1]) / np.timedelta64(2, "D")
    return np.asarray(np.maximum(np.maximum(unchanged, absent), 1.0))


def _ratio_log(size: float) -> float:
    return float(RATIO_LOGS[np.argmin(np.abs(RATIO_LOGS - abs(size)))])


def _gap(days: History) -> Floats:
    """From the close to the next open where the source has opens, else to the next close."""
    if "open" not in days.logs:
        return days.returns
    gap = days.logs["open"] - np.concatenate([[np.nan], days.logs["close"][:-1]])
    return np.asarray(np.where(np.isnan(gap), days.returns, gap))


def _log_volume(days: History) -> Floats:
    volume = days.fields.get("volume")
    if volume is None:
        return np.full(len(days), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(volume > 0, np.log(volume), np.nan))


def _against_usual(values: Floats) -> Floats:
    """Each value less the median before or after it, whichever is nearer."""
    series = pd.Series(values)
    before = series.rolling(40, min_periods=5).median().shift(1)
    after = series[::-1].rolling(20, min_periods=5).median().shift(1)[::-1]
    return np.asarray(np.fmin((series - before).to_numpy(), (series - after).to_numpy()))


def _after_against_before(sizes: Floats) -> Floats:
    """The log of the median of the sizes after each place over that before it."""
    series = pd.Series(sizes)
    before = series.rolling(40, min_periods=5).median().shift(1)
    after = series[::-1].rolling(20, min_periods=5).median().shift(1)[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(after.to_numpy() / before.to_numpy()))


def _finding(days: History, jump: _Jump) -> Finding:
    ratio = RATIOS[int(np.argmin(np.abs(RATIO_LOGS - abs(jump.size))))]
    new, old = (
        (ratio.numerator, ratio.denominator) if jump.size < 0 else ratio.as_integer_ratio()[::-1]
    )
    before, after = days.fields["close"][jump.place - 1 : jump.place + 1]
    bare = _is_bare(days, jump)
    return days.finding(
        Check.SPLIT_SHAPED,
        Severity.NOTE if bare else Severity.WARNING,
        jump.place,
        jump.place,
        field="close",
        seen=f"close {before:.6g} and then {after:.6g}, as after a split of {new} for {old}",
        why=f"It jumps to {np.exp(jump.size):.4g} times the close before, stays there, and no"
        " action is known on this date; "
        + (
            "from closes alone a crash looks the same"
            if bare
            else "the day is else an ordinary one"
        ),
        cure="Look it up; if it was a split, store it as an action (ratio"
        f" {new / old:.6g}), and adjusted prices follow",
    )


def _mixture(days: History, place: int, ratio: float, move: float) -> Finding:
    raw = days.adjust == "none"
    return days.finding(
        Check.ADJUSTMENT,
        Severity.WARNING,
        place,
        place,
        field="close",
        seen=f"a split of {ratio:.6g} for 1, and a move of {np.expm1(move):.1%}",
        why=f"The prices are said to be {'as traded' if raw else 'adjusted'} (adjust="
        f"{days.adjust!r}) and {'do not show' if raw else 'show'} the split",
        cure="Download the whole series with one adjustment; parts of two cannot be told apart",
    )
