"""Trades, quotes and depth as one stream in time order, in whole ticks and lots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.errors import InvalidInput, NoData, UnusableFrame
from workbench.market.rounding import in_steps
from workbench.market.venue.layout import (
    AMOUNT,
    AT,
    CLEAR,
    CODE,
    DEPTH,
    KIND_BITS,
    KIND_MASK,
    QUOTE,
    RECEIVED,
    SIDE_BITS,
    SIDE_MASK,
    TIME,
    TRADE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Events", "code"]

Whole = npt.NDArray[np.int64]
Steps = "Mapping[str, Any] | Any"
_SIDES = {"buy": 1, "bid": 1, "sell": -1, "ask": -1}


def code(kind: Any, side: Any, symbol: Any) -> Any:
    """What an event is, in one number; arrays make arrays.

    Parameters
    ----------
    kind : int or ndarray
        `TRADE`, `QUOTE`, `DEPTH` or `CLEAR`.
    side : int or ndarray
        1: a buyer took, or the bid; −1: a seller took, or the ask; 0: not known.
    symbol : int or ndarray
        Its number.

    Returns
    -------
    int or ndarray
        The code.
    """
    return kind | ((side + 1) << KIND_BITS) | (symbol << (KIND_BITS + SIDE_BITS))


@dataclass(frozen=True, repr=False)
class Events:
    """A stream of market data.

    Parameters
    ----------
    rows : ndarray of int64, shape (events, 5)
        Time and receive time in nanoseconds, `code`, price in ticks, size in lots; sorted by
        time. A stream arrives in order: a receive time that is earlier than the one before
        it counts as that one.
    symbols : tuple of str
        Their order is their number.
    ticks, lots : tuple of float
        Of each symbol.
    """

    rows: Whole
    symbols: tuple[str, ...]
    ticks: tuple[float, ...]
    lots: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.rows):
            raise NoData("There are no events", cure="Give trades, quotes or depth")
        if self.rows.dtype != np.int64 or self.rows.shape[1:] != (5,):
            raise UnusableFrame(
                "Events are rows of five whole numbers",
                seen=f"{self.rows.dtype} {self.rows.shape}",
                cure="Make them with Events.of(trades=…, quotes=…, depth=…)",
            )
        back = np.flatnonzero(np.diff(self.rows[:, TIME]) < 0)
        if back.size:
            raise UnusableFrame(
                "Events are not in time order",
                seen=f"row {back[0] + 1}",
                cure="Sort them by time; those of one instant keep their order",
            )
        received = np.maximum.accumulate(self.rows[:, RECEIVED])
        if (received < self.rows[:, TIME]).any():
            row = int(np.argmax(received < self.rows[:, TIME]))
            raise UnusableFrame(
                "An event is received before it happens",
                seen=f"row {row}",
                cure="Shift the receive times by the difference of the two clocks",
            )
        if (received != self.rows[:, RECEIVED]).any():
            rows = self.rows.copy()
            rows[:, RECEIVED] = received
            object.__setattr__(self, "rows", rows)

    @classmethod
    def of(
        cls,
        *,
        trades: pd.DataFrame | None = None,
        quotes: pd.DataFrame | None = None,
        depth: pd.DataFrame | None = None,
        tick: Mapping[str, Any] | Any,
        lot: Mapping[str, Any] | Any = 1,
    ) -> Self:
        """Merge tables into one stream.

        Parameters
        ----------
        trades : DataFrame, optional
            ``symbol, time, price, size``; ``side`` (``buy`` or ``sell``) says who took.
        quotes : DataFrame, optional
            ``symbol, time, bid, bid_size, ask, ask_size``; an empty side is missing. Only
            the sides that change are kept.
        depth : DataFrame, optional
            ``symbol, time, side, price, size``: the size that a level has now, 0 removes it; a
            missing price empties the side. A symbol has quotes or depth, not both.
        tick, lot : number, str, Decimal or mapping of symbol to one
            The steps of prices and sizes.

        Returns
        -------
        Events
            Sorted by time; at one instant trades come before quotes and quotes before
            depth, and within a table the rows keep their order.

        Raises
        ------
        NoData
            If there is no row.
        UnusableFrame
            If a column is missing, or a symbol has both quotes and depth.
        InvalidInput
            If a price or size is no multiple of its step.

        Notes
        -----
        ``time`` is a timestamp (UTC without a zone) or whole nanoseconds since 1970, and
        ``nanosecond``, where there is one, what a microsecond cannot hold. ``received``, in
        the same form, is when it arrived; without it `Latency.feed` says.
        """
        tables = {"trades": trades, "quotes": quotes, "depth": depth}
        given = {name: table for name, table in tables.items() if table is not None and len(table)}
        if not given:
            raise NoData("There are no events", cure="Give trades, quotes or depth")
        for name, table in given.items():
            _has_columns(name, table)
        if "quotes" in given and "depth" in given:
            both = set(given["quotes"]["symbol"]) & set(given["depth"]["symbol"])
            if both:
                raise UnusableFrame(
                    "A symbol has both quotes and depth",
                    seen=", ".join(sorted(map(str, both))),
                    cure="Give one of them; depth says more",
                )
        symbols = tuple(sorted({str(one) for table in given.values() for one in table["symbol"]}))
        steps = [(_step_of(tick, one), _step_of(lot, one)) for one in symbols]
        numbers = pd.Index(symbols)
        parts = [
            _MAKERS[name](table, numbers.get_indexer(table["symbol"].astype(str)), steps)
            for name, table in given.items()
        ]
        rows = np.concatenate(parts)
        rows = rows[np.argsort(rows[:, TIME], kind="stable")]
        return cls(
            np.ascontiguousarray(rows),
            symbols,
            tuple(float(one) for one, _ in steps),
            tuple(float(one) for _, one in steps),
        )

    def delayed(self, feed: Whole) -> Events:
        """The stream with other receive times: each event `feed` nanoseconds after it happened.

        Parameters
        ----------
        feed : ndarray of int64
            Used in turn.

        Returns
        -------
        Events
            Received in order.
        """
        rows = self.rows.copy()
        rows[:, RECEIVED] = rows[:, TIME] + np.resize(feed, len(rows))
        return Events(rows, self.symbols, self.ticks, self.lots)

    def to_frame(self) -> pd.DataFrame:
        """The stream as a table, in prices and sizes.

        Returns
        -------
        pandas.DataFrame
            ``time, received, symbol, kind, side, price, size``.
        """
        codes = self.rows[:, CODE]
        number = codes >> (KIND_BITS + SIDE_BITS)
        return pd.DataFrame(
            {
                "time": pd.to_datetime(self.rows[:, TIME]),
                "received": pd.to_datetime(self.rows[:, RECEIVED]),
                "symbol": np.array(self.symbols, dtype=object)[number],
                "kind": np.array(["trade", "quote", "depth", "clear"], dtype=object)[
                    codes & KIND_MASK
                ],
                "side": ((codes >> KIND_BITS) & SIDE_MASK) - 1,
                "price": self.rows[:, AT] * np.array(self.ticks)[number],
                "size": self.rows[:, AMOUNT] * np.array(self.lots)[number],
            }
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        first, last = (pd.Timestamp(int(self.rows[at, TIME])) for at in (0, -1))
        return f"<{len(self):,} events of {', '.join(self.symbols)}, {first} to {last}>"


def _has_columns(name: str, table: pd.DataFrame) -> None:
    missing = [column for column in _COLUMNS[name] if column not in table]
    if missing:
        raise UnusableFrame(
            f"The {name} lack columns",
            seen=", ".join(missing),
            cure=f"Give {', '.join(_COLUMNS[name])}",
        )


def _step_of(given: Any, symbol: str) -> Any:
    if not hasattr(given, "keys"):
        return given
    if symbol not in given:
        raise InvalidInput("A symbol has no tick or lot", seen=symbol, cure="Name every symbol")
    return given[symbol]


def _nanoseconds(table: pd.DataFrame, name: str) -> Whole:
    column = table[name]
    if column.dtype.kind == "i":
        return np.asarray(column, dtype=np.int64)
    times = pd.DatetimeIndex(column)
    times = times if times.tz is None else times.tz_convert(None)
    if times.hasnans:
        raise UnusableFrame("An event has no time", seen=name, cure="Drop it, or give its time")
    made: Whole = times.as_unit("ns").asi8
    extra = "nanosecond" if name == "time" else "received_nanosecond"
    return made + table[extra].to_numpy(dtype=np.int64) if extra in table else made


def _rows(table: pd.DataFrame, codes: Whole, price: Whole, size: Whole) -> Whole:
    made = np.empty((len(table), 5), dtype=np.int64)
    made[:, TIME] = _nanoseconds(table, "time")
    made[:, RECEIVED] = _nanoseconds(table, "received") if "received" in table else made[:, TIME]
    made[:, CODE], made[:, AT], made[:, AMOUNT] = codes, price, size
    return made


def _numbers(column: pd.Series) -> pd.Series:
    """Floats; 0 where a value is missing."""
    return column.astype(np.float64).fillna(0.0)


def _in_steps(values: Any, number: Whole, steps: list[tuple[Any, Any]], what: str) -> Whole:
    made = np.zeros(len(number), dtype=np.int64)
    values = np.asarray(values, dtype=np.float64)
    for symbol, both in enumerate(steps):
        rows = number == symbol
        made[rows] = in_steps(values[rows], both[what != "price"], what)
    return made


def _trades(table: pd.DataFrame, number: Whole, steps: list[tuple[Any, Any]]) -> Whole:
    side = _sides(table["side"]) if "side" in table else np.zeros(len(table), dtype=np.int64)
    price = _in_steps(table["price"], number, steps, "price")
    size = _in_steps(table["size"], number, steps, "size")
    return _rows(table, code(TRADE, side, number), price, size)


def _depth(table: pd.DataFrame, number: Whole, steps: list[tuple[Any, Any]]) -> Whole:
    empty = table["price"].isna().to_numpy()
    price = _in_steps(_numbers(table["price"]), number, steps, "price")
    size = _in_steps(_numbers(table["size"]), number, steps, "size")
    kind = np.where(empty, CLEAR, DEPTH)
    return _rows(table, code(kind, _sides(table["side"]), number), price, size)


def _quotes(table: pd.DataFrame, number: Whole, steps: list[tuple[Any, Any]]) -> Whole:
    """Two rows a quote, of which those that say something new are kept, in the order given."""
    halves = []
    for side, name in ((1, "bid"), (-1, "ask")):
        price = _in_steps(_numbers(table[name]), number, steps, "price")
        size = _in_steps(_numbers(table[f"{name}_size"]), number, steps, "size")
        size[table[name].isna().to_numpy()] = 0
        halves.append(_rows(table, code(QUOTE, np.int64(side), number), price, size))
    made = np.stack(halves, axis=1)
    kept = np.ones(made.shape[:2], dtype=bool)
    for symbol in np.unique(number):
        own = np.flatnonzero(number == symbol)
        same = (np.diff(made[own][:, :, [AT, AMOUNT]], axis=0) == 0).all(axis=2)
        kept[own[1:]] = ~same
    rows: Whole = made[kept]
    return rows


def _sides(column: pd.Series) -> Whole:
    if column.dtype.kind == "i":
        return np.sign(np.asarray(column, dtype=np.int64))
    known = column.astype(str).str.lower().map(_SIDES)
    return np.asarray(known.fillna(0), dtype=np.int64)


_COLUMNS = {
    "trades": ("symbol", "time", "price", "size"),
    "quotes": ("symbol", "time", "bid", "bid_size", "ask", "ask_size"),
    "depth": ("symbol", "time", "side", "price", "size"),
}
_MAKERS = {"trades": _trades, "quotes": _quotes, "depth": _depth}
