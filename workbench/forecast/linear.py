"""NLinear by least squares: the straight line that every network has to beat.

Zeng, Chen, Zhang and Xu, "Are Transformers effective for time series forecasting?", AAAI 2023:
the last value is taken off the window, one linear map gives all steps, and the last value is
put back. The paper descends by gradient; the loss is quadratic, so its minimum is found here
in closed form, the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import TooLittleHistory
from workbench.forecast.history import last_values
from workbench.forecast.scaling import origins, transform_of, transformed, untransformed
from workbench.forecast.spreading import spread_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["NLinear", "NLinearLearner", "fit_nlinear"]

FEWEST_WINDOWS = 30


@dataclass(frozen=True, eq=False)
class NLinear:
    """A linear map of the window around its last value.

    Parameters
    ----------
    weights : numpy.ndarray, shape (input_size, horizon)
        Of the transformed values minus the last; the last row multiplies 0.
    bias : numpy.ndarray, shape (horizon,)
        What is added to the last value.
    residuals : numpy.ndarray, shape (windows, horizon)
        Around their median, as wide as new ones are expected to be.
    transform : str
        ``log`` or ``level``.
    """

    weights: Floats = field(repr=False)
    bias: Floats = field(repr=False)
    residuals: Floats = field(repr=False)
    transform: str = "log"

    @property
    def input_size(self) -> int:
        """Values of history that one forecast needs."""
        return self.weights.shape[0]

    @property
    def horizon(self) -> int:
        """Values that one forecast gives."""
        return self.weights.shape[1]

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
            In the units of the history; the median is the linear map, the others are as far
            from it as the errors of the fit were.

        Raises
        ------
        TooLittleHistory
            If the history is shorter than `input_size`.
        InvalidInput
            If a value is missing, or not positive and the model is of logarithms.
        """
        window = last_values(history, self.input_size, "A forecast of NLinear")
        path = transformed(window, self.transform)
        last = path[:, -1:]
        point = last + (path - last) @ self.weights + self.bias
        spread = spread_of(self.residuals.T, quantiles)
        return untransformed(point[:, :, None] + spread, self.transform)


def fit_nlinear(values: Floats, input_size: int, horizon: int) -> NLinear:
    """Fit the linear map to one series by least squares.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history, no NaN.
    input_size : int
        Values that it sees, at least 2.
    horizon : int
        Steps ahead.

    Returns
    -------
    NLinear
        The map of least squared error over all windows of the history, the shortest of them
        where several are as good.

    Raises
    ------
    TooLittleHistory
        If there are not 30 windows more than weights of one step.
    """
    needs = 2 * input_size + horizon - 1 + FEWEST_WINDOWS
    if len(values) < needs:
        raise TooLittleHistory(needs, len(values), f"NLinear with {input_size} values of input")
    transform = transform_of(values)
    history, future = origins(transformed(values, transform), input_size, horizon)
    last = history[:, -1:]
    inputs, targets = history - last, future - last
    centre, level = inputs.mean(axis=0), targets.mean(axis=0)
    weights = np.linalg.lstsq(inputs - centre, targets - level, rcond=None)[0]
    bias = level - centre @ weights
    residuals = targets - inputs @ weights - bias
    known = len(inputs) / (len(inputs) - input_size)  # the last weight is of 0, the bias counts
    residuals = np.sqrt(known) * (residuals - np.median(residuals, axis=0))
    return NLinear(weights, bias, residuals, transform)


@dataclass(frozen=True)
class NLinearLearner:
    """`fit_nlinear` as a `workbench.ports.Learner`.

    Parameters
    ----------
    input_size : int
        Values that it sees.
    """

    input_size: int = 96

    def fit(self, history: Floats, horizon: int) -> NLinear:
        """The map of least squared error over the windows of this history."""
        return fit_nlinear(history, self.input_size, horizon)
