"""The one file that imports statsforecast: exponential smoothing, ARIMA and Theta."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import MissingExtra, TooLittleHistory, UnknownName
from workbench.forecast.history import last_values
from workbench.forecast.scaling import transform_of, transformed, untransformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "STATISTICAL_MODELS",
    "AutoArima",
    "AutoEts",
    "Statistical",
    "StatisticalLearner",
    "Theta",
]

STATISTICAL_MODELS = ("AutoETS", "AutoARIMA", "AutoTheta")

MOST_VALUES = 500
"""Last values to which a model is estimated, or three seasons if they are longer."""

FEWEST_VALUES = 40
_LEVEL = 90


@dataclass(frozen=True, eq=False)
class Statistical:
    """A model of statsforecast, chosen and estimated anew on each history that it is given.

    Its state begins where its history begins, so that parameters cannot be carried to a window
    that begins elsewhere without losing season and trend. One forecast takes tenths of a second.

    Parameters
    ----------
    kind : str
        One of `STATISTICAL_MODELS`.
    season : int
        Steps of a season; 1 for none.
    horizon : int
        Steps ahead.
    input_size : int
        Values of history that one forecast needs.
    transform : str
        ``log`` or ``level``.
    """

    kind: str
    season: int
    horizon: int
    input_size: int
    transform: str = "log"

    def predict(self, history: Floats, quantiles: Sequence[float]) -> Floats:
        """Forecast from the last values.

        Parameters
        ----------
        history : numpy.ndarray, shape (series, time)
            No NaN; the last `input_size` columns are used, one row after the other.
        quantiles : sequence of float
            Probabilities in (0, 1), of a normal with the model's own standard error.

        Returns
        -------
        numpy.ndarray, shape (series, horizon, quantiles)
            In the units of the history.

        Raises
        ------
        TooLittleHistory
            If the history is shorter than `input_size`.
        InvalidInput
            If a value is missing, or not positive and the model is of logarithms.
        """
        window = last_values(history, self.input_size, "A forecast of this model")
        path = transformed(window, self.transform)
        scores = np.array([NormalDist().inv_cdf(quantile) for quantile in quantiles])
        said = np.stack([self._one(row) for row in path])
        found = said[:, :, :1] + said[:, :, 1:] * scores
        return untransformed(found, self.transform)

    def _one(self, path: Floats) -> Floats:
        """Mean and standard error of each step, shape (horizon, 2)."""
        model = _made(self.kind, self.season)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = model.forecast(path, h=self.horizon, level=[_LEVEL])
        mean = np.asarray(said["mean"], dtype=np.float64)
        wide = np.asarray(said[f"hi-{_LEVEL}"]) - np.asarray(said[f"lo-{_LEVEL}"])
        error = wide / (2 * NormalDist().inv_cdf(0.5 + _LEVEL / 200))
        return np.column_stack([mean, error])


@dataclass(frozen=True)
class StatisticalLearner:
    """A model of statsforecast as a `workbench.ports.Learner`.

    Parameters
    ----------
    kind : str
        One of `STATISTICAL_MODELS`.
    season : int
        Steps of a season; 1 for none.
    """

    kind: str = "AutoETS"
    season: int = 1

    def fit(self, history: Floats, horizon: int) -> Statistical:
        """A forecaster by this model of logarithms, or of values if some are negative.

        Parameters
        ----------
        history : numpy.ndarray, shape (time,)
            No NaN.
        horizon : int
            Steps ahead.

        Returns
        -------
        Statistical
            AutoETS of Hyndman and others (International Journal of Forecasting 18, 2002),
            AutoARIMA of Hyndman and Khandakar (Journal of Statistical Software 27, 2008), or the
            Theta models of Fiorucci and others (International Journal of Forecasting 32, 2016).

        Raises
        ------
        UnknownName
            If there is no such model.
        TooLittleHistory
            If there are fewer than 40 values, or than two seasons.
        MissingExtra
            If statsforecast is not installed.
        """
        if self.kind not in STATISTICAL_MODELS:
            raise UnknownName("statistical model", self.kind, STATISTICAL_MODELS)
        needs = max(FEWEST_VALUES, 2 * self.season + 1)
        if len(history) < needs:
            raise TooLittleHistory(needs, len(history), self.kind)
        size = min(len(history), max(MOST_VALUES, 3 * self.season))
        _made(self.kind, self.season)  # is the library there?
        return Statistical(self.kind, self.season, horizon, size, transform_of(history))


@dataclass(frozen=True)
class AutoEts(StatisticalLearner):
    """Exponential smoothing with trend and season as the data ask for them."""

    kind: str = "AutoETS"


@dataclass(frozen=True)
class AutoArima(StatisticalLearner):
    """ARIMA with orders as the data ask for them."""

    kind: str = "AutoARIMA"


@dataclass(frozen=True)
class Theta(StatisticalLearner):
    """The best of four Theta models."""

    kind: str = "AutoTheta"


def _made(kind: str, season: int) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from statsforecast import models  # noqa: PLC0415  heavy: statsforecast
    except ImportError:
        raise MissingExtra("statsforecast", f"for {kind}", "forecast") from None
    return getattr(models, kind)(season_length=season)
