"""From a cut that moved the past to the bar, the row and the column, by bisection."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.validation.leaks.futures import Future, spiked
from workbench.validation.leaks.hunting import WILD
from workbench.validation.leaks.probing import Bent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.validation.leaks.hunting import Hit
    from workbench.validation.leaks.outputs import Moved
    from workbench.validation.leaks.probing import Probe
    from workbench.validation.leaks.tables import Column

__all__ = ["Source", "Trace", "first_bar", "traced"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Source:
    """A row of the data.

    Parameters
    ----------
    table : int
        The number of its table.
    row : int
        Its number there.
    bar : int
        The first bar at which it is known.
    """

    table: int
    row: int
    bar: int


@dataclass(frozen=True)
class Trace:
    """What moves one value.

    Parameters
    ----------
    bar : int
        The bar of the value.
    time : datetime64 or int
        Its stamp.
    output : str
        Its column.
    before, after : float
        The value, and what another future made of it.
    future : Future
        Which future moved it.
    nearest, farthest : Source or None
        The first and the last later row that move it; None where no number does, only how
        many bars there are.
    column : Column or None
        The column of `nearest`; None where it takes several.
    """

    bar: int
    time: Any
    output: str
    before: float
    after: float
    future: Future
    nearest: Source | None = None
    farthest: Source | None = None
    column: Column | None = None

    @property
    def reach(self) -> int:
        """How many bars later the last row that moves it is known."""
        return self.farthest.bar - self.bar if self.farthest else 0


def first_bar(probe: Probe, hit: Hit) -> int:
    """The first bar whose value another future moves, by bisection between two cuts."""
    first = _first_moved(probe, hit.future, hit.clean, hit.bar)
    for wild in () if hit.future is Future.CUT else (Future.SCALED, Future.SUNK):
        first = _first_moved(probe, wild, -1, first)  # what one future left alone another moves
    return first


def _first_moved(probe: Probe, future: Future, low: int, high: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        found = probe.moved(probe.future(future, middle), middle)
        if found:
            high = min(middle, max(0, int(probe.position(found.times[0]))))
        else:
            low = middle
    return high


def traced(probe: Probe, bar: int, future: Future, *, whole: bool = False) -> Trace | None:
    """What moves the value of one bar.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    bar : int
        Whose value.
    future : Future
        The one that is tried first.
    whole : bool
        Look for the nearest row and its column too, not only for the farthest.

    Returns
    -------
    Trace or None
        None if nothing later moves it.
    """
    later = probe.later(bar)
    for kind in dict.fromkeys((future, Future.WALKED, *WILD)):
        found = _own(probe, probe.moved(probe.future(kind, bar), bar), bar)
        if found is None:
            continue
        time, output, before, after = found
        trace = Trace(bar, time, output, before, after, kind)
        searches = _Search.all_of(probe, trace, later)
        return _farthest_of(searches, trace, whole=whole) if searches else trace
    return None


def _own(probe: Probe, found: Moved, bar: int) -> tuple[Any, str, float, float] | None:
    """The first moved value that belongs to this bar."""
    own = np.flatnonzero(np.maximum(probe.position(found.times), 0) == bar) if found else ()
    places = [int(place) for place in own]
    if not places:
        return None
    at = places[0]
    return found.times[at], found.columns[at], float(found.before[at]), float(found.after[at])


class _Search:
    """The later rows in the order in which they become known, with numbers that move a value."""

    def __init__(self, probe: Probe, trace: Trace, later: Sequence[Mask], values: Any) -> None:
        self._probe = probe
        self._trace = trace
        self._values: tuple[Floats, ...] = values
        rows = [(number, np.flatnonzero(mask)) for number, mask in enumerate(later)]
        tables = np.concatenate([np.full(len(some), number) for number, some in rows])
        places = np.concatenate([some for _, some in rows])
        bars = np.concatenate([probe.bar_of(number)[some] for number, some in rows])
        order = np.lexsort([places, tables, bars])
        self._tables, self._places, self._bars = tables[order], places[order], bars[order]

    @classmethod
    def all_of(cls, probe: Probe, trace: Trace, later: Sequence[Mask]) -> list[_Search]:
        """Searches with numbers that move the value: far above and far below, or at least others.

        Where values go missing these are it.
        """
        tables = probe.tables
        spikes = [tuple(spiked(one, up=up) for one in tables) for up in (True, False)]
        holes = trace.future is Future.HOLES
        missing = [tuple(np.full_like(one.values, np.nan) for one in tables)] if holes else []
        for some in (missing, spikes):
            made = [cls(probe, trace, later, values) for values in some]
            if found := [search for search in made if search.moves(0, len(search))]:
                return found
        if trace.future is Future.CUT:
            return []
        other = cls(probe, trace, later, probe.future(trace.future, trace.bar).values)
        return [other] if other.moves(0, len(other)) else []

    def __len__(self) -> int:
        return len(self._places)

    def moves(self, first: int, last: int, columns: Mask | None = None, table: int = -1) -> bool:
        """Whether rows `first` to `last` (excluded) of the order move the value."""
        masks = [np.zeros(len(one.times), dtype=bool) for one in self._probe.tables]
        for number, mask in enumerate(masks):
            chosen = slice(first, last)
            mask[self._places[chosen][self._tables[chosen] == number]] = True
        values = []
        for number, (own, mask) in enumerate(zip(self._probe.tables, masks, strict=True)):
            made = own.values.copy()
            some = columns if number == table and columns is not None else slice(None)
            places = np.ix_(mask, some) if isinstance(some, np.ndarray) else mask
            made[places] = self._values[number][places]
            values.append(made)
        bent = Bent(tuple(values), (None,) * len(values))
        found = self._probe.moved(bent, self._trace.bar)
        own = (found.times == self._trace.time) & (found.columns == self._trace.output)
        return bool(np.any(own))

    def farthest(self) -> int:
        """The last row with which a stretch to the end still moves the value."""
        count = len(self)
        return _first_true(0, count - 1, lambda at: not self.moves(at + 1, count))

    def nearest(self) -> int:
        """The last row of the shortest stretch from the bar on that moves the value."""
        return _first_true(0, len(self) - 1, lambda at: self.moves(0, at + 1))

    def source(self, at: int) -> Source:
        return Source(int(self._tables[at]), int(self._places[at]), int(self._bars[at]))

    def column(self, at: int) -> Column | None:
        """The column of a row that moves the value; that of the output's own symbol first."""
        number = int(self._tables[at])
        table = self._probe.tables[number]
        first = at if self.moves(at, at + 1) else 0

        def moved_by(chosen: list[int]) -> bool:
            mask = np.zeros(len(table.columns), dtype=bool)
            mask[chosen] = True
            return self.moves(first, at + 1, mask, number)

        for field in dict.fromkeys(column.field for column in table.columns):
            own = [n for n, column in enumerate(table.columns) if column.field == field]
            own.sort(key=lambda n: not self._is_of_output(table.columns[n]))
            if moved_by(own):
                if moved_by(own[:1]):
                    return table.columns[own[0]]
                return table.columns[
                    own[_first_true(0, len(own) - 1, functools.partial(_first_move, moved_by, own))]
                ]
        return None

    def _is_of_output(self, column: Column) -> bool:
        name = column.symbol or column.field
        return name in self._trace.output.split()


def _farthest_of(searches: list[_Search], trace: Trace, *, whole: bool) -> Trace:
    last = max(search.farthest() for search in searches)
    made = replace(trace, farthest=searches[0].source(last))
    if not whole:
        return made
    near, search = min(((one.nearest(), one) for one in searches), key=lambda pair: pair[0])
    return replace(made, nearest=search.source(near), column=search.column(near))


def _first_true(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number in [low, high] from which on it holds; `high` is taken to hold."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _first_move(moved_by: Any, own: Any, last: int) -> bool:
    """Whether the first of the columns, up to this one, move the output."""
    return bool(moved_by(own[: last + 1]))
