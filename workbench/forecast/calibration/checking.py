"""Whether adaptive intervals keep their promise: overall, when calm and when wild."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import OutOfRange, TooLittleHistory
from workbench.forecast.calibration.calibrating import adaptive_quantiles
from workbench.forecast.calibration.results import CalibrationReport, StepCalibration
from workbench.forecast.calibration.tracking import tracked_quantiles
from workbench.forecast.evaluation.losses import inside, interval_score
from workbench.forecast.evaluation.means import FEW_LAGS, mean_test
from workbench.forecast.scaling import transform_of, transformed, untransformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

__all__ = ["check_calibration"]

ROLLING = 500
RECENT = 20
BEGIN = 600
"""Origins before this one warm up both kinds of intervals."""


def check_calibration(
    values: Floats,
    steps: Sequence[int] = (1, 5, 24),
    level: float = 0.9,
    *,
    medians: Floats | None = None,
) -> CalibrationReport:
    """Replay a series and count how often outcomes came inside the adaptive intervals.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        One series, no NaN.
    steps : sequence of int
        Steps ahead.
    level : float
        Of the central interval.
    medians : numpy.ndarray, shape (time, horizon), optional
        What was forecast at each time; repeat-last by default.

    Returns
    -------
    CalibrationReport
        Coverage with its band, coverage in calm and wild times, and the interval score beside
        that of rolling empirical quantiles. Beyond 50 independent windows nothing is claimed.

    Raises
    ------
    OutOfRange
        If a step is below 1 or beyond the medians.
    TooLittleHistory
        If fewer than 20 origins are left after 600 of warming up.
    InvalidInput
        If the series does not move.
    """
    rows = []
    reach = None if medians is None else medians.shape[1]
    for step in steps:
        if step < 1 or (reach is not None and step > reach):
            raise OutOfRange("step", step, 1, reach)
        if len(values) - step - BEGIN < RECENT:
            needs = BEGIN + step + RECENT
            raise TooLittleHistory(needs, len(values), f"A check of calibration {step} steps ahead")
        centre = None if medians is None else medians[:, step - 1]
        rows.append(_row(np.asarray(values, np.float64), step, level, centre))
    return CalibrationReport(level=level, steps=rows)


def _row(values: Floats, step: int, level: float, medians: Floats | None) -> StepCalibration:
    tails = (0.5 - level / 2, 0.5 + level / 2)
    begin = BEGIN if medians is None else BEGIN + int(np.argmax(np.isfinite(medians)))
    judged, actual = slice(begin, len(values) - step), values[begin + step :]
    low, high = adaptive_quantiles(values, step, tails, medians=medians)[judged].T
    hit = inside(low, high, actual)
    found = mean_test(hit.astype(np.float64), step, "two-sided")
    ends = found.interval()
    calm, wild = _by_volatility(hit, _recent_volatility(values)[judged])
    miss = 1.0 - level
    rolling = _rolling(values, step, tails)[judged].T
    return StepCalibration(
        step=step,
        origins=len(hit),
        windows=found.windows,
        coverage=found.mean,
        low=float(np.clip(ends[0], 0.0, 1.0)),  # NaN stays NaN: nothing is known
        high=float(np.clip(ends[1], 0.0, 1.0)),
        calm=calm,
        wild=wild,
        width=float((high - low).mean()),
        interval_score=float(interval_score(low, high, actual, miss).mean()),
        rolling_score=float(interval_score(rolling[0], rolling[1], actual, miss).mean()),
        claim=_claim(level, ends, found.windows),
    )


def _recent_volatility(values: Floats) -> Floats:
    """The mean squared step of the last 20, shape (time,); fewer at the beginning."""
    squares = np.r_[0.0, np.diff(transformed(values, transform_of(values))) ** 2]
    total = np.cumsum(squares)
    total[RECENT:] = total[RECENT:] - np.cumsum(squares)[:-RECENT]
    return total


def _by_volatility(hit: Bools, volatility: Floats) -> tuple[float, float]:
    low, high = np.quantile(volatility, [1 / 3, 2 / 3])
    return float(hit[volatility <= low].mean()), float(hit[volatility >= high].mean())


def _rolling(values: Floats, step: int, tails: tuple[float, float]) -> Floats:
    """Quantiles of the last 500 moves around the last value."""
    transform = transform_of(values)
    path = transformed(values, transform)
    moves = np.full(len(path), np.nan)
    moves[:-step] = path[step:] - path[:-step]
    spread = tracked_quantiles(moves, step, tails, window=ROLLING, speed=0.0)
    return untransformed(path[:, None] + spread, transform)


def _claim(level: float, ends: tuple[float, float], windows: int) -> str:
    if windows < FEW_LAGS:
        return f"nothing is claimed: {windows} independent windows"
    if ends[0] <= level <= ends[1]:
        return "as promised"
    return "too narrow" if ends[1] < level else "too wide"
