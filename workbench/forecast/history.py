"""The history that a forecast is made from: long enough, and nothing missing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, TooLittleHistory

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["last_values", "must_be_finite"]


def last_values(history: Floats, count: int, what_for: str) -> Floats:
    """The last values of each series, which is all that a forecaster looks at.

    Parameters
    ----------
    history : numpy.ndarray, shape (series, time)
        In units of the series.
    count : int
        How many of each.
    what_for : str
        What needs them, as the error names it.

    Returns
    -------
    numpy.ndarray, shape (series, count)

    Raises
    ------
    TooLittleHistory
        If there are fewer.
    InvalidInput
        If one of them is missing or infinite.
    """
    if history.shape[1] < count:
        raise TooLittleHistory(count, history.shape[1], what_for)
    window = np.asarray(history[:, history.shape[1] - count :], dtype=np.float64)
    must_be_finite(window)
    return window


def must_be_finite(values: Floats) -> None:
    """Refuse what would make every number after it NaN.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,) or (series, time)
        In units of the series.

    Raises
    ------
    InvalidInput
        If one is missing or infinite: it says how many, and where the first is.
    """
    bad = ~np.isfinite(values)
    if not bad.any():
        return
    *rows, column = (int(place) for place in np.argwhere(bad)[0])
    series = f"in series {rows[0]} " if rows else ""
    raise InvalidInput(
        f"{int(bad.sum())} values are missing or not finite, "
        f"the first {series}at position {column}",
        seen=float(values[(*rows, column)]),
        cure="Fill or drop them as you think right, or choose a period without them",
    )
