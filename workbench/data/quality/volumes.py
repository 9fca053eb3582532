"""Volume that is missing, or counts something else than the volume around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.history import spans
from workbench.data.quality.robust import median_around, scale

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.data.quality.history import History

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["no_volume", "volume_unit"]

USUAL = 0.5
"""A series with volume in fewer of its bars than this has none to miss."""
HUNDRED, THOUSAND = float(np.log(100.0)), float(np.log(1000.0))
NEAR = 0.9
"""How far, as a log, a stretch of volume may be from 100 or 1000 times: a factor of 2.5."""
SIGMAS = 6.0
"""Deviations of this series' volume that the factor must exceed to tell anything."""
WIDTH, HALF = 63, 21
"""Bars around a bar that tell the usual volume, and on each side of a lasting change."""
PRICE_SIGMAS = 5.0


def no_volume(history: History) -> list[Finding]:
    """Bars that moved and have no volume, zero or missing, in a series that has volume."""
    volume = history.fields.get("volume")
    if volume is None or not len(volume) or np.mean(volume > 0) < USUAL:
        return []
    mask = ~(volume > 0) & ~(volume < 0) & _moved(history)
    return [
        history.finding(
            Check.NO_VOLUME,
            Severity.WARNING,
            low,
            high,
            field="volume",
            seen="volume missing" if np.isnan(volume[low]) else "volume 0",
            why=f"The price moved, and {np.mean(volume > 0):.1%} of the bars have volume",
            cure="Download it again; until then volume here is unknown, not zero",
        )
        for low, high in spans(mask)
    ]


def volume_unit(history: History) -> list[Finding]:
    """Stretches of sessions whose volume is 100 or 1000 times that of the sessions around.

    Volume is compared by session as a log, with its median around a session for short
    stretches and with the medians before and after for lasting changes. The scale of the series
    itself decides: where volume varies so much that 100 times is nothing, nothing is found.
    """
    days = history.by_session
    volume = days.fields.get("volume")
    if volume is None or len(days) < 2 * HALF:
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(volume > 0, np.log(volume), np.nan)
    deviation = logs - median_around(logs, WIDTH)
    usual = scale(deviation)
    found = []
    for factor in (HUNDRED, THOUSAND):
        if factor <= SIGMAS * usual:
            continue
        short = np.where(_is_calm(days), _sign(deviation, factor, NEAR), 0)
        lasting = _lasting(logs, factor)
        core = np.where(lasting != 0, lasting, short)
        beyond = np.where(np.abs(deviation) > factor / 2, np.sign(deviation), 0)
        found += [
            _finding(days, low, high, sign * factor)
            for sign in (-1, 1)
            for low, high in spans((core == sign) | (beyond == sign))
            if (core[low : high + 1] == sign).any()
        ]
    return found


def _moved(history: History) -> Mask:
    """Where the price is another one than before, or has a range."""
    close = history.fields["close"]
    moved = np.diff(close, prepend=np.nan) != 0
    moved[:1] = False
    if {"high", "low"} <= history.fields.keys():
        moved |= history.fields["high"] > history.fields["low"]
    return np.asarray(moved)


def _is_calm(days: History) -> Mask:
    """Where the price gives no reason for a hundred times the volume."""
    moves = np.nan_to_num(days.returns)
    return np.abs(moves) < PRICE_SIGMAS * days.sigma


def _sign(logs: Floats, factor: float, tolerance: float) -> npt.NDArray[np.int64]:
    filled = np.nan_to_num(logs)
    near = np.abs(np.abs(filled) - factor) < tolerance
    return np.asarray(np.where(near, np.sign(filled), 0).astype(np.int64))


def _lasting(logs: Floats, factor: float) -> npt.NDArray[np.int64]:
    """Where volume is at another level than in most of the series, by steps that last."""
    series = pd.Series(logs)
    before = series.rolling(HALF, min_periods=HALF // 2).median().shift(1).to_numpy()
    after = series[::-1].rolling(HALF, min_periods=HALF // 2).median()[::-1].to_numpy()
    near = _sign(after - before, factor, NEAR)
    sharp = np.nan_to_num(np.diff(logs, prepend=np.nan))
    steps = np.zeros(len(logs), dtype=np.int64)
    for sign in (-1, 1):
        for low, high in spans(near == sign):
            place = low + int(np.argmax(sign * sharp[low : high + 1]))
            steps[place] = sign if sign * sharp[place] > factor / 2 else 0
    level = np.cumsum(steps)
    values, counts = np.unique(level, return_counts=True)
    return np.asarray(np.clip(level - values[np.argmax(counts)], -1, 1))


def _finding(days: History, low: int, high: int, factor: float) -> Finding:
    many = round(float(np.exp(abs(factor))))
    direction = "more" if factor > 0 else "less"
    volume = days.fields["volume"]
    usual = np.nanmedian(
        np.concatenate([volume[max(low - HALF, 0) : low], volume[high + 1 : high + 1 + HALF]])
    )
    return days.finding(
        Check.VOLUME_UNIT,
        Severity.WARNING,
        low,
        high,
        field="volume",
        seen=f"volume {volume[low]:,.0f} beside {usual:,.0f}",
        why=f"It is about {many} times {direction} than around it while the price is calm:"
        " lots or thousands among shares",
        cure="Rescale it: repair_dataset(check='volume_unit')",
        factor=float(many if factor > 0 else 1 / many),
    )
