"""Does a model work? It is asked to forecast a random walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, StoreError

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.forecast.models import TrainedModel

    Floats = npt.NDArray[np.float64]

__all__ = ["must_work", "random_walks", "soundness"]


def random_walks(count: int, length: int) -> Floats:
    """The same walks at every call, shape (count, length), positive."""
    steps = np.random.default_rng(0).normal(0.0, 0.01, (count, length))
    walks: Floats = 100 * np.exp(np.cumsum(steps, axis=1))
    return walks


def soundness(quantiles: Floats) -> tuple[bool, bool]:
    """Whether a forecast is finite, and whether its quantiles are also in order."""
    finite = bool(np.isfinite(quantiles).all())
    return finite, finite and bool((np.diff(quantiles, axis=-1) >= 0).all())


def must_work(model: TrainedModel) -> None:
    """Try all of a model: one window, and as many as it takes at once.

    Parameters
    ----------
    model : TrainedModel
        Loaded.

    Raises
    ------
    StoreError
        If it cannot be run, or gives anything but finite quantiles in order and of its shape.
    """
    shape = model.forecaster.architecture
    for count in (1, model.forecaster.graphs.at_once):
        walks = random_walks(count, shape.input_size)
        try:
            said = model.forecaster.predict(walks, shape.quantiles)
        except (InvalidInput, ValueError) as error:
            raise _nonsense(model) from error
        if said.shape != (count, shape.horizon, len(shape.quantiles)) or not soundness(said)[1]:
            raise _nonsense(model)


def _nonsense(model: TrainedModel) -> StoreError:
    return StoreError(
        f"The model {model.model_id} forecasts nonsense for a random walk",
        cure="Its files are damaged or its training went wrong; train it again",
    )
