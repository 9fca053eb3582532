"""The values that a caller gives, as windows; what is wrong with them is said by series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import InvalidInput, TooLittleHistory

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.forecast.networks.network import Network

    Floats = npt.NDArray[np.float64]

__all__ = ["Given", "given_values", "windows_for"]


@dataclass(frozen=True, eq=False)
class Given:
    """Series as they were given.

    Parameters
    ----------
    names : list of str
        Column names of a frame; otherwise how many came before.
    rows : list of numpy.ndarray
        The values of each, oldest first; they may differ in length.
    is_one : bool
        Whether it was one series, not a list of them.
    """

    names: list[str]
    rows: list[Floats] = field(repr=False)
    is_one: bool


def given_values(values: Any) -> Given:
    """Read a list of numbers, a list of such lists, an array or a frame.

    Parameters
    ----------
    values : sequence, numpy.ndarray, pandas.Series or pandas.DataFrame
        One series (a list, a Series, an array of one dimension), or several: a list of lists, an
        array of shape (series, time), a frame with a column for each.

    Returns
    -------
    Given

    Raises
    ------
    InvalidInput
        If there is no series in it, or something that is no number.
    """
    columns = getattr(values, "columns", None)
    if columns is not None:
        return Given([str(name) for name in columns], _several(np.asarray(values).T), is_one=False)
    if isinstance(values, np.ndarray) or hasattr(values, "to_numpy"):
        values = np.asarray(values)
    is_one = not len(values) or np.ndim(values[0]) == 0
    rows = _several([values] if is_one else values)
    return Given([str(place) for place in range(len(rows))], rows, is_one)


def windows_for(network: Network, given: Given, model_id: str) -> Floats:
    """The last values of each series, as many as a model takes.

    Parameters
    ----------
    network : Network
        The model.
    given : Given
        The series.
    model_id : str
        As an error names it.

    Returns
    -------
    numpy.ndarray, shape (series, input_size)
        Finite, positive for a model of logarithms, and no row constant.

    Raises
    ------
    TooLittleHistory
        If a series is shorter than the model's input; it is named.
    InvalidInput
        If a value in a window is missing, infinite or of the wrong sign, or a window is constant;
        series and position are named.
    """
    size = network.input_size
    for name, row in zip(given.names, given.rows, strict=True):
        if len(row) < size:
            raise TooLittleHistory(size, len(row), f"Series {name} for a forecast by {model_id}")
    windows = np.stack([row[len(row) - size :] for row in given.rows])
    _must_be(np.isfinite(windows), given, windows, "is missing or not finite")
    if network.transform == "log":
        _must_be(windows > 0, given, windows, f"is not positive, and {model_id} takes logarithms")
    still = (windows == windows[:, :1]).all(axis=1)
    if still.any():
        place = int(np.argmax(still))
        raise InvalidInput(
            f"The last {size} values of series {given.names[place]} are the same: "
            f"there is no volatility to scale by",
            seen=float(windows[place, -1]),
            cure="Leave it out, or check it for a halted or dead listing",
        )
    return windows


def _several(rows: Sequence[Any] | Floats) -> list[Floats]:
    made = []
    for place, row in enumerate(rows):
        try:
            values = np.asarray(row, dtype=np.float64)
        except (TypeError, ValueError):
            values = np.empty((0, 0))
        if values.ndim != 1:
            raise InvalidInput(
                f"Series {place} is no list of numbers",
                seen=row,
                cure="Give the past values, oldest first, or a list of such lists",
            )
        made.append(values)
    if not made:
        raise InvalidInput("There is no series", cure="Give the past values, oldest first")
    return made


def _must_be(right: npt.NDArray[np.bool_], given: Given, windows: Floats, what: str) -> None:
    if right.all():
        return
    series, column = (int(place) for place in np.argwhere(~right)[0])
    length = len(given.rows[series])
    raise InvalidInput(
        f"A value of series {given.names[series]} {what}, "
        f"at position {length - windows.shape[1] + column} of {length}",
        seen=float(windows[series, column]),
        cure="Fill or correct it as you think right, or leave the series out",
    )
