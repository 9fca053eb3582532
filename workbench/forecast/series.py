"""One series of closes, from whatever a caller has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data import load_bars
from workbench.data.calendars import open_calendar
from workbench.domain import Timeframe
from workbench.errors import InvalidInput, UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import numpy.typing as npt
    import xarray as xr

    from workbench.context import Context
    from workbench.domain import DatasetRef

__all__ = ["Series", "as_data", "future_times", "load_series", "series_of"]

FRAME = "frame"

_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": pd.read_csv,
    ".json": pd.read_json,
    ".parquet": pd.read_parquet,
}


@dataclass(frozen=True, eq=False)
class Series:
    """The closes of one symbol.

    Parameters
    ----------
    name : str
        ``dataset:symbol``, or ``frame:symbol`` for one's own frame or file.
    closes : numpy.ndarray, shape (time,)
        Finite.
    times : numpy.ndarray of datetime64[ns], shape (time,)
        Session dates, or start instants of intraday bars.
    bars : xarray.Dataset
        Where they come from: calendar, timeframe and other attributes.
    """

    name: str
    closes: npt.NDArray[np.float64]
    times: npt.NDArray[np.datetime64]
    bars: xr.Dataset = field(repr=False)

    def is_frame(self) -> bool:
        """Whether it is one's own frame: its name does not say which."""
        return self.name.startswith(f"{FRAME}:")

    def bars_until(self, until: date) -> int:
        """How many bars begin on a date or before it, those within its day included."""
        return int((self.times.astype("datetime64[D]") <= np.datetime64(until)).sum())

    def digest(self, until: date) -> str:
        """The hash of the closes up to a date; more bars after it change nothing."""
        known = self.closes[: self.bars_until(until)]
        return hashlib.sha256(known.tobytes()).hexdigest()[:16]

    @property
    def symbol(self) -> str:
        """The symbol alone."""
        return str(self.bars["symbol"].to_numpy()[0])

    @property
    def timeframe(self) -> Timeframe:
        """Of the bars; daily where they do not say."""
        return Timeframe.parse(str(self.bars.attrs.get("timeframe") or "1d"))

    @property
    def last_date(self) -> date:
        """The date of the last bar."""
        day: date = self.times[-1].astype("datetime64[D]").item()
        return day

    @property
    def survivorship(self) -> str:
        """What the dataset says of the symbols that are missing from it."""
        return str(self.bars.attrs.get("survivorship") or "")

    def to_pandas(self) -> pd.Series:
        """The closes as a pandas Series over time."""
        index = pd.DatetimeIndex(self.times, name="time")
        return pd.Series(self.closes, index=index, name=self.symbol)


def load_series(
    data: DatasetRef, *, end: date | None = None, context: Context | None = None
) -> Series:
    """The closes of one symbol of a dataset, a file or a frame.

    Parameters
    ----------
    data : str, path or frame
        A dataset and one symbol (``sp500-20:AAPL``, ``AAPL``), a .csv, .json or .parquet
        file, or a frame.
    end : date, optional
        Only bars before this date.
    context : Context, optional
        Whose lake to read; the process's own by default.

    Returns
    -------
    Series
        Without the missing closes at either end.

    Raises
    ------
    InvalidInput
        If there are several symbols, or a close is missing between others.
    UnusableFrame
        If a file cannot be read.
    """
    return series_of(load_bars(as_data(data), end=end, fields=["close"], context=context))


def as_data(data: DatasetRef) -> DatasetRef:
    """A file as the table in it; anything else as it is.

    Parameters
    ----------
    data : str, path or frame
        As `load_series` takes it.

    Returns
    -------
    str or frame
        As `workbench.data.load_bars` takes it.

    Raises
    ------
    UnusableFrame
        If the file cannot be read.
    """
    path = _as_file(data)
    return data if path is None else _read(path)


def series_of(bars: xr.Dataset) -> Series:
    """The closes of bars of one symbol.

    Missing closes at either end are dropped: the symbol began later or ended earlier. A
    close that is missing in between is an error, because any value put there is invented.
    """
    symbols = [str(symbol) for symbol in bars["symbol"].to_numpy()]
    if len(symbols) != 1:
        raise InvalidInput(
            "A forecast is of one symbol",
            seen=symbols,
            cure=f"Choose one, for example sp500-20:{symbols[0]}" if symbols else "Give one",
        )
    close = bars["close"].to_numpy()[:, 0].astype(np.float64)
    times = bars["time"].to_numpy().astype("datetime64[ns]")
    there = np.flatnonzero(~np.isnan(close))
    if not len(there):
        raise InvalidInput(f"{symbols[0]} has no close at all", cure="Choose another period")
    inside = slice(there[0], there[-1] + 1)
    _must_be_finite(symbols[0], close[inside], times[inside])
    return Series(_name(bars, symbols[0]), close[inside], times[inside], bars)


def future_times(series: Series, count: int) -> npt.NDArray[np.datetime64]:
    """The times of the next bars.

    Sessions of the symbol's calendar for daily bars; equal steps for other timeframes.

    Parameters
    ----------
    series : Series
        The history.
    count : int
        How many.

    Returns
    -------
    numpy.ndarray of datetime64[ns], shape (count,)
    """
    last = series.times[-1]
    timeframe = series.timeframe
    if timeframe == Timeframe(1, "d"):
        calendar = str(series.bars["calendar"].to_numpy()[0])
        return open_calendar(calendar, series.times[0]).next_sessions(last, count)
    steps = np.arange(1, count + 1) * timeframe.count
    if timeframe.unit == "M":
        months = [pd.Timestamp(last) + pd.DateOffset(months=int(step)) for step in steps]
        return np.array(months, dtype="datetime64[ns]")
    seconds = timeframe.seconds // timeframe.count
    times: npt.NDArray[np.datetime64] = last + (steps * seconds).astype("timedelta64[s]")
    return times


def _as_file(data: Any) -> Path | None:
    if isinstance(data, Path):
        return data
    if isinstance(data, str) and Path(data).suffix.lower() in _READERS:
        return Path(data).expanduser()
    return None


def _read(path: Path) -> pd.DataFrame:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UnusableFrame(
            "Files of this kind are not read", seen=path.name, cure="Give .csv, .json or .parquet"
        )
    try:
        return reader(path)
    except FileNotFoundError:
        raise UnusableFrame(
            "There is no such file", seen=str(path), cure="Check the path"
        ) from None
    except (OSError, ValueError) as error:
        raise UnusableFrame(
            f"The file cannot be read: {error}", seen=str(path), cure="Check its content"
        ) from error


def _must_be_finite(
    symbol: str, close: npt.NDArray[np.float64], times: npt.NDArray[np.datetime64]
) -> None:
    bad = np.flatnonzero(~np.isfinite(close))
    if len(bad):
        kind = "missing" if np.isnan(close[bad[0]]) else "infinite"
        raise InvalidInput(
            f"{len(bad)} of {len(close)} closes of {symbol} are {kind} or not finite, the first "
            f"on {times[bad[0]].astype('datetime64[D]')}",
            seen=float(close[bad[0]]),
            cure="Fill or drop these bars as you think right, or choose a period without them",
        )


def _name(bars: xr.Dataset, symbol: str) -> str:
    dataset = str(bars.attrs.get("dataset") or FRAME).partition(":")[0]
    return f"{FRAME if dataset.startswith(FRAME) else dataset}:{symbol}"
