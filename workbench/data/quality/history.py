"""The bars of one symbol, as the checks look at them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data.quality.findings import Check, Finding, Severity
from workbench.data.quality.hours import local_days
from workbench.data.quality.robust import local_scale
from workbench.domain import OHLCV, Timeframe

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Instants = npt.NDArray[np.datetime64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["PRICES", "Actions", "History", "spans"]

PRICES = OHLCV[:4]
LEAST_SIGMA = 1e-4


@dataclass(frozen=True)
class Actions:
    """The corporate actions of one symbol.

    Parameters
    ----------
    days : frozenset of numpy.datetime64
        Every ex-date (datetime64[D]).
    splits : dict
        Ex-date → new shares for one old share.
    """

    days: frozenset[Any] = frozenset()
    splits: Mapping[Any, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class History:
    """The bars of one symbol in order of time.

    Parameters
    ----------
    symbol : str
        Whose they are.
    timeframe : Timeframe
        The length of a bar.
    calendar : str
        When its exchange is open.
    times : numpy.ndarray of datetime64[ns], shape (bars,)
        Sorted; session dates, or starts of intraday bars in naive UTC. A time can be there twice.
    fields : dict
        Those of `OHLCV` that the source has → values, shape (bars,), NaN where missing.
    adjust : str
        As ``attrs["adjust"]`` of a Dataset of bars.
    actions : Actions
        Those that are known.
    known_at, recorded_at : numpy.ndarray of datetime64[ns], optional
        When each row became known (NaT: in its own time) and was written.
    stands_for : tuple of numpy.ndarray, optional
        Of a session of intraday bars: its first and last bar, and how many it has.
    """

    symbol: str
    timeframe: Timeframe
    calendar: str
    times: Instants
    fields: Mapping[str, Floats]
    adjust: str = "none"
    actions: Actions = field(default_factory=Actions)
    known_at: Instants | None = None
    recorded_at: Instants | None = None
    stands_for: tuple[Instants, Instants, npt.NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        return len(self.times)

    @property
    def prices(self) -> dict[str, Floats]:
        """The price fields that the source has."""
        return {name: self.fields[name] for name in PRICES if name in self.fields}

    @cached_property
    def logs(self) -> dict[str, Floats]:
        """The price fields as natural logarithms; NaN where there is no positive price."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return {
                name: np.where(values > 0, np.log(values), np.nan)
                for name, values in self.prices.items()
            }

    @cached_property
    def returns(self) -> Floats:
        """Log returns from close to close, shape (bars,); the first is NaN."""
        return np.diff(self.logs["close"], prepend=np.nan)

    @cached_property
    def sigma(self) -> Floats:
        """How the closes move around each bar when they move, shape (bars,); never zero."""
        moved = np.where(self.returns == 0, np.nan, self.returns)
        return np.maximum(np.nan_to_num(local_scale(moved)), LEAST_SIGMA)

    @cached_property
    def days(self) -> Instants:
        """The date of each bar where its exchange is, datetime64[D]."""
        if self.timeframe.is_intraday:
            return local_days(self.times, self.calendar)
        return self.times.astype("datetime64[D]")

    @cached_property
    def by_session(self) -> History:
        """The same history with one bar for each session."""
        if not self.timeframe.is_intraday or not len(self):
            return self
        how = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
        frame = pd.DataFrame(dict(self.fields)).groupby(self.days)
        daily = frame.agg({name: how[name] for name in self.fields})
        edges = pd.Series(self.times).groupby(self.days).agg(["min", "max", "size"])
        first, last = (edges[name].to_numpy("datetime64[ns]") for name in ("min", "max"))
        return replace(
            self,
            timeframe=Timeframe(1, "d"),
            times=daily.index.to_numpy("datetime64[ns]"),
            fields={name: daily[name].to_numpy(np.float64) for name in self.fields},
            known_at=None,
            recorded_at=None,
            stands_for=(first, last, edges["size"].to_numpy()),
        )

    def where(self, mask: Mask) -> History:
        """The bars at which `mask`, shape (bars,), holds; the history itself if it is all."""
        if mask.all():
            return self
        also = {
            name: values[mask]
            for name in ("known_at", "recorded_at")
            if (values := getattr(self, name)) is not None
        }
        if self.stands_for is not None:
            also["stands_for"] = tuple(values[mask] for values in self.stands_for)
        fields = {name: values[mask] for name, values in self.fields.items()}
        return replace(self, times=self.times[mask], fields=fields, **also)

    def finding(
        self, check: Check, severity: Severity, first: int, last: int, **said: Any
    ) -> Finding:
        """A finding on the bars from place `first` to place `last`, both included."""
        if self.stands_for is None:
            span, bars = (self.times[first], self.times[last]), last - first + 1
        else:
            starts, ends, sizes = self.stands_for
            span, bars = (starts[first], ends[last]), int(sizes[first : last + 1].sum())
        return self.absence(check, severity, span, bars, **said)

    def absence(
        self,
        check: Check,
        severity: Severity,
        span: tuple[np.datetime64, np.datetime64],
        bars: int,
        **said: Any,
    ) -> Finding:
        """A finding on `bars` bars of a span of time, which need not be there."""
        return Finding(
            check=check,
            severity=severity,
            symbol=self.symbol,
            start=_as_datetime(span[0]),
            end=_as_datetime(span[1]),
            bars=bars,
            **said,
        )


def spans(mask: Mask) -> list[tuple[int, int]]:
    """First and last place, both included, of each run in which a mask holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(stop) - 1) for first, stop in edges.reshape(-1, 2)]


def _as_datetime(stamp: np.datetime64) -> Any:
    return stamp.astype("datetime64[us]").item()
