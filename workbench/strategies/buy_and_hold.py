"""Buy and hold: the baseline that a strategy has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import members_flag

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["buy_and_hold"]


def _close(bars: xr.Dataset, _parameters: Any) -> xr.DataArray:
    return bars["close"]


@strategy("buy_and_hold", form="step", inputs={"close": _close, "member": members_flag})
@facts(family="baseline")
def buy_and_hold(state: float, observation: Any, position: float) -> tuple[float, float]:
    """Buy an equal part of each symbol when it first has a price, and never trade again.

    Parameters
    ----------
    state : float
        Not used.
    observation : Observation
        Fields ``close`` and ``member``.
    position : float
        0 or 1.

    Returns
    -------
    state, intent : float
        The state and the position wanted. In a universe a symbol is bought when it enters and
        sold when it leaves.
    """
    if observation.member == 0:
        return state, 0.0
    if position != 0 or np.isnan(observation.close):
        return state, position
    return state, 1.0
