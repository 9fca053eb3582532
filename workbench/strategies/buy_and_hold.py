"""Buy and hold: the baseline that a strategy has to beat."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.strategies.declaration import strategy

__all__ = ["buy_and_hold"]


@strategy("buy_and_hold", form="step", inputs={"close": lambda bars, _: bars["close"]})
def buy_and_hold(state: float, observation: Any, position: float) -> tuple[float, float]:
    """Buy an equal part of each symbol when it first has a price, and never trade again."""
    if position != 0 or np.isnan(observation.close):
        return state, position
    return state, 1.0
