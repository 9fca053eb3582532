"""What is said at each bar before anybody calibrates it: a model's medians and its own interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from workbench.errors import InvalidInput, OutOfRange
from workbench.forecast.models import TrainedModel

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["OWN", "Voice", "of_model", "of_repeat_last"]

OWN = 0.9
"""The level of the model's own interval that is watched."""

_ASKED = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Voice:
    """Who speaks, and how.

    Parameters
    ----------
    name : callable
        Who answers now.
    input_size : int
        Values that one forecast needs.
    say : callable
        Takes windows (n, input_size), returns lower end, median and upper end of the own
        interval, shape (n, horizon, 3); NaN for ends that are not given.
    """

    name: Callable[[], str]
    input_size: int
    say: Callable[[Floats], Floats]

    def over(self, closes: Floats, horizon: int) -> Floats:
        """What is said at each time of a history, shape (time, horizon, 3).

        NaN before there are enough values.
        """
        said: Floats = np.full((len(closes), horizon, 3), np.nan)
        if len(closes) >= self.input_size:
            said[self.input_size - 1 :] = self.say(sliding_window_view(closes, self.input_size))
        return said


def of_repeat_last(horizon: int) -> Voice:
    """The last value, and no interval of its own."""

    def say(windows: Floats) -> Floats:
        said = np.full((len(windows), horizon, 3), np.nan)
        said[:, :, 1] = windows[:, -1:]
        return said

    return Voice(lambda: "repeat-last", 1, say)


def of_model(
    model: str | TrainedModel, horizon: int, get: Callable[[str], TrainedModel] | None
) -> Voice:
    """A model, asked anew at each bar: a name may point to another version by then.

    Parameters
    ----------
    model : str or TrainedModel
        A name or an id for `get`, or the model itself.
    horizon : int
        Steps that are wanted.
    get : callable, optional
        Gives the model of a name, for example `ModelServer.model`.

    Returns
    -------
    Voice

    Raises
    ------
    InvalidInput
        If a name is given and nothing to get it from.
    OutOfRange
        If the model does not reach the horizon, or has not learned an interval of 90%.
    """

    def found() -> TrainedModel:
        if isinstance(model, TrainedModel):
            return model
        if get is None:
            raise InvalidInput(
                "A name of a model needs a server that has it",
                seen=model,
                cure="Give server=server_of(current()), or the model itself",
            )
        return get(model)

    def say(windows: Floats) -> Floats:
        return found().forecaster.predict(windows, _ASKED)[:, :horizon]

    first = found().forecaster
    if first.horizon < horizon:
        raise OutOfRange("horizon", horizon, 1, first.horizon)
    if first.architecture.quantiles[0] > _ASKED[0]:
        widest = round(1 - 2 * first.architecture.quantiles[0], 6)
        raise OutOfRange("the model's own interval", OWN, 0, widest)
    return Voice(lambda: found().model_id, first.input_size, say)
