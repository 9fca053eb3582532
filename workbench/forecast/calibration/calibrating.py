"""From a series and somebody's medians to quantiles that keep their promise."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory
from workbench.forecast.calibration.scales import FEWEST_MOVES, move_scales
from workbench.forecast.calibration.split import fewest_scores
from workbench.forecast.calibration.tracking import SPEED, WARM_UP, tracked_quantiles
from workbench.forecast.scaling import transform_of, transformed, untransformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["adaptive_quantiles", "calibrated_fan", "supported_level"]

_LEVELS = (0.99, 0.98, 0.95, 0.9, 0.8, 0.5)


def adaptive_quantiles(
    values: Floats,
    horizon: int,
    probabilities: Sequence[float],
    *,
    medians: Floats | None = None,
    speed: float = SPEED,
) -> Floats:
    """Quantiles of the value a horizon later, at each time, from what was known then.

    Errors of the medians, in units of the move that the volatility lets expect (`move_scales`),
    are followed by `tracked_quantiles`: wide in wild weeks, narrow in calm ones, and corrected by
    the outcomes as they come, a horizon late. One thing is decided by the whole series: errors
    are of logarithms where all values are positive.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        One series, no NaN.
    horizon : int
        Steps ahead.
    probabilities : sequence of float
        Increasing, in (0, 1). Those around the median are the medians themselves.
    medians : numpy.ndarray, shape (time,), optional
        What was forecast at each time for a horizon later; the last value by default. NaN at
        the beginning, where there was no forecast.
    speed : float
        Of the correction; 0 gives rolling empirical quantiles of scaled errors.

    Returns
    -------
    numpy.ndarray, shape (time, probabilities)
        In units of the series; NaN until 250 errors are known.

    Raises
    ------
    TooLittleHistory
        If the widest interval asked for needs more errors than there are: 1,000 for 99%.
    InvalidInput
        If the series does not move, values or medians are missing in the middle, or the
        probabilities do not increase.
    """
    _must_increase(probabilities)
    path, centre, transform = _paths(values, medians)
    levels = list(probabilities)
    outer = [level for level in levels if level != 0.5]
    begin = int(np.argmax(np.isfinite(centre)))
    scores, scales = _scores(path, centre, horizon)
    _must_support(outer, len(path) - begin - horizon, horizon)
    found: Floats = np.full((len(path), len(levels)), np.nan)
    tracked = tracked_quantiles(scores[begin:], horizon, outer, speed=speed)
    columns = [at for at, level in enumerate(levels) if level != 0.5]
    found[begin:, columns] = centre[begin:, None] + scales[begin:, None] * tracked
    if len(columns) < len(levels):
        place = levels.index(0.5)
        found[:, place] = np.where(np.isnan(found).all(axis=1), np.nan, centre)
        found = _around_median(found, place)
    return untransformed(found, transform)


def calibrated_fan(
    values: Floats,
    horizon: int,
    probabilities: Sequence[float],
    *,
    medians: Floats | None = None,
) -> Floats:
    """Calibrated quantiles of the next values, from the end of a series.

    Each of some twenty steps of the horizon is calibrated on its own; between them the distance
    to the median is linear in the root of the step.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history, no NaN.
    horizon : int
        Steps ahead.
    probabilities : sequence of float
        Increasing, in (0, 1).
    medians : numpy.ndarray, shape (time, horizon), optional
        What was forecast at each time for each step; the last value by default. NaN rows at
        the beginning.

    Returns
    -------
    numpy.ndarray, shape (horizon, probabilities)
        In units of the series.

    Raises
    ------
    TooLittleHistory
        If the widest interval asked for needs more errors than there are.
    OutOfRange
        If the horizon is below 1 or beyond the medians.
    InvalidInput
        If the series does not move, or the probabilities do not increase.
    """
    if horizon < 1 or (medians is not None and horizon > medians.shape[1]):
        raise OutOfRange("horizon", horizon, 1, None if medians is None else medians.shape[1])
    transform = transform_of(values)
    steps = _calibrated_steps(horizon)
    apart = []
    for step in steps:
        centre = None if medians is None else medians[:, step - 1]
        now = adaptive_quantiles(values, step, probabilities, medians=centre)[-1]
        middle = values[-1] if centre is None else centre[-1]
        apart.append(transformed(now, transform) - transformed(np.array(middle), transform))
    places = np.sqrt(np.arange(1, horizon + 1))
    distance = np.column_stack(
        [np.interp(places, np.sqrt(steps), column) for column in np.transpose(apart)]
    )
    last = np.full(horizon, values[-1]) if medians is None else medians[-1, :horizon]
    fan = untransformed(transformed(last, transform)[:, None] + distance, transform)
    exact = np.equal(probabilities, 0.5)
    fan[:, exact] = last[:, None]  # not by way of a logarithm
    return fan


def supported_level(bars: int, horizon: int) -> float | None:
    """The widest central interval that a history can calibrate.

    Parameters
    ----------
    bars : int
        Length of the history.
    horizon : int
        Steps ahead.

    Returns
    -------
    float or None
        One of 0.99, 0.98, 0.95, 0.9, 0.8 and 0.5; None if the history is too short for any.
    """
    errors = bars - horizon
    if errors < WARM_UP or bars < horizon + FEWEST_MOVES:
        return None
    return next(level for level in _LEVELS if errors >= fewest_scores(level))


def _must_increase(probabilities: Sequence[float]) -> None:
    if any(low >= high for low, high in pairwise(probabilities)):
        raise InvalidInput(
            "The probabilities do not increase, and the quantiles would not be theirs",
            seen=list(probabilities),
            cure="Give each once, the lowest first",
        )


def _paths(values: Floats, medians: Floats | None) -> tuple[Floats, Floats, str]:
    values = np.asarray(values, dtype=np.float64)
    centre = values if medians is None else np.asarray(medians, dtype=np.float64)
    there = np.isfinite(centre)
    whole = bool(there.any() and there[int(np.argmax(there)) :].all())
    if not (np.isfinite(values).all() and whole):
        raise InvalidInput(
            "Values or forecasts are missing between others",
            seen=int((~np.isfinite(values)).sum() + (~there).sum()),
            cure="Fill or drop these bars, and forecast at every time from the first on",
        )
    both = np.concatenate([values, centre[there]])
    transform = transform_of(both)
    moved = np.full(len(values), np.nan)
    moved[there] = transformed(centre[there], transform)
    return transformed(values, transform), moved, transform


def _scores(path: Floats, centre: Floats, horizon: int) -> tuple[Floats, Floats]:
    """Signed errors over their scale, NaN where the outcome is not known, and the scales."""
    scales = move_scales(path, horizon)
    scores = np.full(len(path), np.nan)
    scores[:-horizon] = (path[horizon:] - centre[:-horizon]) / scales[:-horizon]
    return scores, scales


def _must_support(probabilities: Sequence[float], errors: int, horizon: int) -> None:
    beyond = min((min(level, 1.0 - level) for level in probabilities), default=0.5)
    needs = max(WARM_UP, fewest_scores(1.0 - 2.0 * beyond) if beyond < 0.5 else 0)
    if errors < needs:
        what = f"A calibrated interval of {1.0 - 2.0 * beyond:g} {horizon} steps ahead"
        raise TooLittleHistory(needs + horizon, errors + horizon, what)


def _around_median(found: Floats, place: int) -> Floats:
    """Lower quantiles at most the median, upper ones at least."""
    middle = found[:, place : place + 1]
    found[:, :place] = np.minimum(found[:, :place], middle)
    found[:, place + 1 :] = np.maximum(found[:, place + 1 :], middle)
    return found


def _calibrated_steps(horizon: int) -> list[int]:
    """Every step at first, then fewer and fewer."""
    steps = {1, 2, 3, 4, 5, 6, horizon}
    steps |= {round(6 * 1.25**power) for power in range(25)}
    return sorted(step for step in steps if step <= horizon)
