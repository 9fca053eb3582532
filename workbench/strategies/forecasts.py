"""Forecasts of prices inside a strategy, by a model that is reached by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from workbench.strategies.membership import is_member
from workbench.strategies.rebalancing import Rebalance, is_rebalanced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    import xarray as xr

    from workbench.ports import Learner

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["chance_of_rise", "decisions", "forecast_quantiles"]


def decisions(
    bars: xr.Dataset, window: int, rebalance: Rebalance
) -> Iterator[tuple[int, Floats, Flags]]:
    """The bars on which a forecast is made, with all that it may see.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    window : int
        Bars of history of one forecast, the current one included.
    rebalance : str
        When one is made.

    Yields
    ------
    bar : int
        Its position.
    closes : numpy.ndarray, shape (window, symbol)
        The last closes.
    usable : numpy.ndarray of bool, shape (symbol,)
        The members without a hole in the window.
    """
    closes = bars["close"].transpose("time", "symbol").to_numpy().astype(np.float64)
    members = is_member(bars).transpose("time", "symbol").to_numpy()
    for bar in np.flatnonzero(is_rebalanced(bars, rebalance).to_numpy()):
        if bar + 1 >= window:
            seen = closes[bar + 1 - window : bar + 1]
            whole = np.isfinite(seen).all(axis=0) & (seen > 0).all(axis=0)
            yield int(bar), seen, whole & members[bar]


def forecast_quantiles(
    learner: Learner, closes: Floats, horizon: int, probabilities: Sequence[float]
) -> Floats:
    """Quantiles of the next values of each series, by a model fitted on that series alone.

    Parameters
    ----------
    learner : Learner
        What makes the model.
    closes : numpy.ndarray, shape (time, series)
        No NaN.
    horizon : int
        Steps ahead.
    probabilities : sequence of float
        Of the quantiles.

    Returns
    -------
    numpy.ndarray, shape (series, horizon, quantiles)
        In the units of the closes.
    """
    answers = [
        learner.fit(series, horizon).predict(series[None, :], probabilities)[0, :horizon]
        for series in np.ascontiguousarray(closes.T)
    ]
    return cast("Floats", np.array(answers))


def chance_of_rise(quantiles: Floats, probabilities: Sequence[float], last: Floats) -> Floats:
    """The probability that a value ends above the last one, read off its quantiles.

    Parameters
    ----------
    quantiles : numpy.ndarray, shape (series, quantiles)
        Not falling.
    probabilities : sequence of float
        Of the quantiles, rising.
    last : numpy.ndarray, shape (series,)
        The last values.

    Returns
    -------
    numpy.ndarray, shape (series,)
        Interpolated; never beyond the outer quantiles.
    """
    below = [
        np.interp(value, row, probabilities) for value, row in zip(last, quantiles, strict=True)
    ]
    return 1.0 - np.array(below)
