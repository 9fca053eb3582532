"""A trained network that forecasts prices, without the library that trained it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import InvalidInput, OutOfRange
from workbench.forecast.history import last_values
from workbench.forecast.networks.onnxruntime import Served
from workbench.forecast.scaling import interpolated, scaled, transformed, untransformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.forecast.networks.architecture import Architecture
    from workbench.forecast.networks.graphs import Graphs

    Floats = npt.NDArray[np.float64]

__all__ = ["Network"]

_AT_ONCE = 2_000_000
"""Numbers that are held at a time for each step of a forecast: 16 MB."""


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network that forecasts prices.

    Parameters
    ----------
    architecture : Architecture
        Its shape.
    graphs : Graphs
        The network itself, frozen.
    transform : str
        ``log`` or ``level``.
    """

    architecture: Architecture
    graphs: Graphs = field(repr=False)
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
            If a value is missing, or not positive for a model of logarithms, a window is
            constant, or its values are too large to forecast with.
        MissingExtra
            If onnxruntime is not installed.
        StoreError
            If the network is damaged.
        """
        known = self.architecture.quantiles
        for quantile in quantiles:
            if not known[0] <= quantile <= known[-1]:
                raise OutOfRange("quantile", quantile, known[0], known[-1])
        windows = last_values(history, self.input_size, "A forecast of this model")
        windows = transformed(windows, self.transform)
        size = max(1, _AT_ONCE // (self.input_size + self.horizon * len(known)))
        if 0 < len(windows) <= size:
            return self._forecast(windows, quantiles)
        said: Floats = np.empty((len(windows), self.horizon, len(quantiles)))
        for begin in range(0, len(windows), size):
            said[begin : begin + size] = self._forecast(windows[begin : begin + size], quantiles)
        return said

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
        return self._served.run(inputs)

    def _forecast(self, windows: Floats, quantiles: Sequence[float]) -> Floats:
        """Quantiles of transformed windows, in the units of the history."""
        known = self.architecture.quantiles
        seen = scaled(windows, self.horizon)
        moves = self.forward(seen.inputs.astype(np.float32)).astype(np.float64)
        with np.errstate(over="ignore"):  # what is infinite is refused
            undone = seen.undone(interpolated(moves, known, quantiles))
            said = untransformed(undone, self.transform)
        if not np.isfinite(said).all():
            raise InvalidInput(
                "The forecast is beyond the numbers that there are",
                seen=float(windows[int(np.argmin(np.isfinite(said).all(axis=(1, 2)))), -1]),
                cure="Train the model again with a smaller learning_rate, or look for absurd values"
                " in the series",
            )
        return said

    def check(self) -> None:
        """Load the network, which happens otherwise at the first forecast.

        Raises
        ------
        StoreError
            If it is damaged.
        MissingExtra
            If onnxruntime is not installed.
        """
        _ = self._served

    @cached_property
    def _served(self) -> Served:
        return Served(self.graphs)

    def __getstate__(self) -> dict[str, Any]:
        """All but the session, which another process makes anew."""
        return {name: value for name, value in self.__dict__.items() if name != "_served"}
