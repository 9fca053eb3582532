"""Intervals from a set of calibration errors, and how many of them a level needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import OutOfRange, TooLittleHistory

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["fewest_scores", "split_interval"]

FEWEST_BEYOND = 10
"""Calibration errors that have to lie outside an interval for its ends to be known."""


def fewest_scores(level: float) -> int:
    """The calibration errors that an interval needs: 1,000 for 99%, 200 for 95%, 100 for 90%.

    Parameters
    ----------
    level : float
        Of the central interval, in (0, 1).

    Returns
    -------
    int
        As many as leave ten of them outside.

    Raises
    ------
    OutOfRange
        If the level is not in (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise OutOfRange("level", level, 0, 1)
    return math.ceil(FEWEST_BEYOND / (1.0 - level) - 1e-9)


def split_interval(scores: Floats, level: float) -> tuple[float, float]:
    """The interval of a next error, if it is exchangeable with those of the calibration.

    Split conformal prediction (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random
    World", 2005; Lei and others, JASA 113, 2018), each tail on its own: at most (1 − level)/2
    of next errors lie beyond each end. Errors of overlapping windows and of changing markets
    are not exchangeable: `tracked_quantiles` is for them.

    Parameters
    ----------
    scores : numpy.ndarray, shape (n,)
        Signed errors of the calibration, over their scale; no NaN.
    level : float
        Of the central interval.

    Returns
    -------
    tuple of float
        Lower and upper end, in units of the scores.

    Raises
    ------
    TooLittleHistory
        If there are fewer errors than `fewest_scores` asks for.
    OutOfRange
        If the level is not in (0, 1).
    """
    needs = fewest_scores(level)
    if len(scores) < needs:
        raise TooLittleHistory(needs, len(scores), f"A calibrated interval of {level:g}")
    ordered = np.sort(scores)
    rank = math.ceil((len(ordered) + 1) * (0.5 + level / 2) - 1e-9)
    rank = min(rank, len(ordered))
    return float(ordered[len(ordered) - rank]), float(ordered[rank - 1])
