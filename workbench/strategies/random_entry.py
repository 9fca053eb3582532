"""Random entry: what a rule without any knowledge earns with the same holding time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from workbench.strategies.declaration import strategy
from workbench.strategies.draws import uniform_draws
from workbench.strategies.facts import facts
from workbench.strategies.membership import members_flag

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["random_entry"]


def _entry(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    return uniform_draws(bars, parameters.seed).where(bars["close"].notnull())


def _side(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    return uniform_draws(bars, parameters.seed, stream=1)


@strategy(
    "random_entry",
    form="step",
    inputs={"draw": _entry, "side": _side, "member": members_flag},
)
@facts(
    family="baseline",
    sources=("Aronson, Evidence-Based Technical Analysis (2006), chapter 6",),
)
def random_entry(
    state: float,
    observation: Any,
    position: float,
    *,
    entry_probability: Annotated[float, Field(ge=0, le=1)] = 0.05,
    hold: Annotated[int, Field(ge=1, le=504)] = 21,
    short_share: Annotated[float, Field(ge=0, le=1)] = 0.0,
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0,  # noqa: ARG001  the inputs'
) -> tuple[float, float]:
    """Enter at random and leave after a fixed number of bars.

    Give it the holding time and the share of time in the market of a strategy, and many
    seeds show what that strategy would have earned without knowing anything (Aronson,
    Evidence-Based Technical Analysis, 2006, chapter 6). In the long run a symbol is held
    ``hold / (hold + 1 / entry_probability)`` of the time. A draw belongs to the seed, the
    bar and the symbol, so that the same call gives the same trades on every machine.

    Parameters
    ----------
    state : float
        Bars since the entry.
    observation : Observation
        Fields ``draw``, ``side`` (0 to 1; ``draw`` is NaN without a price) and ``member``.
    position : float
        −1, 0 or 1.
    entry_probability : float
        The chance of an entry on each bar without a position.
    hold : int
        Bars from one decision to the other.
    short_share : float
        The share of entries that sell short.
    seed : int
        Another seed is another try.

    Returns
    -------
    state, intent : float
        The next state and −1, 0 or 1. What is no member of the universe is not held.
    """
    if observation.member == 0:
        return 0.0, 0.0
    if position != 0:
        held = state + 1.0
        return held, 0.0 if held >= hold else position
    if np.isnan(observation.draw) or observation.draw >= entry_probability:
        return 0.0, 0.0
    return 0.0, -1.0 if observation.side < short_share else 1.0
