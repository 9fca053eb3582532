"""The forecasts that every model is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import TooLittleHistory
from workbench.forecast.history import last_values
from workbench.forecast.scaling import transform_of, transformed
from workbench.forecast.spreading import moved, spread_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "Drift",
    "Naive",
    "RepeatLast",
    "Seasonal",
    "SeasonalNaive",
    "fit_drift",
    "fit_repeat_last",
    "fit_seasonal",
]

FEWEST_DIFFERENCES = 30


@dataclass(frozen=True, eq=False)
class Naive:
    """The last value, or its drift, with the spread that past moves had.

    Parameters
    ----------
    name : str
        ``repeat-last`` or ``drift``.
    moves : tuple of numpy.ndarray
        For each step ahead, the past moves over that many steps around their median.
    drift : float
        What is added per step.
    transform : str
        ``log`` or ``level``: what the moves are differences of.
    """

    name: str
    moves: tuple[Floats, ...]
    drift: float
    transform: str

    @property
    def input_size(self) -> int:
        """Values of history that one forecast needs: the last."""
        return 1

    @property
    def horizon(self) -> int:
        """Values that one forecast gives."""
        return len(self.moves)

    def predict(self, history: Floats, quantiles: Sequence[float]) -> Floats:
        """Forecast from the last values.

        Parameters
        ----------
        history : numpy.ndarray, shape (series, time)
            No NaN; only the last column is used.
        quantiles : sequence of float
            Probabilities in (0, 1).

        Returns
        -------
        numpy.ndarray, shape (series, horizon, quantiles)
            In the units of the history; the median is the last value, plus the drift.

        Raises
        ------
        TooLittleHistory
            If there is no last value.
        InvalidInput
            If it is missing.
        """
        last = last_values(history, self.input_size, f"The {self.name} forecast")
        drift = self.drift * np.arange(1, self.horizon + 1)
        move = spread_of(self.moves, quantiles) + drift[:, None]
        return moved(last[:, :, None], move, self.transform)


@dataclass(frozen=True, eq=False)
class SeasonalNaive:
    """The value of one season before, with the spread that moves over whole seasons had.

    Parameters
    ----------
    moves : tuple of numpy.ndarray
        For one season, two seasons and so on, the past moves over them around their median.
    period : int
        Steps of a season.
    horizon : int
        Steps ahead.
    transform : str
        ``log`` or ``level``: what the moves are differences of.
    """

    moves: tuple[Floats, ...]
    period: int
    horizon: int
    transform: str

    @property
    def input_size(self) -> int:
        """Values of history that one forecast needs: a season."""
        return self.period

    def predict(self, history: Floats, quantiles: Sequence[float]) -> Floats:
        """Forecast from the last season.

        Parameters
        ----------
        history : numpy.ndarray, shape (series, time)
            No NaN; only the last season is used.
        quantiles : sequence of float
            Probabilities in (0, 1).

        Returns
        -------
        numpy.ndarray, shape (series, horizon, quantiles)
            In the units of the history; the median is the value of the same step of the last
            season that is known.

        Raises
        ------
        TooLittleHistory
            If the history is shorter than a season.
        InvalidInput
            If a value of the last season is missing.
        """
        season = last_values(history, self.period, "A seasonal forecast")
        step = np.arange(self.horizon)
        move = spread_of(self.moves, quantiles)[step // self.period]
        return moved(season[:, step % self.period, None], move, self.transform)


def fit_repeat_last(values: Floats, horizon: int) -> Naive:
    """Tomorrow equals today, as uncertain as moves of the past were.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history from which moves are taken, no NaN.
    horizon : int
        Steps ahead.

    Returns
    -------
    Naive
        A forecaster whose median is the last value.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 30 moves over the horizon.
    """
    return _fitted("repeat-last", values, horizon, drift=0.0)


def fit_drift(values: Floats, horizon: int) -> Naive:
    """The mean step of the history goes on: (last − first) / (n − 1) per step.

    The random walk with drift of Hyndman and Athanasopoulos, "Forecasting: Principles and
    Practice", 3rd edition, section 5.2.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history from which moves and drift are taken, no NaN.
    horizon : int
        Steps ahead.

    Returns
    -------
    Naive
        A forecaster whose median is the last value plus the drift.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 30 moves over the horizon.
    """
    path = transformed(values, transform_of(values))
    drift = float((path[-1] - path[0]) / max(len(path) - 1, 1))
    return _fitted("drift", values, horizon, drift=drift)


def fit_seasonal(values: Floats, horizon: int, period: int) -> SeasonalNaive:
    """Every step is what it was one season before.

    Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, section
    5.2: beyond the first season the last one that is known is repeated.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history from which moves are taken, no NaN.
    horizon : int
        Steps ahead.
    period : int
        Steps of a season, at least 1; with 1 it is `fit_repeat_last` at the first step.

    Returns
    -------
    SeasonalNaive
        A forecaster whose median is the value of one season before.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 30 moves over the seasons that the horizon reaches into.
    """
    seasons = -(-horizon // period)
    needs = seasons * period + FEWEST_DIFFERENCES
    if len(values) < needs:
        raise TooLittleHistory(needs, len(values), "The seasonal forecast")
    transform = transform_of(values)
    path = transformed(values, transform)
    lags = (number * period for number in range(1, seasons + 1))
    moves = (path[lag:] - path[:-lag] for lag in lags)
    return SeasonalNaive(
        tuple(move - np.median(move) for move in moves), period, horizon, transform
    )


class RepeatLast:
    """`fit_repeat_last` as a `workbench.ports.Learner`."""

    def fit(self, history: Floats, horizon: int) -> Naive:
        """Tomorrow equals today."""
        return fit_repeat_last(history, horizon)


class Drift:
    """`fit_drift` as a `workbench.ports.Learner`."""

    def fit(self, history: Floats, horizon: int) -> Naive:
        """The mean step of the history goes on."""
        return fit_drift(history, horizon)


@dataclass(frozen=True)
class Seasonal:
    """`fit_seasonal` as a `workbench.ports.Learner`.

    Parameters
    ----------
    period : int
        Steps of a season.
    """

    period: int

    def fit(self, history: Floats, horizon: int) -> SeasonalNaive:
        """Every step is what it was one season before."""
        return fit_seasonal(history, horizon, self.period)


def _fitted(name: str, values: Floats, horizon: int, *, drift: float) -> Naive:
    if len(values) < horizon + FEWEST_DIFFERENCES:
        raise TooLittleHistory(horizon + FEWEST_DIFFERENCES, len(values), f"The {name} forecast")
    transform = transform_of(values)
    path = transformed(values, transform)
    moves = (path[step:] - path[:-step] for step in range(1, horizon + 1))
    return Naive(name, tuple(move - np.median(move) for move in moves), drift, transform)
