"""Draw series of a process with numbers of one's own, and keep their truth beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.panel import panel_of_arrays
from workbench.data.sources.edges import Pair
from workbench.data.sources.process import STEP, Path, Process, numbers_of
from workbench.data.sources.series import CALENDAR, PROCESSES, all_days, drawn
from workbench.data.sources.truth import (
    attainable,
    attainable_of_pair,
    r_squared,
    sharpe_of_holding,
)
from workbench.domain import OHLCV, Adjust
from workbench.errors import OutOfRange, UnknownName

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    import xarray as xr

    from workbench.data.sources.process import Column, Days

__all__ = ["SURVIVORSHIP", "Synthetic", "made_process", "simulate"]

SURVIVORSHIP = "None is missing: the series are drawn by a computer and none was chosen."


@dataclass(frozen=True, eq=False)
class Synthetic:
    """Drawn bars beside their truth.

    Parameters
    ----------
    process : Process
        With its numbers.
    seed : int
        What they were drawn with.
    symbols : tuple of str
        In order.
    days : numpy.ndarray of datetime64[D]
        The sessions.
    numbers : mapping
        Symbol → name → array with one value for each session.
    paths : mapping
        Symbol → its path in these sessions.
    """

    process: Process
    seed: int
    symbols: tuple[str, ...]
    days: Days
    numbers: Mapping[str, Mapping[str, Column]]
    paths: Mapping[str, Path]

    @cached_property
    def bars(self) -> xr.Dataset:
        """The bars as `load_bars` gives them: dims (time, symbol)."""
        values = {
            name: np.column_stack([self.numbers[symbol][name] for symbol in self.symbols])
            for name in OHLCV
        }
        return panel_of_arrays(
            times=self.days.astype("datetime64[ns]"),
            symbols=self.symbols,
            values=values,
            calendar=CALENDAR,
            currency="USD",
            attrs={
                "dataset": f"synthetic-{type(self.process).__name__.lower()}",
                "adjust": Adjust.NONE.value,
                "timeframe": "1d",
                "survivorship": SURVIVORSHIP,
                "lake_version": None,
                "synthetic": True,
            },
        )

    @cached_property
    def truth(self) -> pd.DataFrame:
        """What was known at the close before each session, by time and symbol.

        Columns: ``expected_return`` (mean of the simple return), ``volatility`` (its standard
        deviation, for a year) and ``state`` (as the process says).
        """
        parts = {
            symbol: pd.DataFrame(
                {
                    "expected_return": path.expected,
                    "volatility": np.sqrt(path.variance / STEP),
                    "state": path.state,
                },
                index=pd.DatetimeIndex(self.days.astype("datetime64[ns]")),
            )
            for symbol, path in self.paths.items()
        }
        return pd.concat(parts, names=["symbol", "time"]).swaplevel().sort_index()

    @cached_property
    def attainable(self) -> pd.DataFrame:
        """The best that who knows the process can do in these sessions, by symbol.

        Columns: ``holding_sharpe``, ``attainable_sharpe`` (both of a year, without interest and
        costs; of a pair, trading both legs) and ``attainable_r2`` (of simple returns).
        """
        rows = {
            symbol: {
                "holding_sharpe": sharpe_of_holding(path),
                "attainable_sharpe": self._attainable(symbol),
                "attainable_r2": r_squared(path),
            }
            for symbol, path in self.paths.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("symbol")

    def _attainable(self, symbol: str) -> float:
        if not isinstance(self.process, Pair):
            return attainable(self.paths[symbol])
        legs = [self.paths[symbol[:-1] + leg] for leg in "AB"]
        return attainable_of_pair(legs, self.process.covariance(legs))


def simulate(
    process: str | Process = "gbm",
    symbols: int = 1,
    sessions: int = 1000,
    *,
    start: str | dt.date = "2015-01-02",
    seed: int = 0,
) -> Synthetic:
    """Draw series of a process, with their truth.

    Parameters
    ----------
    process : str or Process
        A name of `PROCESSES`, or a process with numbers of one's own, such as
        ``Heston(wildness=1.0)``.
    symbols : int
        How many series; of a pair, how many pairs.
    sessions : int
        How many bars each has.
    start : str or date
        The first session is this day or the next one after it.
    seed : int
        Another seed draws other series. With the same seed a series of other numbers has the
        same shocks.

    Returns
    -------
    Synthetic
        With ``bars``, ``truth`` and ``attainable``. With the numbers as they come, the bars are
        those of `SyntheticSource`.

    Raises
    ------
    UnknownName
        If there is no such process.
    OutOfRange
        If the calendar does not reach so far.
    """
    made = process if isinstance(process, Process) else made_process(process)
    days = all_days()
    first = int(np.searchsorted(days, np.datetime64(start, "D")))
    if not 1 <= sessions <= len(days) - first or np.datetime64(start, "D") < days[0]:
        cure = f"There are {len(days)} sessions from {days[0]} to {days[-1]}"
        raise OutOfRange("The period", f"{sessions} sessions from {start}", cure=cure)
    cut = slice(first, first + sessions)
    numbers, paths = {}, {}
    for symbol, one in _series(made, symbols):
        _, columns, path = drawn(symbol, one, seed)
        numbers[symbol] = {name: column[cut] for name, column in columns.items()}
        paths[symbol] = Path(**{name: column[cut] for name, column in vars(path).items()})
    return Synthetic(made, seed, tuple(numbers), days[cut], numbers, paths)


def made_process(name: str, **parameters: float) -> Process:
    """A process by its name, with some numbers of one's own.

    Parameters
    ----------
    name : str
        One of `PROCESSES`.
    **parameters : float
        By the names that the process has; the others stay as they come.

    Returns
    -------
    Process

    Raises
    ------
    UnknownName
        If there is no such process or parameter.
    OutOfRange
        If a number is outside its bounds.
    """
    if name not in PROCESSES:
        raise UnknownName("process", name, PROCESSES)
    kind = PROCESSES[name]
    known = {one.name for one in numbers_of(kind)}
    for parameter in parameters:
        if parameter not in known:
            raise UnknownName(f"parameter of {name}", parameter, known)
    return kind(**parameters)


def _series(process: Process, count: int) -> Iterator[tuple[str, Process]]:
    for number in range(1, count + 1):
        symbol = f"{process.code}-{number}"
        if isinstance(process, Pair):
            yield f"{symbol}A", replace(process, leg="A")
            yield f"{symbol}B", replace(process, leg="B")
        else:
            yield symbol, process
