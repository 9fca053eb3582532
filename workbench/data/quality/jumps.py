"""Prices that jump: bad prints, decimal points, pence for pounds, splits."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.history import spans
from workbench.data.quality.robust import median_around, scale

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.quality.history import History

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["currency_unit", "rescaled", "slip", "spike"]

TEN = float(np.log(10.0))
POWERS = (1, 2, 3)
NEAR = 0.2
"""How far, as a log, a value 10ᵏ times too large may be from that at least: 22%."""
UNIT_BARS = 3
"""From so many bars on, 100 or 1000 times too much is a unit and not a slip."""
SPIKE_SIGMAS = 8.0
SPIKE_DAYS = 2.0
NEIGHBOURS = 21
"""Bars around a bar that tell its level."""
FEWEST = 3
"""Bars, or prices of a bar, of which one can stand against the others."""


def slip(history: History) -> list[Finding]:
    """Prices that are 10, 100 or 1000 times too high or low and come back.

    A single field against the level of its neighbours, or a whole bar that jumps by a power of
    ten and jumps back. Tests by two returns that undo one another are those of Ince and Porter
    (2006), Journal of Financial Research 29, 463.
    """
    return [one for one in _powers_of_ten(history) if one.check is Check.SLIP]


def currency_unit(history: History) -> list[Finding]:
    """Stretches in hundredths or thousandths of the currency, whole bars or a single field.

    It begins and ends with a jump by 100 or 1000. At the beginning or the end of a series it
    has one jump only; it is then told from a reverse split by its volume, which does not change.
    """
    return [one for one in _powers_of_ten(history) if one.check is Check.CURRENCY_UNIT]


def spike(history: History) -> list[Finding]:
    """Closes that leave their neighbours by eight deviations and are back at the next bar.

    Activity comes and goes within a day, so an intraday close must also leave them by more than
    the series moves in two ordinary days.

    In the manner of Brownlees and Gallo (2006), Computational Statistics & Data Analysis 51,
    2232: a price is compared with its neighbourhood, in units of how that moves.
    """
    moves = history.returns
    back = np.append(moves[1:], np.nan)
    sigma = history.sigma
    least = SPIKE_DAYS * scale(history.by_session.returns) if history.timeframe.is_intraday else 0.0
    with np.errstate(invalid="ignore"):
        away = np.minimum(np.abs(moves), np.abs(back)) > np.maximum(SPIKE_SIGMAS * sigma, least)
        mask = away & (moves * back < 0) & (np.abs(moves + back) < np.abs(moves) / 4)
    mask &= ~_mispriced(history)
    return [
        history.finding(
            Check.SPIKE,
            Severity.WARNING,
            place,
            place,
            field="close",
            seen=f"close {close:.6g} between {before:.6g} and {after:.6g}",
            why=f"It moves by {abs(moves[place]) / sigma[place]:.0f} deviations and is back at"
            " the next bar",
            cure="Compare another source; if it is a bad print, withdraw it:"
            " repair_dataset(check='spike')",
        )
        for place in np.flatnonzero(mask)
        for before, close, after in [history.fields["close"][place - 1 : place + 2]]
    ]


def rescaled(history: History) -> History:
    """The history without its errors by powers of ten, for checks of other things."""
    runs = _displaced(history)
    if not runs:
        return history
    fields = {name: values.copy() for name, values in history.fields.items()}
    for low, high, power, field in runs:
        for name in [field] if field else history.prices:
            fields[name][low : high + 1] /= 10.0**power
    return replace(history, fields=fields)


def _mispriced(history: History) -> Mask:
    mask = np.zeros(len(history), dtype=bool)
    for low, high, _power, _field in _displaced(history):
        mask[low : high + 1] = True
    return mask


def _powers_of_ten(history: History) -> list[Finding]:
    return [_finding(history, *run) for run in _displaced(history)]


@lru_cache(maxsize=4)
def _displaced(history: History) -> tuple[tuple[int, int, int, str], ...]:
    """First and last place, power of ten and field ("" for the whole bar) of wrong prices."""
    if len(history) < FEWEST:
        return ()
    return (*_whole_bars(history), *_single_fields(history))


def _whole_bars(history: History) -> list[tuple[int, int, int, str]]:
    """Stretches at another power of ten than most of the series."""
    steps = np.diff(_typical(history), prepend=np.nan)
    offset = np.cumsum(_power(steps, 6 * history.sigma))
    values, counts = np.unique(offset, return_counts=True)
    offset = offset - values[np.argmax(counts)]
    runs = [
        (low, high, int(value), "")
        for value in np.unique(offset[offset != 0])
        for low, high in spans(offset == value)
    ]
    return [run for run in runs if _is_wrong(history, *run[:3])]


def _is_wrong(history: History, low: int, high: int, power: int) -> bool:
    """Whether such a stretch is no split: it soon ends, or the volume does not follow it."""
    last = len(history) - 1
    if low > 0 and high < last and high - low < NEIGHBOURS:
        return True
    edges = [place for place in (low, high + 1) if 0 < place <= last]
    return 1 < abs(power) <= max(POWERS) and not any(
        _traded_inversely(history, place) for place in edges
    )


def _traded_inversely(history: History, place: int) -> bool:
    """Whether the volume changed as it does with a split; so too where there is no volume."""
    if "volume" not in history.fields:
        return True
    with np.errstate(divide="ignore"):
        volume = np.log(np.where(history.fields["volume"] > 0, history.fields["volume"], np.nan))
    before, after = volume[max(place - 10, 0) : place], volume[place : place + 10]
    if np.isnan(before).all() or np.isnan(after).all():
        return True
    return bool(abs(np.nanmedian(after) - np.nanmedian(before)) > TEN)


def _single_fields(history: History) -> list[tuple[int, int, int, str]]:
    """Fields that are wrong while the others of their bar are at the level of the neighbours."""
    if len(history.logs) < FEWEST:
        return []
    level = median_around(_typical(history), NEIGHBOURS)
    wrong = {
        name: _power(values - level, 6 * history.sigma) for name, values in history.logs.items()
    }
    count = np.sum([powers != 0 for powers in wrong.values()], axis=0)
    runs = []
    for name, powers in wrong.items():
        alone = np.where(count < len(wrong), powers, 0)
        for value in np.unique(alone[alone != 0]):
            runs += [(low, high, int(value), name) for low, high in spans(alone == value)]
    return runs


def _typical(history: History) -> Floats:
    """The middle of the prices of each bar, as a log: one wrong field does not move it."""
    ordered = np.sort(np.column_stack(list(history.logs.values())), axis=1)
    width = ordered.shape[1]
    return np.asarray(ordered[:, (width - 1) // 2 : width // 2 + 1].mean(axis=1))


def _power(logs: Floats, tolerance: Floats) -> npt.NDArray[np.int64]:
    """The power of ten near each log, 0 where there is none."""
    filled = np.nan_to_num(logs)
    nearest = np.clip(np.round(filled / TEN), -max(POWERS), max(POWERS))
    near = np.abs(filled - nearest * TEN) < np.clip(tolerance, NEAR, 3 * NEAR)
    return np.where(near, nearest, 0).astype(np.int64)


def _finding(history: History, low: int, high: int, power: int, name: str) -> Finding:
    is_unit = abs(power) > 1 and high - low + 1 >= UNIT_BARS
    check = Check.CURRENCY_UNIT if is_unit else Check.SLIP
    values = history.fields[name or "close"]
    beside = values[low - 1] if low else values[min(high + 1, len(values) - 1)]
    many = 10 ** abs(power)
    direction = "high" if power > 0 else "low"
    what = f"The {name} is" if name else "The whole bar is"
    return history.finding(
        check,
        Severity.WARNING,
        low,
        high,
        field=name,
        seen=f"{name or 'close'} {values[low]:.6g} beside {beside:.6g}",
        why=f"{what} {many} times too {direction}"
        + (", as in another unit of the currency" if is_unit else ", as by a decimal point"),
        cure=f"Rescale it: repair_dataset(check='{check}')",
        factor=float(10.0**power),
    )
