"""Drawn series, whose truth is known, as a source of bars: for tests and for teaching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from workbench.data.calendars import open_calendar
from workbench.data.sources.series import CALENDAR, all_days, drawn, generator_of, process_of
from workbench.data.sources.simulation import SURVIVORSHIP
from workbench.data.sources.within_day import minutes_of_day
from workbench.domain import BAR_COLUMNS, OHLCV, Adjust
from workbench.errors import InvalidInput
from workbench.ports import SourceFacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.data.sources.process import Column, Days
    from workbench.domain import Timeframe

__all__ = ["SyntheticSource"]

SCHEMA = pa.schema({name: pa.type_for_alias(kind) for name, kind in BAR_COLUMNS.items()})
MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60}
SESSIONS_OF_A_PAGE = 252
FACTS = SourceFacts(
    name="synthetic",
    title="Drawn series whose truth is known: GBM-1, HESTON-1, EDGE-MOMENTUM-1 …",
    timeframes=(*MINUTES, "1d"),
    licence="Free of any right: drawn by a computer.",
    survivorship=SURVIVORSHIP,
    adjust=Adjust.NONE,
    calendar=CALENDAR,
)


class SyntheticSource:
    """Every drawn series, as a `BarSource`.

    ``GBM-1``, ``HESTON-7``, ``MERTON-2``, ``REGIMES-1``, ``GARCH-3``, ``EDGE-MOMENTUM-1``,
    ``EDGE-PAIR-4A`` and ``EDGE-PAIR-4B``, ``EDGE-CALENDAR-1``: the number tells series of one
    process apart, from 1 to 999999. A bar is the same whatever else is asked for.

    Parameters
    ----------
    seed : int
        Another seed draws other series.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    @property
    def facts(self) -> SourceFacts:
        """What is known about drawn bars."""
        return FACTS

    def bars(
        self, symbols: Sequence[str], timeframe: Timeframe, start: dt.datetime, end: dt.datetime
    ) -> Iterator[pa.Table]:
        """Bars that begin in ``[start, end)``, a page for each symbol and year.

        Parameters
        ----------
        symbols : sequence of str
            Of drawn series.
        timeframe : Timeframe
            ``1d``, or minutes that add up to the day.
        start, end : datetime
            Naive UTC. Nothing is there before 1990.

        Yields
        ------
        pyarrow.Table
            In `BAR_COLUMNS`.

        Raises
        ------
        UnknownName
            If a symbol names no process.
        InvalidInput
            If there are no bars of this length.
        """
        if str(timeframe) not in FACTS.timeframes:
            cure = f"Choose one of: {', '.join(FACTS.timeframes)}"
            raise InvalidInput("No bars of this length are drawn", seen=str(timeframe), cure=cure)
        for symbol in symbols:
            days, numbers, _ = drawn(symbol, process_of(symbol), self._seed)
            if not timeframe.is_intraday:
                yield from _page(symbol, days.astype("datetime64[us]"), numbers, start, end)
                continue
            step = MINUTES[str(timeframe)]
            for page in _sessions_between(days, start, end):
                times, within = _within_days(symbol, self._seed, page, numbers, step)
                yield from _page(symbol, times, within, start, end)


def _sessions_between(days: Days, start: dt.datetime, end: dt.datetime) -> Iterator[slice]:
    """Sessions of the period, a year at a time."""
    first = int(np.searchsorted(days, np.datetime64(start, "D")))
    last = int(np.searchsorted(days, np.datetime64(end, "D"), side="right"))
    for at in range(first, last, SESSIONS_OF_A_PAGE):
        yield slice(at, min(at + SESSIONS_OF_A_PAGE, last))


def _within_days(
    symbol: str, seed: int, page: slice, numbers: Mapping[str, Column], step: int
) -> tuple[Any, dict[str, Column]]:
    """Start instants and numbers of the bars within some sessions."""
    days = all_days()[page]
    opens, closes = _hours(days)
    parts, times = [], []
    for at, (day, opening, close) in enumerate(zip(days, opens, closes, strict=True)):
        minutes = int((close - opening) / np.timedelta64(1, "m"))
        one = {name: float(numbers[name][page.start + at]) for name in OHLCV}
        generator = generator_of(seed, symbol, str(day))
        parts.append(minutes_of_day(one, minutes, step, generator))
        times.append(opening + np.arange(0, minutes, step) * np.timedelta64(1, "m"))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in OHLCV}
    return np.concatenate(times).astype("datetime64[us]"), columns


def _hours(days: Days) -> tuple[Any, Any]:
    calendar = open_calendar(CALENDAR)
    at = np.searchsorted(calendar.sessions, days)
    return calendar.opens[at], calendar.closes[at]


def _page(
    symbol: str, times: Any, numbers: Mapping[str, Column], start: dt.datetime, end: dt.datetime
) -> Iterator[pa.Table]:
    """The rows of a period, if there are any."""
    first, last = np.searchsorted(times, np.array([start, end], dtype="datetime64[us]"))
    if first >= last:
        return
    symbols = pa.DictionaryArray.from_arrays(np.zeros(last - first, dtype=np.int32), [symbol])
    columns = [symbols.cast(pa.string()), pa.array(times[first:last])]
    yield pa.table([*columns, *(pa.array(numbers[n][first:last]) for n in OHLCV)], schema=SCHEMA)
