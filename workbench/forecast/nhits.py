"""N-HiTS as arithmetic: a trained network forecasts without the library that trained it.

Challu, Olivares, Oreshkin, Garza, Mergenthaler-Canseco and Dubrawski, "NHITS: Neural
Hierarchical Interpolation for Time Series Forecasting", AAAI 2023, arXiv:2201.12886, as
neuralforecast lays out its weights. Loading takes milliseconds instead of the ten seconds
that the library takes to import; a test holds the two together to 1e-5.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import InvalidInput, OutOfRange
from workbench.forecast.history import last_values
from workbench.forecast.scaling import interpolated, scaled, transformed, untransformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["QUANTILES", "Architecture", "Nhits"]

QUANTILES = (0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.995)
"""The quantiles learned by default: intervals of 50, 80, 90, 95 and 99%."""


@dataclass(frozen=True)
class Architecture:
    """The shape of an N-HiTS.

    Parameters
    ----------
    input_size, horizon : int
        Values taken and values given.
    quantiles : tuple of float
        The probabilities that are learned, increasing.
    hidden : int
        Width of each hidden layer; 128 is plenty for one series.
    layers : int
        Hidden layers of a block.
    pooling : tuple of int
        For each block, how many inputs are pooled into their maximum.
    downsample : tuple of int
        For each block, how many steps of the horizon one knot stands for.
    """

    input_size: int
    horizon: int
    quantiles: tuple[float, ...] = QUANTILES
    hidden: int = 128
    layers: int = 2
    pooling: tuple[int, ...] = (2, 2, 1)
    downsample: tuple[int, ...] = (4, 2, 1)

    def __post_init__(self) -> None:
        known = self.quantiles
        mirrored = all(
            abs(low + high - 1) < 1e-9 for low, high in zip(known, known[::-1], strict=True)
        )
        if 0.5 not in known or not mirrored or sorted(set(known)) != list(known) or known[0] <= 0:
            raise InvalidInput(
                "These quantiles cannot be learned",
                seen=list(known),
                cure="Give 0.5 and pairs that add up to 1, increasing, for example 0.1, 0.5, 0.9",
            )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Architecture:
        """The shape as JSON gives it back: lists become tuples."""
        given: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**given)

    def to_json(self) -> dict[str, Any]:
        """The shape as JSON values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


@dataclass(frozen=True, eq=False)
class Nhits:
    """A trained N-HiTS that forecasts prices.

    Parameters
    ----------
    architecture : Architecture
        Its shape.
    weights : dict
        Parameter name → array, as in neuralforecast: ``blocks.0.layers.0.weight`` …
    transform : str
        ``log`` or ``level``.
    """

    architecture: Architecture
    weights: dict[str, npt.NDArray[np.float32]] = field(repr=False)
    transform: str = "log"

    @property
    def input_size(self) -> int:
        """Values of history that one forecast needs."""
        return self.architecture.input_size

    @property
    def horizon(self) -> int:
        """Values that one forecast gives."""
        return self.architecture.horizon

    def predict(self, history: Floats, quantiles: Sequence[float]) -> Floats:
        """Forecast from the last values.

        Parameters
        ----------
        history : numpy.ndarray, shape (series, time)
            No NaN; the last `input_size` columns are used.
        quantiles : sequence of float
            Probabilities within those that were learned.

        Returns
        -------
        numpy.ndarray, shape (series, horizon, quantiles)
            In the units of the history, not decreasing along the quantiles.

        Raises
        ------
        TooLittleHistory
            If the history is shorter than `input_size`.
        OutOfRange
            If a quantile lies outside those that were learned.
        InvalidInput
            If a value is missing, or not positive for a model of logarithms, or a window is
            constant.
        """
        known = self.architecture.quantiles
        for quantile in quantiles:
            if not known[0] <= quantile <= known[-1]:
                raise OutOfRange("quantile", quantile, known[0], known[-1])
        window = last_values(history, self.input_size, "A forecast of this model")
        windows = scaled(transformed(window, self.transform), self.horizon)
        moves = self.forward(windows.inputs.astype(np.float32)).astype(np.float64)
        undone = windows.undone(interpolated(moves, known, quantiles))
        return untransformed(undone, self.transform)

    def forward(self, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The network itself.

        Parameters
        ----------
        inputs : numpy.ndarray, shape (windows, input_size)
            Scaled history, oldest first.

        Returns
        -------
        numpy.ndarray, shape (windows, horizon, quantiles)
            Scaled quantiles, as they come: they may cross.
        """
        shape = self.architecture
        residual = inputs[:, ::-1]
        forecast = np.repeat(inputs[:, -1:, None], shape.horizon, axis=1)
        for block, kernel in enumerate(shape.pooling):
            theta = self._perceptron(block, _max_pooled(residual, kernel))
            residual = residual - theta[:, : shape.input_size]
            knots = theta[:, shape.input_size :].reshape(len(theta), len(shape.quantiles), -1)
            spread = _interpolation(knots.shape[2], shape.horizon)
            forecast = forecast + np.swapaxes(knots @ spread, 1, 2)
        return forecast

    def _perceptron(self, block: int, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """A linear layer, then hidden layers with a rectifier each, then a linear layer."""
        hidden = [1 + 2 * layer for layer in range(self.architecture.layers)]
        values = self._linear(block, 0, values)
        for position in hidden:
            values = np.maximum(self._linear(block, position, values), 0.0)
        return self._linear(block, hidden[-1] + 2, values)

    def _linear(
        self, block: int, position: int, values: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        name = f"blocks.{block}.layers.{position}"
        return values @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]


def _max_pooled(values: npt.NDArray[np.float32], kernel: int) -> npt.NDArray[np.float32]:
    short = -values.shape[1] % kernel
    padded = np.pad(values, ((0, 0), (0, short)), constant_values=-np.inf)
    pooled: npt.NDArray[np.float32] = padded.reshape(len(values), -1, kernel).max(axis=2)
    return pooled


@cache
def _interpolation(knots: int, horizon: int) -> npt.NDArray[np.float32]:
    """The matrix of linear interpolation between the middles of the knots' intervals."""
    place = np.clip((np.arange(horizon) + 0.5) * knots / horizon - 0.5, 0.0, None)
    left = np.minimum(place.astype(int), knots - 1)
    right = np.minimum(left + 1, knots - 1)
    share = place - left
    matrix = np.zeros((knots, horizon))
    np.add.at(matrix, (left, np.arange(horizon)), 1.0 - share)
    np.add.at(matrix, (right, np.arange(horizon)), share)
    return matrix.astype(np.float32)
