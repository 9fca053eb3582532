"""Moving-average cross: in the market after the fast average has crossed the slow one upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workbench.compute import kernel
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import is_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

__all__ = ["moving_average_cross"]

Floats = npt.NDArray[np.float64]
Window = Annotated[int, Field(ge=2, le=1_000)]

UNKNOWN, OUTSIDE = 2, 3
"""The signals where an average is not known, and where a symbol is no member of its universe."""


@kernel
def _averages(closes: Floats, windows: npt.NDArray[np.int64], out: Floats) -> None:
    """Running sums: a value enters before another leaves, which fixes how ties are rounded."""
    for symbol in range(closes.shape[0]):
        for index in range(windows.size):
            window = windows[index]
            total = 0.0
            known = 0
            for bar in range(closes.shape[1]):
                value = closes[symbol, bar]
                if np.isnan(value):
                    total, known = 0.0, 0
                    out[index, symbol, bar] = np.nan
                    continue
                known += 1
                total += value
                if known > window:
                    total -= closes[symbol, bar - window]
                out[index, symbol, bar] = total / window if known >= window else np.nan


@dataclass(frozen=True)
class _Average:
    """The simple average of the closes over the window that a parameter names.

    A sweep asks `table` for all windows at once.
    """

    parameter: str

    def __call__(self, bars: xr.Dataset, parameters: Any) -> xr.DataArray:
        """The average, dims (symbol, time); NaN until the window is full, −∞ for no member."""
        close = bars["close"].transpose("symbol", "time")
        return close.copy(data=self.table(bars, [parameters])[0])

    def table(self, bars: xr.Dataset, parameters: Sequence[Any]) -> Floats:
        """The averages of several parameter sets, shape (sets, symbol, time)."""
        close = bars["close"].transpose("symbol", "time")
        closes = np.ascontiguousarray(close.to_numpy(), dtype=np.float64)
        windows = np.array([getattr(item, self.parameter) for item in parameters], np.int64)
        out = np.empty((windows.size, *closes.shape))
        _averages(closes, windows, out)
        if "member" in bars.coords:
            out[:, ~is_member(bars).transpose("symbol", "time").to_numpy()] = -np.inf
        return out


def above_or_below(observation: Any) -> int:
    """1 where the fast average is above the slow one, −1 below, 0 equal; 2 and 3 as named above.

    Written without a branch, so that the compiler makes vectors of it.
    """
    fast, slow = observation.fast, observation.slow
    unknown = (fast != fast) | (slow != slow)  # noqa: PLR0124  that is NaN
    return int((fast > slow) - (fast < slow) + UNKNOWN * unknown + OUTSIDE * (fast == -np.inf))


@strategy(
    "moving_average_cross",
    form="step",
    inputs={"fast": _Average("fast"), "slow": _Average("slow")},
    signal=above_or_below,
    initial=(0.0, 0.0),
    valid=lambda p: p.fast < p.slow,
    warm_up=lambda p: p.slow,
)
@facts(
    family="momentum",
    sources=("Brock, Lakonishok and LeBaron, Journal of Finance 47 (1992)",),
)
def moving_average_cross(
    state: tuple[float, float],
    observation: Any,
    position: float,  # noqa: ARG001  an order for what is held is none
    *,
    fast: Window = 20,  # noqa: ARG001  the inputs'
    slow: Window = 50,  # noqa: ARG001
) -> tuple[tuple[float, float], float]:
    """Hold a symbol while its fast moving average is above the slow one.

    It buys when the fast average rises above the slow one after having been below it, and
    sells when it falls below after having been above. Equal averages are no cross, and a hole
    in the prices forgets on which side the fast one was. Brock, Lakonishok and LeBaron,
    Journal of Finance 47 (1992); the crossing is that of vectorbt 1.0 (``crossed_above``).

    Parameters
    ----------
    state : tuple of float
        Whether the fast average has been below and above since the last hole, 0 or 1.
    observation : Observation
        Field ``signal``: 1 above, −1 below, 0 equal, 2 unknown, 3 no member.
    position : float
        0 or 1.
    fast, slow : int
        Bars of the averages, fast below slow.

    Returns
    -------
    state, intent
        The next state and 1, 0 or NaN, which keeps what is held.
    """
    below, above = state
    if observation.signal >= UNKNOWN:
        return (0.0, 0.0), 0.0 if observation.signal == OUTSIDE else np.nan
    if observation.signal > 0:
        return (below, 1.0), 1.0 if below > 0 else np.nan
    if observation.signal < 0:
        return (1.0, above), 0.0 if above > 0 else np.nan
    return state, np.nan
