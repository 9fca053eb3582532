"""How far a series is expected to move over a horizon, known at each time.

Intervals that only remember past errors are too narrow in wild weeks and too wide in calm
ones. Errors are therefore measured in units of the move that the volatility of the last
days, weeks and months lets expect: the heterogeneous model of Corsi, Journal of Financial
Econometrics 7 (2009), in logarithms and by exponential averages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.compute import kernel
from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["FEWEST_MOVES", "exponential_average", "move_scales"]

MEMORIES = (0.8, 0.94, 0.985)
"""How much of yesterday's average stays: five days, three weeks, three months."""

FEWEST_MOVES = 60
"""Steps that a series must have, more than the horizon."""

FIRST_FIT, REFIT_EVERY = 250, 125
FLOOR = 0.03
"""No scale is below this share of the volatility of the whole past."""


def move_scales(path: Floats, horizon: int) -> Floats:
    """The typical absolute move over a horizon, from what is known at each time.

    The logarithm of the absolute move is regressed on the logarithms of four volatilities
    (exponential averages of squared steps over five days, three weeks and three months, and
    the mean of the whole past), anew every 125 steps, by windows whose outcome was known; a
    prior as strong as one horizon of windows keeps the weights near ¼, ½, ¼ and 0.

    Parameters
    ----------
    path : numpy.ndarray, shape (time,)
        Logarithms of prices, or levels; no NaN.
    horizon : int
        Steps ahead.

    Returns
    -------
    numpy.ndarray, shape (time,)
        Positive, in units of the path. It is right up to a constant factor, which whoever
        measures errors by it finds out. Values after a time change nothing at that time; the
        first 50 steps, or all to the first move if it comes later, share one starting value.

    Raises
    ------
    OutOfRange
        If the horizon is below 1.
    TooLittleHistory
        If there are not 60 steps more than the horizon.
    InvalidInput
        If the series never moves.
    """
    if horizon < 1:
        raise OutOfRange("horizon", horizon, 1, None)
    if len(path) < horizon + FEWEST_MOVES:
        raise TooLittleHistory(horizon + FEWEST_MOVES, len(path), "A scale of moves")
    squares = np.diff(path) ** 2
    if not squares.any():
        raise InvalidInput(
            "The series does not move: there is nothing to calibrate",
            seen=float(path[-1]),
            cure="Check the series for a halted or dead listing",
        )
    logs = _log_volatilities(squares)
    unit = float(np.exp(logs[0, -1]))  # so that the prior knows nothing of the units
    return unit * _fitted(path / unit, logs - logs[0, -1], horizon)


def exponential_average(values: Floats, memory: float, begin: float) -> Floats:
    """Averages that forget, before the first value and after each.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        No NaN.
    memory : float
        How much of the average stays at each value, in [0, 1).
    begin : float
        The average before any value.

    Returns
    -------
    numpy.ndarray, shape (time + 1,)
    """
    out: Floats = np.empty(len(values) + 1)
    _exponential(np.ascontiguousarray(values, np.float64), memory, begin, out)
    return out


def _log_volatilities(squares: Floats) -> Floats:
    """Logarithms of the averages after each step, shape (time, 4); the last is the whole past."""
    begin = float(squares[:50].mean()) or float(squares[squares > 0][0])
    averages = np.empty((squares.size + 1, len(MEMORIES) + 1))
    for column, memory in enumerate(MEMORIES):
        averages[:, column] = exponential_average(squares, memory, begin)
    whole = np.cumsum(np.r_[50 * begin, squares]) / (50 + np.arange(squares.size + 1))
    averages[:, -1] = whole
    logs: Floats = 0.5 * np.log(np.maximum(averages, FLOOR**2 * whole[:, None]))
    return logs


def _fitted(path: Floats, logs: Floats, horizon: int) -> Floats:
    count = len(path)
    root = np.sqrt(horizon) * np.exp(logs[:, -1])
    moves = np.abs(path[horizon:] - path[:-horizon])
    targets = np.log(np.maximum(moves, 0.05 * root[:-horizon]))
    inputs = np.column_stack([np.ones(count), logs])
    prior = np.array([0.5 * np.log(horizon) - 0.6, 0.25, 0.5, 0.25, 0.0])
    penalty = np.diag([0.01, 1.0, 1.0, 1.0, 1.0]) * horizon
    scales = inputs @ prior
    for begin in range(FIRST_FIT, count, REFIT_EVERY):
        known = begin - horizon + 1
        if known > 0:
            past = inputs[:known]
            left = past.T @ past + penalty
            weights = np.linalg.solve(left, past.T @ targets[:known] + penalty @ prior)
            scales[begin : begin + REFIT_EVERY] = inputs[begin : begin + REFIT_EVERY] @ weights
    positive: Floats = np.maximum(np.exp(scales), FLOOR * root)
    return positive


@kernel
def _exponential(values: Floats, memory: float, begin: float, out: Floats) -> None:
    """Exponential averages, the first before any step."""
    average = begin
    out[0] = average
    for at in range(values.size):
        average = memory * average + (1.0 - memory) * values[at]
        out[at + 1] = average
