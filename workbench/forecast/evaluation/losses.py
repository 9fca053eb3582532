"""Losses of single forecasts: one number for each window and step, none pooled.

The arrays have any leading dims; `predicted` has one more, the quantiles, at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import UnknownName
from workbench.forecast.evaluation.origins import middle_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Loss = Callable[[Floats, Floats, Sequence[float]], Floats]

__all__ = [
    "LOSSES",
    "absolute_error",
    "crps",
    "inside",
    "interval_score",
    "levels_of",
    "loss_named",
    "pinball_loss",
    "squared_error",
    "width",
]


def absolute_error(predicted: Floats, actual: Floats, quantiles: Sequence[float]) -> Floats:
    """The distance of what came from the median."""
    error: Floats = np.abs(actual - predicted[..., middle_of(quantiles)])
    return error


def squared_error(predicted: Floats, actual: Floats, quantiles: Sequence[float]) -> Floats:
    """The squared distance of what came from the median."""
    error: Floats = (actual - predicted[..., middle_of(quantiles)]) ** 2
    return error


def pinball_loss(predicted: Floats, actual: Floats, quantiles: Sequence[float]) -> Floats:
    """The quantile loss of Koenker and Bassett, Econometrica 46 (1978), mean over quantiles."""
    total = np.zeros(actual.shape)
    for place, quantile in enumerate(quantiles):
        error = actual - predicted[..., place]
        total += np.maximum(quantile * error, (quantile - 1.0) * error)
    return total / len(quantiles)


def crps(predicted: Floats, actual: Floats, quantiles: Sequence[float]) -> Floats:
    """The continuous ranked probability score of the distribution that the quantiles draw.

    ``∫ (F(x) − 1{actual ≤ x})² dx`` (Gneiting and Raftery, "Strictly proper scoring rules,
    prediction, and estimation", JASA 102, 2007), exactly, for the distribution function that
    is linear between the quantiles and has what is left of the probability on the outermost
    two. With one quantile it is the absolute error.

    Parameters
    ----------
    predicted : numpy.ndarray, shape (..., quantiles)
        Not decreasing along the last axis.
    actual : numpy.ndarray, shape (...)
        What came.
    quantiles : sequence of float
        Increasing probabilities.

    Returns
    -------
    numpy.ndarray, shape (...)
        In units of the series; smaller is better.
    """
    score = np.maximum(predicted[..., 0] - actual, 0.0)
    score += np.maximum(actual - predicted[..., -1], 0.0)
    for place in range(len(quantiles) - 1):
        low, high = predicted[..., place], predicted[..., place + 1]
        begin, end = quantiles[place], quantiles[place + 1]
        wide = high - low
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = np.clip(np.where(wide > 0, (actual - low) / wide, 0.0), 0.0, 1.0)
        cut = begin + share * (end - begin)
        below = (begin**2 + begin * cut + cut**2) / 3.0
        rest = ((1 - cut) ** 2 + (1 - cut) * (1 - end) + (1 - end) ** 2) / 3.0
        score += wide * (share * below + (1.0 - share) * rest)
    return score


def levels_of(quantiles: Sequence[float]) -> dict[str, tuple[int, int]]:
    """The central intervals among quantiles: ``80%`` → places of its ends, widest first."""
    pairs = zip(range(len(quantiles) // 2), reversed(range(len(quantiles))), strict=False)
    return {f"{quantiles[high] - quantiles[low]:.0%}": (low, high) for low, high in pairs}


def inside(low: Floats, high: Floats, actual: Floats) -> npt.NDArray[np.bool_]:
    """Whether what came lies within an interval, its ends included."""
    within: npt.NDArray[np.bool_] = (actual >= low) & (actual <= high)
    return within


def width(low: Floats, high: Floats) -> Floats:
    """How wide an interval is."""
    return high - low


def interval_score(low: Floats, high: Floats, actual: Floats, miss: float) -> Floats:
    """Width, and what lies outside dearly paid for.

    ``(u − l) + 2/α (l − y)⁺ + 2/α (y − u)⁺``: Gneiting and Raftery (2007), equation 43.

    Parameters
    ----------
    low, high, actual : numpy.ndarray, shape (...)
        The ends, and what came.
    miss : float
        α: the probability outside, 0.1 for a 90% interval.

    Returns
    -------
    numpy.ndarray, shape (...)
        In units of the series; smaller is better.
    """
    outside = np.maximum(low - actual, 0.0) + np.maximum(actual - high, 0.0)
    score: Floats = high - low + 2.0 / miss * outside
    return score


LOSSES: dict[str, Loss] = {
    "absolute": absolute_error,
    "squared": squared_error,
    "quantile": pinball_loss,
    "crps": crps,
}
"""The losses by which forecasters are compared."""


def loss_named(name: str) -> Loss:
    """A loss by its name, or the error that names the others."""
    if name not in LOSSES:
        raise UnknownName("loss", name, LOSSES)
    return LOSSES[name]
