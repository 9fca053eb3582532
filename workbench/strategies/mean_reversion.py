"""Mean reversion: buy what has fallen unusually far, sell what has risen unusually far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from workbench.features import half_life, zscore
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import members_flag

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["mean_reversion"]


def _z(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    return zscore(bars, window=parameters.window)


def _half_life(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    if parameters.max_half_life == 0:  # the filter is off: nothing to compute
        return bars["close"].copy(data=np.zeros(bars["close"].shape))
    return half_life(bars, window=parameters.window)


@strategy(
    "mean_reversion",
    form="step",
    inputs={"z": _z, "half_life": _half_life, "member": members_flag},
    warm_up=lambda p: p.window,
)
@facts(
    family="reversion",
    risk="low",
    sources=("Chan, Algorithmic Trading (2013), chapters 2 and 3",),
    presets={
        "original": {"entry_z": 2.2, "exit_z": 0.3, "max_half_life": 12},
        "original_fallback": {"window": 10, "entry_z": 2.0},
        "original_rust": {"window": 30, "entry_z": 2.0, "exit_z": 0.5},
    },
)
def mean_reversion(
    state: float,
    observation: Any,
    position: float,
    *,
    window: Annotated[int, Field(ge=5, le=504)] = 30,  # noqa: ARG001  the input's
    entry_z: Annotated[float, Field(ge=0.5, le=6)] = 2.0,
    exit_z: Annotated[float, Field(ge=0, le=3)] = 0.5,
    max_hold: Annotated[int, Field(ge=0, le=504)] = 0,
    max_half_life: Annotated[float, Field(ge=0, le=504)] = 0.0,
    allow_short: bool = True,
) -> tuple[float, float]:
    """Trade the return of a price to its moving average.

    The score is the close's distance from its moving average in rolling standard
    deviations. Flat, it buys at a score of −`entry_z` or below and sells short at `entry_z` or
    above; in a position it leaves when the score is back within `exit_z` of the average or
    beyond it, or after `max_hold` bars. With `max_half_life` it enters only where the prices of
    the window have reverted to their mean fast enough (the half-life of the discrete
    Ornstein–Uhlenbeck process, `workbench.features.half_life`). Each symbol has an equal part of
    the capital. Chan, Algorithmic Trading (2013), chapters 2 and 3.

    Parameters
    ----------
    state : float
        Bars since the entry.
    observation : Observation
        Fields ``z``, the score (NaN keeps what is held), ``half_life`` in bars, and ``member``.
    position : float
        −1, 0 or 1.
    window : int
        Bars of the average and the deviation.
    entry_z, exit_z : float
        Scores, in standard deviations, at which a position is entered and left.
    max_hold : int
        Bars after which a position is left anyway; 0 is never.
    max_half_life : float
        Bars; where half of a deviation lasts longer, no position is entered. 0 is no filter.
    allow_short : bool
        Whether it sells short.

    Returns
    -------
    state, intent : float
        The next state and −1, 0 or 1. What is no member of the universe is not held.
    """
    if observation.member == 0:
        return 0.0, 0.0
    z = observation.z
    if np.isnan(z):
        return state, position
    if position == 0:
        if max_half_life > 0 and not observation.half_life <= max_half_life:
            return 0.0, 0.0
        if z <= -entry_z:
            return 0.0, 1.0
        return 0.0, -1.0 if allow_short and z >= entry_z else 0.0
    held = state + 1.0
    returned = z * position >= -exit_z
    expired = max_hold > 0 and held >= max_hold
    return held, 0.0 if returned or expired else position
