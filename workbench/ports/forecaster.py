"""What every forecasting model can do, and how one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

__all__ = ["Forecaster", "Learner"]


class Forecaster(Protocol):
    """Forecasts quantiles of the next values of one or more series."""

    @property
    def input_size(self) -> int:
        """Values of history that one forecast needs."""

    @property
    def horizon(self) -> int:
        """Values that one forecast gives."""

    def predict(
        self, history: npt.NDArray[np.float64], quantiles: Sequence[float]
    ) -> npt.NDArray[np.float64]:
        """Forecast from the last values.

        `history` has shape ``(series, time)`` with at least `input_size` columns and
        no NaN; the answer has shape ``(series, horizon, len(quantiles))`` in its units.
        """


class Learner(Protocol):
    """Makes a forecaster of a history; it is reached by name (`workbench.ports.adapter`)."""

    def fit(self, history: npt.NDArray[np.float64], horizon: int) -> Forecaster:
        """Learn from a history and from nothing else.

        `history` has shape ``(time,)`` and no NaN; the forecaster reaches `horizon` steps ahead
        and is the same for the same history.
        """
