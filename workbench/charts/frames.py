"""Reads what is to be drawn, and refuses what cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import NoData, UnusableFrame

__all__ = ["finite", "numeric_frame", "over_time"]

_MOST_POINTS = 20_000


def numeric_frame(data: Any, what: str) -> pd.DataFrame:
    """The data as a frame of floats with named columns, infinities as NaN.

    Parameters
    ----------
    data : pandas.DataFrame, pandas.Series or xarray.DataArray
        Rows × columns.
    what : str
        What it is, for the message.

    Returns
    -------
    pandas.DataFrame
        Shape (rows, columns), float64; column names are text. NaN stays, infinities become NaN.

    Raises
    ------
    UnusableFrame
        If it is no table or a column is not numeric.
    NoData
        If it holds no finite value.
    """
    frame = _as_frame(data, what)
    try:
        frame = frame.astype(float)
    except (TypeError, ValueError) as error:
        raise UnusableFrame(
            f"The {what} has a column that is not numeric",
            seen=dict(frame.dtypes.astype(str)),
            cure="Keep the numeric columns only",
        ) from error
    frame.columns = [str(name) for name in frame.columns]
    frame = frame.where(np.isfinite(frame))
    if frame.notna().to_numpy().any():
        return frame
    raise NoData(
        f"There is nothing to draw: the {what} holds no finite value",
        seen=f"{frame.shape[0]} rows × {frame.shape[1]} columns",
        cure="Choose dates or symbols that have data",
    )


def over_time(data: Any, what: str) -> pd.DataFrame:
    """As `numeric_frame`, sorted along a time index named ``time`` and thinned for the screen.

    Parameters
    ----------
    data : pandas.DataFrame, pandas.Series or xarray.DataArray
        Time × columns.
    what : str
        What it is, for the message.

    Returns
    -------
    pandas.DataFrame
        Shape (time, columns), float64; times are naive UTC. At most about 20,000 rows; NaN stays.

    Raises
    ------
    UnusableFrame
        If the index is no time index, or as `numeric_frame`.
    NoData
        As `numeric_frame`.
    """
    frame = numeric_frame(data, what)
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise UnusableFrame(
            f"The {what} has no time index",
            seen=type(frame.index).__name__,
            cure="Set the index to times, for example frame.set_index('time')",
        )
    index = (
        frame.index if frame.index.tz is None else frame.index.tz_convert("UTC").tz_localize(None)
    )
    return _thinned(frame.set_axis(index).sort_index().rename_axis("time"))


def finite(data: Any, what: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The finite values of one series, shape (n,).

    Parameters
    ----------
    data : array_like
        Numbers; NaN and infinities are left out.
    what : str
        What it is, for the message.

    Returns
    -------
    numpy.ndarray, shape (n,)
        float64, in the order given; `n` is at least 1.

    Raises
    ------
    UnusableFrame, NoData
        As `numeric_frame`.
    """
    values = numeric_frame(pd.Series(np.ravel(np.asarray(data))), what).to_numpy()[:, 0]
    return np.asarray(values[np.isfinite(values)], dtype=np.float64)


def _as_frame(data: Any, what: str) -> pd.DataFrame:
    if hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if isinstance(data, pd.Series):
        data = data.to_frame(what if data.name is None else data.name)
    if isinstance(data, pd.DataFrame):
        return data
    raise UnusableFrame(
        f"The {what} is no table",
        seen=type(data).__name__,
        cure="Give a pandas DataFrame or Series",
    )


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """At most 20,000 rows: of each stretch the rows of its lowest and highest value."""
    if len(frame) <= _MOST_POINTS:
        return frame
    stretch = np.arange(len(frame)) * (_MOST_POINTS // 2) // len(frame)
    lead = pd.Series(frame.iloc[:, 0].ffill().bfill().to_numpy()).groupby(stretch)
    kept = np.unique(np.concatenate([[0, len(frame) - 1], lead.idxmin(), lead.idxmax()]))
    return frame.iloc[kept]
