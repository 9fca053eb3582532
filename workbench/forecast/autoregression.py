"""The smallest linear model of a series that the series asks for: often none at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from workbench.errors import TooLittleHistory
from workbench.forecast.history import last_values
from workbench.forecast.scaling import transform_of, transformed
from workbench.forecast.spreading import moved, spread_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["Autoregression", "AutoregressionLearner", "fit_autoregression"]

FEWEST_STEPS = 60
STEPS_PER_LAG = 25


@dataclass(frozen=True, eq=False)
class Autoregression:
    """Steps that depend on the last steps, and on how far the level is from its mean.

    ``Δy[t] = constant + pull (y[t−1] − mean) + Σ lags[i] Δy[t−1−i] + error``; repeat-last
    where all are 0.

    Parameters
    ----------
    constant, pull, mean : float
        In transformed units; a pull below 0 is back to the mean.
    lags : numpy.ndarray, shape (lags,)
        Of the last steps, the newest first.
    errors : numpy.ndarray, shape (windows, horizon)
        Of the fit at each step, around their median.
    transform : str
        ``log`` or ``level``.
    """

    constant: float
    pull: float
    mean: float
    lags: Floats
    errors: Floats = field(repr=False)
    transform: str = "log"

    @property
    def input_size(self) -> int:
        """Values of history that one forecast needs."""
        return len(self.lags) + 1

    @property
    def horizon(self) -> int:
        """Values that one forecast gives."""
        return self.errors.shape[1]

    @property
    def is_repeat_last(self) -> bool:
        """Whether the series asked for nothing."""
        return self.constant == 0.0 and self.pull == 0.0 and not len(self.lags)

    def predict(self, history: Floats, quantiles: Sequence[float]) -> Floats:
        """Forecast from the last values.

        Parameters
        ----------
        history : numpy.ndarray, shape (series, time)
            No NaN; the last `input_size` columns are used.
        quantiles : sequence of float
            Probabilities in (0, 1).

        Returns
        -------
        numpy.ndarray, shape (series, horizon, quantiles)
            In the units of the history; where the series asked for nothing the median is
            exactly the last value.

        Raises
        ------
        TooLittleHistory
            If the history is shorter than `input_size`.
        InvalidInput
            If a value is missing, or not positive and the model is of logarithms.
        """
        window = last_values(history, self.input_size, "A forecast by its last steps")
        expected = self.moves(transformed(window, self.transform))
        move = expected[:, :, None] + spread_of(self.errors.T, quantiles)
        return moved(window[:, -1:, None], move, self.transform)

    def moves(self, path: Floats) -> Floats:
        """The expected change since the last value, transformed, shape (series, horizon)."""
        steps = np.diff(path, axis=1)[:, ::-1]
        level = path[:, -1] - self.mean
        moves = np.zeros((len(path), self.horizon))
        total: Floats = np.zeros(len(path))
        for ahead in range(self.horizon):
            step = self.constant + self.pull * (level + total) + steps @ self.lags
            total = total + step
            moves[:, ahead] = total
            if len(self.lags):
                steps = np.column_stack([step, steps[:, :-1]])
        return moves


def fit_autoregression(values: Floats, horizon: int, most_lags: int = 10) -> Autoregression:
    """Fit by least squares; the criterion of Schwarz decides what is in the model.

    Schwarz, "Estimating the dimension of a model", Annals of Statistics 6 (1978), over a
    constant, a pull towards the mean and up to `most_lags` last steps. The pull counts twice:
    in a random walk its t value is that of Dickey and Fuller, and would pass a single
    penalty far too often.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history, no NaN.
    horizon : int
        Steps ahead.
    most_lags : int
        The most lags; fewer if the history is short.

    Returns
    -------
    Autoregression
        Repeat-last if nothing is worth its penalty.

    Raises
    ------
    TooLittleHistory
        If there are not 60 steps more than the horizon.
    """
    if len(values) < horizon + FEWEST_STEPS:
        raise TooLittleHistory(horizon + FEWEST_STEPS, len(values), "A forecast by its last steps")
    transform = transform_of(values)
    path = transformed(values, transform)
    most = min(most_lags, len(values) // STEPS_PER_LAG)
    mean = float(path.mean())
    terms, targets = _terms(path - mean, most)
    chosen = _chosen(terms, targets, most)
    weights = np.zeros(terms.shape[1])
    weights[chosen] = np.linalg.lstsq(terms[:, chosen], targets, rcond=None)[0]
    lags = weights[2 : 2 + sum(at >= 2 for at in chosen)]
    bare = Autoregression(
        float(weights[0]), float(weights[1]), mean, lags, np.zeros((1, horizon)), transform
    )
    windows = sliding_window_view(path, bare.input_size + horizon)
    known, came = windows[:, : bare.input_size], windows[:, bare.input_size :]
    errors = came - known[:, -1:] - bare.moves(known)
    errors = errors - np.median(errors, axis=0)
    return Autoregression(bare.constant, bare.pull, mean, lags, errors, transform)


@dataclass(frozen=True)
class AutoregressionLearner:
    """`fit_autoregression` as a `workbench.ports.Learner`.

    Parameters
    ----------
    most_lags : int
        The most lags.
    """

    most_lags: int = 10

    def fit(self, history: Floats, horizon: int) -> Autoregression:
        """The smallest model that the history asks for."""
        return fit_autoregression(history, horizon, self.most_lags)


def _terms(path: Floats, most: int) -> tuple[Floats, Floats]:
    """Constant, level and last steps before each step, and the steps themselves."""
    steps = np.diff(path)
    targets = steps[most:]
    columns = [np.ones(len(targets)), path[most:-1]]
    columns += [steps[most - lag : len(steps) - lag] for lag in range(1, most + 1)]
    return np.column_stack(columns), targets


def _chosen(terms: Floats, targets: Floats, most: int) -> list[int]:
    """The columns of the model with the smallest criterion."""
    count = len(targets)
    gram, moment, total = terms.T @ terms, terms.T @ targets, float(targets @ targets)
    best, smallest = [], count * log(total / count) if total > 0 else 0.0
    for lags in range(most + 1 if total > 0 else 0):
        for first, weight in (([], 0), ([0], 1), ([0, 1], 3)):
            columns = [*first, *range(2, 2 + lags)]
            if not columns:
                continue
            inner = gram[np.ix_(columns, columns)]
            explained = moment[columns] @ np.linalg.lstsq(inner, moment[columns], rcond=None)[0]
            rest = max(total - float(explained), 1e-300)
            criterion = count * log(rest / count) + (weight + lags) * log(count)
            if criterion < smallest:
                best, smallest = columns, criterion
    return best
