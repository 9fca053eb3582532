"""From an expected move to the quantiles around it, by errors of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["moved", "spread_of"]


def spread_of(errors: Sequence[Floats] | Floats, quantiles: Sequence[float]) -> Floats:
    """Quantiles of past errors at each step ahead.

    Parameters
    ----------
    errors : sequence of numpy.ndarray
        For each step the errors around their median, transformed, shape (windows,); there may
        be fewer at later steps.
    quantiles : sequence of float
        Probabilities in (0, 1).

    Returns
    -------
    numpy.ndarray, shape (steps, quantiles)
        Transformed; the median is exactly 0.
    """
    spread = np.zeros((len(errors), len(quantiles)))
    apart = np.not_equal(quantiles, 0.5)
    if apart.any():
        wanted = np.asarray(quantiles, dtype=np.float64)[apart]
        spread[:, apart] = [np.quantile(step, wanted) for step in errors]
    return spread


def moved(last: Floats, move: Floats, transform: str) -> Floats:
    """Values after a move, exactly the same ones where it is 0.

    Parameters
    ----------
    last : numpy.ndarray
        In units of the series.
    move : numpy.ndarray
        Transformed, of a shape that goes with that of `last`.
    transform : {"log", "level"}
        What `move` is a difference of.

    Returns
    -------
    numpy.ndarray
        In units of the series.
    """
    after: Floats = last * np.exp(move) if transform == "log" else last + move
    return after
