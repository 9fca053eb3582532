"""Swing: a trend on its pause or a fall on its turn, with a stop, a target and a time limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from workbench.features import sma
from workbench.market import Bracket
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import members_flag

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["swing"]


def _close(bars: xr.Dataset, _parameters: Any) -> xr.DataArray:
    return bars["close"]


def _fast(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    return sma(bars, window=parameters.fast)


def _slow(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    return sma(bars, window=parameters.slow)


def _strength(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    """The RSI with plain means (Cutler), which a window of known length determines."""
    close = bars["close"]
    change = close - close.shift(time=1)
    gain = sma(change.clip(min=0), window=parameters.rsi_window)
    loss = sma(-change.clip(max=0), window=parameters.rsi_window)
    return 100 * gain / (gain + loss).where(gain + loss > 0)


def _range(bars: xr.Dataset, parameters: Any) -> xr.DataArray:
    """The mean true range: the widest of the bar and its gap to the close before."""
    close = bars["close"]
    before = close.shift(time=1)
    high, low = bars.get("high", close), bars.get("low", close)
    above = _larger(high, before)
    below = -_larger(-low, -before)
    return sma(above - below, window=parameters.atr_window)


def _larger(first: xr.DataArray, second: xr.DataArray) -> xr.DataArray:
    """The larger of two; NaN where one is."""
    return first.where(first >= second, second).where(first.notnull() & second.notnull())


@strategy(
    "swing",
    form="step",
    inputs={
        "close": _close,
        "fast": _fast,
        "slow": _slow,
        "strength": _strength,
        "atr": _range,
        "member": members_flag,
    },
    warm_up=lambda p: max(p.slow, p.fast, p.rsi_window + 1, p.atr_window + 1),
)
@facts(
    family="momentum",
    risk="medium",
    sources=(
        "The set-ups of the original Neural Trader",
        "Wilder, New Concepts in Technical Trading Systems (1978)",
        "Kaufman, Trading Systems and Methods (2013), chapters 5 and 23",
    ),
    presets={
        "original": {"stop_atr": 2.5, "reward": 3.5, "risk": 0.02},
        "original_fallback": {"rsi_window": 14, "oversold": 30.0, "rsi_high": 70.0},
    },
)
def swing(
    state: float,
    observation: Any,
    position: float,
    *,
    fast: Annotated[int, Field(ge=2, le=252)] = 50,  # noqa: ARG001  the inputs'
    slow: Annotated[int, Field(ge=5, le=504)] = 200,  # noqa: ARG001
    rsi_window: Annotated[int, Field(ge=2, le=126)] = 14,  # noqa: ARG001
    rsi_low: Annotated[float, Field(ge=0, le=100)] = 40.0,
    rsi_high: Annotated[float, Field(ge=0, le=100)] = 70.0,
    oversold: Annotated[float, Field(ge=0, le=100)] = 30.0,
    pullback: Annotated[float, Field(ge=0, le=1)] = 0.03,
    atr_window: Annotated[int, Field(ge=2, le=126)] = 14,  # noqa: ARG001
    stop_atr: Annotated[float, Field(gt=0, le=20)] = 2.5,
    reward: Annotated[float, Field(gt=0, le=20)] = 1.5,
    trail: Annotated[float, Field(ge=0, le=1)] = 0.0,
    risk: Annotated[float, Field(gt=0, le=1)] = 0.02,
    largest: Annotated[float, Field(gt=0, le=1)] = 0.5,
    max_hold: Annotated[int, Field(ge=1, le=504)] = 10,
) -> tuple[float, Bracket]:
    """Buy a trend on its pause or a fall on its turn, protected by a stop and a target.

    *Continuation*: the close lies above the fast average and that above the slow one, the RSI
    between `rsi_low` and `rsi_high`, and the close within `pullback` of the fast average. *Bounce*:
    the close lies below the fast average and the RSI below `oversold`. The stop stands
    `stop_atr` mean true ranges below the close, the target `reward` times as far above it, and
    the stop follows the best price at `trail` of the close. A position risks `risk` of the
    symbol's part of the capital at its stop, up to `largest` of that part, and ends after
    `max_hold` bars. The rules are those of the original, whose zone of entry is 0.5 to 1.5% above
    the average and which looks for support below a bounce; RSI and range follow Wilder (New
    Concepts in Technical Trading Systems, 1978), with plain means.

    Parameters
    ----------
    state : float
        Bars since the entry.
    observation : Observation
        Fields ``close``, ``fast``, ``slow``, ``strength`` (RSI), ``atr`` and ``member``; a NaN
        enters nothing.
    position : float
        The exposure held, 0 after a stop or a target.
    fast, slow : int
        Bars of the averages.
    rsi_window : int
        Bars of the RSI.
    rsi_low, rsi_high : float
        Between these a trend goes on, from 0 to 100.
    oversold : float
        Below it a fall is overdone.
    pullback : float
        How far above the fast average a trend is still bought, a fraction.
    atr_window : int
        Bars of the mean true range.
    stop_atr : float
        Distance of the stop in mean true ranges.
    reward : float
        Distance of the target over that of the stop.
    trail : float
        Distance of the trailing stop, a fraction of the price at entry; 0 is none.
    risk : float
        What is lost at the stop, a fraction of the symbol's part of the capital.
    largest : float
        The largest exposure, a fraction of that part.
    max_hold : int
        Bars after which a position is left anyway.

    Returns
    -------
    state : float
        The next state.
    intent : Bracket
        0 to `largest` with its exits; NaN while nothing changes. What is no member of the universe
        is not held.
    """
    if observation.member == 0:
        return 0.0, Bracket(0.0, np.nan, np.nan, np.nan)
    if position != 0:
        held = state + 1.0
        return held, Bracket(0.0 if held >= max_hold else np.nan, np.nan, np.nan, np.nan)
    close, average, strength = observation.close, observation.fast, observation.strength
    rising = close > average > observation.slow and close <= average * (1.0 + pullback)
    continues = rising and rsi_low < strength < rsi_high
    bounces = close < average and strength < oversold
    distance = stop_atr * observation.atr
    if not (continues or bounces) or not 0.0 < distance < close:
        return 0.0, Bracket(np.nan, np.nan, np.nan, np.nan)
    exposure = min(largest, risk * close / distance)
    following = trail * close if trail > 0 else np.nan
    return 0.0, Bracket(exposure, close - distance, close + reward * distance, following)
