"""Quantiles of errors that follow the errors as they become known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from workbench.compute import kernel
from workbench.errors import InvalidInput, OutOfRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["WARM_UP", "tracked_quantiles", "window_for"]

WARM_UP = 250
"""Known errors before the first quantile."""

SPEED = 0.06
"""Share of the half-width by which one miss widens a quantile, at one step ahead."""

NARROWEST, WIDEST = -1.0, 3.0
"""How far a quantile is corrected inwards and outwards, in half-widths."""


def window_for(horizon: int) -> int:
    """How many of the last errors are remembered: more where neighbours overlap."""
    return 500 + 60 * horizon


def tracked_quantiles(
    scores: Floats,
    horizon: int,
    probabilities: Sequence[float],
    *,
    warm_up: int = WARM_UP,
    window: int | None = None,
    speed: float = SPEED,
) -> Floats:
    """Quantiles of the next errors, corrected by how often the last ones lay beyond.

    At each origin a quantile is that of the last known errors, plus a correction that grows
    with each error beyond it and shrinks with each within, so that in the long run the share
    beyond is as promised whatever the series does: the adaptive conformal inference of Gibbs
    and Candès, NeurIPS 2021, as the quantile tracker of Angelopoulos, Candès and Tibshirani,
    "Conformal PID control for time series prediction", NeurIPS 2023. An error is known a horizon
    after its origin, and only then does it count; as neighbours miss together, a miss counts
    1/√h at h steps ahead.

    Parameters
    ----------
    scores : numpy.ndarray, shape (origins,)
        Signed errors over their scale, origins one step apart; NaN at the end where the
        outcome is not known yet.
    horizon : int
        Steps after which an error is known.
    probabilities : sequence of float
        Increasing, in (0, 1).
    warm_up : int
        Errors that must be known before the first quantile is given.
    window : int, optional
        Last errors that are remembered; `window_for` by default.
    speed : float
        How fast quantiles are corrected; 0 gives rolling empirical quantiles.

    Returns
    -------
    numpy.ndarray, shape (origins, probabilities)
        In units of the scores, not decreasing along the last axis; NaN before the warm-up.

    Raises
    ------
    OutOfRange
        If the horizon is below 1, a probability is not in (0, 1), or the warm-up is longer than
        what is remembered.
    InvalidInput
        If an error is missing or infinite whose outcome is known.
    """
    size = window_for(horizon) if window is None else window
    _must_be_trackable(scores, horizon, probabilities, size, warm_up)
    levels = np.asarray(probabilities, dtype=np.float64)
    out = np.full((len(scores), len(levels)), np.nan)
    rate = speed / math.sqrt(horizon)
    _track(np.asarray(scores, dtype=np.float64), horizon, levels, size, rate, warm_up, out)
    return np.sort(out, axis=1)  # a correction may push one past its neighbour


def _must_be_trackable(
    scores: Floats, horizon: int, probabilities: Sequence[float], window: int, warm_up: int
) -> None:
    if horizon < 1:
        raise OutOfRange("horizon", horizon, 1, None)
    if not 1 <= warm_up <= window:
        raise OutOfRange("warm_up", warm_up, 1, window)
    for probability in probabilities:
        if not 0.0 < probability < 1.0:
            raise OutOfRange("probability", probability, 0, 1)
    bad = ~np.isfinite(scores[: max(0, len(scores) - horizon)])
    if bad.any():
        at = int(np.argmax(bad))
        raise InvalidInput(
            f"{int(bad.sum())} errors are missing or infinite, the first at origin {at}",
            seen=float(scores[at]),
            cure="Begin at the first forecast; only errors whose outcome is to come may be NaN",
        )


@kernel
def _track(
    scores: Floats,
    horizon: int,
    levels: Floats,
    window: int,
    rate: float,
    warm_up: int,
    out: Floats,
) -> None:
    count = levels.size
    correction = np.zeros(count)
    ordered = np.empty(window)
    size = 0
    for origin in range(scores.size):
        known = origin - horizon  # the newest error whose outcome has come
        if known >= 0:
            if size == window:
                size = _without(ordered, size, scores[known - window])
            size = _with(ordered, size, scores[known])
            for at in range(count):
                if not math.isnan(out[known, at]):
                    beyond = scores[known] - out[known, at]
                    below = beyond < 0.0 if levels[at] < 0.5 else beyond <= 0.0
                    moved = correction[at] + rate * (levels[at] - (1.0 if below else 0.0))
                    low = -WIDEST if levels[at] < 0.5 else NARROWEST
                    high = -NARROWEST if levels[at] < 0.5 else WIDEST
                    correction[at] = min(max(moved, low), high)
        if size < warm_up:
            continue
        half = 0.5 * (_ranked(ordered, size, 0.95) - _ranked(ordered, size, 0.05))
        for at in range(count):
            out[origin, at] = _ranked(ordered, size, levels[at]) + correction[at] * half


@kernel
def _ranked(ordered: Floats, size: int, level: float) -> float:
    """The quantile that is conformal: beyond it lies no more than promised, in both tails."""
    upper = level if level >= 0.5 else 1.0 - level
    rank = min(size, math.ceil((size + 1) * upper - 1e-9))
    return float(ordered[rank - 1] if level >= 0.5 else ordered[size - rank])


@kernel
def _with(ordered: Floats, size: int, value: float) -> int:
    at = size
    while at > 0 and ordered[at - 1] > value:
        ordered[at] = ordered[at - 1]
        at -= 1
    ordered[at] = value
    return size + 1


@kernel
def _without(ordered: Floats, size: int, value: float) -> int:
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    for at in range(low, size - 1):
        ordered[at] = ordered[at + 1]
    return size - 1
