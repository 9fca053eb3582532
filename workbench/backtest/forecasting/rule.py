"""The rule that trades a forecaster: hold what its median expects to rise by more than it costs.

It is a strategy like any other: backtest, sweep, replay and live call the same object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from pydantic import Field

from workbench.domain import Timeframe
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.market.costs import BPS
from workbench.strategies.declaration import Strategy
from workbench.strategies.membership import is_member
from workbench.strategies.rebalancing import is_rebalanced

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import xarray as xr

    from workbench.market.costs import Costs
    from workbench.ports import Forecaster
    from workbench.strategies.rebalancing import Rebalance

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

__all__ = [
    "FREQUENCIES",
    "forecast_strategy",
    "is_decided",
    "known_frequency",
    "median_returns",
    "round_trip_bps",
    "sides",
]

Frequency = Literal["daily", "weekly", "monthly"]
FREQUENCIES: Mapping[str, Rebalance] = {"daily": "bar", "weekly": "week", "monthly": "month"}
AT_ONCE = 4_096
"""Windows in one call of a forecaster, so that memory does not grow with the history."""


def forecast_strategy(
    forecaster: Forecaster,
    name: str,
    *,
    horizon: int | None = None,
    threshold_bps: float = 6.0,
    allow_short: bool = False,
    rebalance_frequency: Frequency = "daily",
) -> Strategy:
    """A strategy that follows a forecaster.

    On each day that it decides, a forecast of every symbol is made from the closes known then.
    A symbol is held where the median of its close `horizon` bars ahead lies above its last close
    by more than `threshold_bps`; sold short, where that is allowed, if it lies as far below; and
    not held otherwise. Nothing changes between decisions. Repeat-last, whose median is the last
    close, never trades by this rule.

    Parameters
    ----------
    forecaster : Forecaster
        What forecasts: ``load_model(…).forecaster``, or any other.
    name : str
        What the strategy is called, such as the id of the model.
    horizon : int, optional
        Bars ahead that are looked at; all that the forecaster reaches by default.
    threshold_bps : float
        How much the median has to promise over the horizon, in basis points of the last close;
        6 is a round trip by the default costs.
    allow_short : bool
        Whether a fall that is expected is sold short.
    rebalance_frequency : {"daily", "weekly", "monthly"}
        When it decides: at every bar of a day, or the first of each UTC day of intraday bars; the
        first bar of each week; of each month.

    Returns
    -------
    Strategy
        Not registered. Its weights are ±1 / n over the n symbols that can be forecast, or 0; NaN
        between decisions and until a window is full. A symbol with a close that is missing or not
        positive in its window, or that did not move in it, cannot be forecast and is not held.

    Raises
    ------
    OutOfRange
        If the horizon is beyond the forecaster, or the threshold is below 0.
    UnknownName
        If there is no such frequency.
    """
    steps = forecaster.horizon if horizon is None else horizon
    limit, short, when = threshold_bps, allow_short, known_frequency(rebalance_frequency)

    def follow_median(
        bars: xr.Dataset,
        *,
        horizon: Annotated[int, Field(ge=1)] = steps,
        threshold_bps: Annotated[float, Field(ge=0)] = limit,
        allow_short: bool = short,
        rebalance_frequency: Frequency = when,
    ) -> xr.DataArray:
        """Hold where the median promises more than the threshold."""
        expected = median_returns(forecaster, bars, horizon, rebalance_frequency)
        decided = is_decided(bars, rebalance_frequency) & is_full(bars, forecaster.input_size)
        promised = expected.to_numpy()
        side = sides(promised, threshold_bps, allow_short=allow_short)
        usable = np.isfinite(promised).sum(axis=1, keepdims=True)
        weights = np.where(decided[:, None], side / np.maximum(usable, 1), np.nan)
        return expected.copy(data=weights)

    made = Strategy(name, follow_median, warm_up=max(forecaster.input_size, 2))
    made.checked()
    if steps > forecaster.horizon:
        raise OutOfRange("horizon", steps, 1, forecaster.horizon)
    return made


def median_returns(
    forecaster: Forecaster, bars: xr.Dataset, horizon: int, rebalance_frequency: str = "daily"
) -> xr.DataArray:
    """What the median of a forecast promises at each decision, from the closes known by then.

    Parameters
    ----------
    forecaster : Forecaster
        Asked once for many windows: ``predict`` takes (series, time).
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    horizon : int
        Bars ahead.
    rebalance_frequency : {"daily", "weekly", "monthly"}
        As of `forecast_strategy`.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        The median of the close `horizon` bars ahead over the last close, less 1; NaN between
        decisions and where no forecast can be made.

    Raises
    ------
    OutOfRange
        If the horizon is beyond the forecaster.
    UnknownName
        If there is no such frequency.
    InvalidInput
        If a forecast is no finite number.
    """
    if not 1 <= horizon <= forecaster.horizon:
        raise OutOfRange("horizon", horizon, 1, forecaster.horizon)
    close = bars["close"].transpose("time", "symbol")
    closes, size = close.to_numpy().astype(np.float64), forecaster.input_size
    expected = np.full(closes.shape, np.nan)
    if len(closes) >= size:
        windows = sliding_window_view(closes, size, axis=0)
        asked = is_decided(bars, rebalance_frequency)[size - 1 :, None] & _usable(closes, size)
        asked &= is_member(bars).transpose("time", "symbol").to_numpy()[size - 1 :]
        expected[size - 1 :][asked] = _medians(forecaster, windows, asked, horizon)
    return close.copy(data=expected)


def sides(promised: Floats, threshold_bps: float, *, allow_short: bool) -> Floats:
    """1 where a median return beats the threshold, −1 where a fall may and does, else 0."""
    side = (promised > threshold_bps * BPS).astype(np.float64)
    if allow_short:
        side -= promised < -threshold_bps * BPS
    return side


def is_decided(bars: xr.Dataset, rebalance_frequency: str) -> Flags:
    """Whether the rule decides at each bar, shape (time,); see `forecast_strategy`."""
    every = FREQUENCIES[known_frequency(rebalance_frequency)]
    if every == "bar" and _is_intraday(bars):
        days = bars["time"].to_numpy().astype("datetime64[D]")
        return np.append(False, days[1:] != days[:-1])
    decided: Flags = is_rebalanced(bars, every).to_numpy()
    return decided


def _is_intraday(bars: xr.Dataset) -> bool:
    return Timeframe.parse(str(bars.attrs.get("timeframe") or "1d")).is_intraday


def is_full(bars: xr.Dataset, size: int) -> Flags:
    """Whether a bar has as many bars, itself included, behind it."""
    full: Flags = np.arange(1, bars.sizes["time"] + 1) >= size
    return full


def known_frequency(rebalance_frequency: str) -> Frequency:
    """The frequency, if there is one of this name.

    Parameters
    ----------
    rebalance_frequency : str
        As it was asked for.

    Returns
    -------
    str
        The same.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if rebalance_frequency not in FREQUENCIES:
        raise UnknownName("rebalance frequency", str(rebalance_frequency), FREQUENCIES)
    return cast("Frequency", rebalance_frequency)


def round_trip_bps(costs: Costs) -> float:
    """What buying and selling costs in proportion to the price.

    Parameters
    ----------
    costs : Costs
        What an order costs.

    Returns
    -------
    float
        Fee, slippage and half the spread, twice, in basis points; what is fixed, by share or by
        impact depends on the size of the order and is left out.
    """
    return 2 * (costs.fee_bps + costs.slippage_bps + costs.spread_bps / 2)


def _usable(closes: Floats, size: int) -> Flags:
    """Whether the window that ends at each bar from the first full one on can be forecast from."""
    bad = ~(np.isfinite(closes) & (closes > 0))
    usable: Flags = np.logical_not(sliding_window_view(bad, size, axis=0).any(axis=-1))
    if size > 1:  # no scale without a move
        moves = np.not_equal(closes[1:], closes[:-1])
        usable &= np.asarray(sliding_window_view(moves, size - 1, axis=0).any(axis=-1))
    return usable


def _medians(forecaster: Forecaster, windows: Floats, asked: Flags, horizon: int) -> Floats:
    """Median returns of the windows that are asked for, in the order of the mask."""
    rows, columns = np.nonzero(asked)
    found = np.empty(len(rows))
    for begin in range(0, len(rows), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        history = windows[rows[some], columns[some]]
        medians = forecaster.predict(history, [0.5])[:, horizon - 1, 0]
        if not np.isfinite(medians).all():
            raise InvalidInput(
                "The model forecasts what is no number",
                seen=float(medians[~np.isfinite(medians)][0]),
                cure="Train it again, or check the closes that it sees",
            )
        found[some] = medians / history[:, -1] - 1.0
    return found
