"""Which share of the bars that should be there is there, by period and symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.quality.grid import grid_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.data.quality.history import History

__all__ = ["coverage_of"]

MOST_BUCKETS = 60
PERIODS = {"D": 1, "W": 7, "M": 31, "Q": 92, "Y": 366}
"""Lengths of bucket and their days at most."""


def coverage_of(histories: Sequence[History]) -> pd.DataFrame:
    """The share of expected bars that is there, by period and symbol.

    Parameters
    ----------
    histories : sequence of History
        Not empty, each with a bar.

    Returns
    -------
    pandas.DataFrame
        Index ``time``, the first day of each period (a day to a year, at most about 60 periods);
        one column for each symbol; values in [0, 1], NaN where none is expected: before the
        first and after the last bar of a symbol, and where no calendar applies.
    """
    first = min(history.days[0] for history in histories)
    last = max(history.days[-1] for history in histories)
    days = int((last - first).astype(np.int64)) + 1
    unit = next((one for one, size in PERIODS.items() if days / size <= MOST_BUCKETS), "Y")
    columns = {history.symbol: _shares(history, unit) for history in histories}
    made = pd.DataFrame(columns).sort_index()
    made.index = pd.DatetimeIndex(made.index.to_timestamp(), name="time")
    return made


def _shares(history: History, unit: str) -> pd.Series[float]:
    grid = grid_of(history)
    if grid is None:
        return pd.Series(np.nan, index=pd.PeriodIndex(history.days[:1], freq=unit))
    periods = pd.DatetimeIndex(grid.days.astype("datetime64[ns]")).to_period(unit)
    return pd.Series(grid.present.astype(np.float64)).groupby(periods).mean()
