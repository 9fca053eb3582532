"""Streams of completed bars: of a frame that is replayed, or of prices as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.domain import Timeframe
from workbench.errors import InvalidInput
from workbench.forecast.series import load_series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np

__all__ = ["as_utc", "completed", "replayed"]


def replayed(bars: Any) -> Iterator[tuple[np.datetime64, float]]:
    """The closes of one symbol, bar by bar, as a stream.

    Parameters
    ----------
    bars : str or frame
        A dataset and one symbol, a file, or a frame.

    Yields
    ------
    tuple of numpy.datetime64 and float
        When a bar began, and its close.

    Raises
    ------
    InvalidInput
        If a close is missing, or there are several symbols.
    """
    series = load_series(bars)
    yield from zip(series.times, series.closes.tolist(), strict=True)


def completed(
    prices: Iterable[tuple[Any, float]], timeframe: str = "1h"
) -> Iterator[tuple[np.datetime64, float]]:
    """The last price of each bar, once a price of a later bar says that it is complete.

    Parameters
    ----------
    prices : iterable of (time, float)
        Trades, or the closes of shorter bars by their start, in order of time; a time is anything
        that `pandas.Timestamp` takes, and without a zone it is UTC.
    timeframe : str
        Of the bars: seconds, minutes or hours, for example ``1h``.

    Yields
    ------
    tuple of numpy.datetime64 and float
        When a bar began, and its last price. A bar without a price is left out: any value put
        there is invented.

    Raises
    ------
    InvalidInput
        If a price comes before the one that it follows, or the bars are of days or longer.
    """
    length = Timeframe.parse(timeframe)
    if not length.is_intraday:
        raise InvalidInput(
            "A session ends by its calendar, not by the next price",
            seen=timeframe,
            cure="Give a timeframe below a day, for example 1h",
        )
    begun, last, latest = None, float("nan"), None
    for time, price in prices:
        stamp = as_utc(time)
        if latest is not None and stamp < latest:
            raise InvalidInput(
                f"A price comes before the one that it follows ({latest})",
                seen=str(stamp),
                cure="Sort the stream by time",
            )
        start = stamp.floor(pd.Timedelta(seconds=length.seconds))
        if begun is not None and start > begun:
            yield begun.to_datetime64(), last
        begun, last, latest = start, float(price), stamp
    # the last bar may still be going on


def as_utc(time: Any) -> pd.Timestamp:
    """A time as the house has it: naive, in UTC."""
    stamp = pd.Timestamp(time)
    return stamp if stamp.tzinfo is None else stamp.tz_convert("UTC").tz_localize(None)
