"""Prices without their level and their volatility, and back.

A network that sees prices learns their level, which does not come again. It is given the
logarithm of price relative to the last close, in units of the move that a random walk of the
window's own volatility is expected to make over the horizon::

    x[t] = (log p[t] − log p[last]) / (rms(Δ log p in the window) · √horizon)

So repeat-last is the constant 0, calm and wild years look alike, widths follow the volatility
of the last window, and nothing but the window itself is needed to undo it. A quantile of the
logarithm is the logarithm of the quantile, so the exponential gives quantiles of price.
Series with values of zero or below (spreads, rates) are taken as they are, without logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.forecast.history import must_be_finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "Windows",
    "interpolated",
    "origins",
    "scaled",
    "transform_of",
    "transformed",
    "untransformed",
]


@dataclass(frozen=True, eq=False)
class Windows:
    """What a network sees, and how to undo it.

    Parameters
    ----------
    inputs : numpy.ndarray, shape (windows, input_size)
        Scaled history; the last column is 0.
    last : numpy.ndarray, shape (windows,)
        The last value, transformed.
    unit : numpy.ndarray, shape (windows,)
        What one scaled unit is, transformed; positive.
    """

    inputs: Floats
    last: Floats
    unit: Floats

    def undone(self, scaled_values: Floats) -> Floats:
        """Scaled values of shape (windows, …) as transformed values."""
        shape = (-1, *([1] * (scaled_values.ndim - 1)))
        return self.last.reshape(shape) + self.unit.reshape(shape) * scaled_values


def transform_of(values: Floats) -> str:
    """``log`` for a series that is positive throughout, else ``level``.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        In units of the series.

    Returns
    -------
    str

    Raises
    ------
    InvalidInput
        If a value is missing or infinite: nothing can be fitted to it.
    """
    must_be_finite(values)
    return "log" if bool((values > 0).all()) else "level"


def transformed(values: Floats, transform: str) -> Floats:
    """Values as the network takes them.

    Parameters
    ----------
    values : numpy.ndarray
        In units of the series.
    transform : {"log", "level"}
        As `transform_of` gives it.

    Returns
    -------
    numpy.ndarray
        Of the same shape.

    Raises
    ------
    InvalidInput
        If a logarithm is wanted of a value that is not positive.
    """
    if transform == "level":
        return values
    if not (values > 0).all():
        raise InvalidInput(
            "This model was trained on positive values and the history has others",
            seen=float(values.min()),
            cure="Correct the series, or train a model on it",
        )
    return np.log(values)


def untransformed(values: Floats, transform: str) -> Floats:
    """The values back in their own units."""
    return values if transform == "level" else np.exp(values)


def scaled(windows: Floats, horizon: int) -> Windows:
    """Scale each window by its own last value and volatility.

    Parameters
    ----------
    windows : numpy.ndarray, shape (windows, input_size)
        Transformed values, no NaN, at least two columns.
    horizon : int
        Steps over which a unit is the expected move.

    Returns
    -------
    Windows
        The scaled windows, and how to undo it.

    Raises
    ------
    InvalidInput
        If a window is constant: it has no volatility to scale by.
    """
    steps = windows[:, 1:] - windows[:, :-1]
    unit = np.sqrt(np.einsum("ij,ij->i", steps, steps) * (horizon / steps.shape[1]))
    if not (unit > 0).all():
        raise InvalidInput(
            f"{windows.shape[1]} values in a row are the same: there is no volatility to scale by",
            seen=float(windows[int(np.argmin(unit)), -1]),
            cure="Check the series for a halted or dead listing",
        )
    last = windows[:, -1]
    return Windows((windows - last[:, None]) / unit[:, None], last, unit)


def origins(values: Floats, input_size: int, horizon: int) -> tuple[Floats, Floats]:
    """Every window of history with the values that followed it.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        One series.
    input_size, horizon : int
        Values before and after each origin.

    Returns
    -------
    history : numpy.ndarray, shape (time − input_size − horizon + 1, input_size)
    future : numpy.ndarray, shape (time − input_size − horizon + 1, horizon)

    Raises
    ------
    TooLittleHistory
        If not one window fits.
    """
    if len(values) < input_size + horizon:
        raise TooLittleHistory(input_size + horizon, len(values), "One forecast with its outcome")
    both = sliding_window_view(values, input_size + horizon)
    return both[:, :input_size], both[:, input_size:]


def interpolated(values: Floats, known: Sequence[float], wanted: Sequence[float]) -> Floats:
    """Quantiles between those that a model gives, linear in the normal score.

    Parameters
    ----------
    values : numpy.ndarray, shape (..., known)
        Quantiles at the probabilities `known`; sorted along the last axis on return, which
        can only bring them nearer to the truth (Chernozhukov, Fernández-Val and Galichon,
        "Quantile and probability curves without crossing", Econometrica 2010).
    known, wanted : sequence of float
        Probabilities; `wanted` must lie within `known`.

    Returns
    -------
    numpy.ndarray, shape (..., wanted)
        Not decreasing along the last axis where `wanted` increases.
    """
    right, share = _between(tuple(known), tuple(wanted))
    ordered = np.sort(values, axis=-1)
    if right is None:
        return ordered
    left = ordered.take(right - 1, axis=-1)
    between: Floats = left + (ordered.take(right, axis=-1) - left) * share
    return between


@lru_cache(maxsize=256)
def _between(
    known: tuple[float, ...], wanted: tuple[float, ...]
) -> tuple[npt.NDArray[np.intp] | None, Floats]:
    """For each probability its upper neighbour, and the way to it from the lower one."""
    score = np.array([NormalDist().inv_cdf(q) for q in known])
    target = np.array([NormalDist().inv_cdf(q) for q in wanted])
    right = np.clip(np.searchsorted(score, target), 1, len(score) - 1)
    share = (target - score[right - 1]) / (score[right] - score[right - 1])
    return (None if known == wanted else right), share
