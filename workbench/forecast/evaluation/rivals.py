"""The plain forecasts beside repeat-last that a model has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.forecast.linear import fit_nlinear
from workbench.forecast.naive import fit_drift, fit_seasonal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from workbench.domain import Timeframe
    from workbench.ports import Forecaster

    Floats = npt.NDArray[np.float64]

__all__ = ["NESTING", "plain_rivals", "season_of"]

NESTING = frozenset({"drift", "NLinear"})
"""Forecasters that contain repeat-last: a drift of zero, a map of zero."""

_SEASONS = {"m": 60, "h": 24, "d": 5, "w": 52, "M": 12}


def plain_rivals(
    values: Floats, horizon: int, *, season: int, input_size: int
) -> dict[str, Forecaster]:
    """Drift, seasonal naive and NLinear, fitted to a history.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history, no NaN; none of what is forecast.
    horizon : int
        Steps ahead.
    season : int
        Steps of a season; with 1 there is no seasonal naive forecast, it is repeat-last.
    input_size : int
        Values that NLinear sees; fewer if the history is short.

    Returns
    -------
    dict
        Name → forecaster.

    Raises
    ------
    TooLittleHistory
        If the history is too short for one of them.
    """
    size = max(2, min(input_size, (len(values) - horizon - 30) // 4))
    rivals: dict[str, Forecaster] = {"drift": fit_drift(values, horizon)}
    if season > 1:
        rivals["seasonal naive"] = fit_seasonal(values, horizon, season)
    rivals["NLinear"] = fit_nlinear(values, size, horizon)
    return rivals


def season_of(timeframe: Timeframe) -> int:
    """Bars of the season that a timeframe suggests.

    Five sessions of a week for daily bars, a day for hours, an hour for minutes, a year for
    weeks and months; 1 where whole seasons do not fit.

    Parameters
    ----------
    timeframe : Timeframe
        Of the bars.

    Returns
    -------
    int
    """
    bars = _SEASONS.get(timeframe.unit, 1)
    return bars // timeframe.count if bars % timeframe.count == 0 else 1
