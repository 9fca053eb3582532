"""A vendor whose prices a test can change, and which fails when it is told to.

It sits inside the process: what a download makes of answers is tested with it, not how they travel.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from workbench.domain import ACTION_COLUMNS, Adjust
from workbench.errors import UnknownName
from workbench.ports import SourceFacts

__all__ = ["Clock", "Splitting", "Vendor", "moment"]


def moment(text):
    return datetime.fromisoformat(text)


class Vendor:
    """A source whose prices a test can change, and which fails when it is told to."""

    def __init__(self, name="vendor", together=1, adjust=Adjust.NONE):
        self.facts = SourceFacts(
            name=name,
            title="A vendor of tests",
            timeframes=("1d", "m"),
            licence="None.",
            survivorship="Survivors only.",
            adjust=adjust,
            symbols_per_request=together,
        )
        self.closes = {}
        self.asked = []
        self.failing = {}
        self.unknown = set()

    def put(self, symbol, first, *closes):
        """Closes of one session after the other, stamped as New York's midnight."""
        days = np.busday_offset(first, np.arange(len(closes)), roll="forward")
        for day, close in zip(days, closes, strict=True):
            self.closes[symbol, day] = close

    def bars(self, symbols, _timeframe, start, end):
        self.asked.append((tuple(symbols), start, end))
        if len(self.asked) in self.failing:
            raise self.failing[len(self.asked)]
        for symbol in symbols:
            if symbol in self.unknown:
                raise UnknownName("symbol at vendor", symbol, [])
        for symbol in symbols:
            found = {d: c for (s, d), c in self.closes.items() if s == symbol}
            stamps = [np.datetime64(d, "us") + np.timedelta64(5, "h") for d in sorted(found)]
            rows = [
                (symbol, at, close)
                for at, close in zip(stamps, (found[d] for d in sorted(found)), strict=True)
                if np.datetime64(start) <= at < np.datetime64(end)
            ]
            closes = pa.array([close for *_, close in rows], pa.float64())
            yield pa.table(
                {
                    "symbol": pa.array([name for name, *_ in rows], pa.string()),
                    "time": pa.array([at for _, at, _ in rows], pa.timestamp("us")),
                    **dict.fromkeys(("open", "high", "low", "close"), closes),
                    "volume": pa.array([1e8 / close for *_, close in rows], pa.float64()),
                }
            )


class Clock:
    def __init__(self, text):
        self.now = moment(text).replace(tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_to(self, text):
        self.now = moment(text).replace(tzinfo=UTC)


class Splitting(Vendor):
    """A vendor that divides all its prices by every split, as Yahoo does."""

    def __init__(self):
        super().__init__(adjust=Adjust.SPLITS)
        self.splits = []

    def actions(self, symbols, start, end):
        rows = [s for s in self.splits if s["symbol"] in symbols and start <= s["time"] < end]
        schema = pa.schema({name: pa.type_for_alias(k) for name, k in ACTION_COLUMNS.items()})
        yield pa.Table.from_pylist(rows, schema=schema)
