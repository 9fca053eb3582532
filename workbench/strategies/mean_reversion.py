"""Mean reversion: buy what has fallen unusually far, sell what has risen unusually far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from workbench.features import zscore
from workbench.strategies.declaration import strategy

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["mean_reversion"]


def _z(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    return zscore(bars, window=parameters.window)


@strategy("mean_reversion", form="step", inputs={"z": _z}, warm_up=lambda p: p.window)
def mean_reversion(
    state: float,
    observation: Any,
    position: float,
    *,
    window: Annotated[int, Field(ge=5, le=504)] = 30,  # noqa: ARG001  the input's
    entry_z: Annotated[float, Field(ge=0.5, le=6)] = 2.0,
    exit_z: Annotated[float, Field(ge=0, le=3)] = 0.5,
    max_hold: Annotated[int, Field(ge=0, le=504)] = 0,
    allow_short: bool = True,
) -> tuple[float, float]:
    """Trade the return of a price to its moving average.

    The score is the close's distance from its moving average in rolling standard
    deviations. Flat, it buys at a score of −`entry_z` or below and sells short at `entry_z` or
    above; in a position it leaves when the score is back within `exit_z` of the average or
    beyond it, or after `max_hold` bars. Each symbol has an equal part of the capital. Chan,
    Algorithmic Trading (2013), chapter 3.

    Parameters
    ----------
    state : float
        Bars since the entry.
    observation : Observation
        Field ``z``, the score; NaN keeps what is held.
    position : float
        −1, 0 or 1.
    window : int
        Bars of the average and the deviation.
    entry_z, exit_z : float
        Scores, in standard deviations, at which a position is entered and left.
    max_hold : int
        Bars after which a position is left anyway; 0 is never.
    allow_short : bool
        Whether it sells short.

    Returns
    -------
    state, intent : float
        The next state and −1, 0 or 1.
    """
    z = observation.z
    if np.isnan(z):
        return state, position
    if position == 0:
        if z <= -entry_z:
            return 0.0, 1.0
        return 0.0, -1.0 if allow_short and z >= entry_z else 0.0
    held = state + 1.0
    returned = z * position >= -exit_z
    expired = max_hold > 0 and held >= max_hold
    return held, 0.0 if returned or expired else position
