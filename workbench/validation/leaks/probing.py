"""Calls a function on other futures and says what they moved in its past."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.errors import Cancelled, InvalidInput, WorkbenchError
from workbench.validation.leaks.futures import Future, changed_after
from workbench.validation.leaks.outputs import TOLERANCES, Codes, Moved, moved, read_answer
from workbench.validation.leaks.surroundings import frames_held, fresh, reset_randomness
from workbench.validation.leaks.tables import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.validation.leaks.outputs import Answer

__all__ = ["Bent", "Probe"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LARGE = 1_000_000
"""Numbers of a table beyond which fewer calls are made: 100 symbols over ten thousand bars."""
_NOTHING = Moved(np.empty(0, "datetime64[ns]"), np.empty(0, dtype=object), np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Bent:
    """Other numbers for every table.

    Parameters
    ----------
    values : tuple of ndarray
        For each table, in the order of `Probe.tables`.
    keep : tuple of ndarray of bool or None
        The rows that are left; None keeps all.
    """

    values: tuple[Floats, ...]
    keep: tuple[Mask | None, ...]


class Probe:
    """A function, the bars it is asked about and the tables it holds.

    Parameters
    ----------
    function : callable
        Takes a frame like `bars`.
    bars : frame or ndarray
        As `read_table` takes them.
    seed : int
        Decides the other futures.
    told : callable
        Called with the number of calls made, after each.

    Attributes
    ----------
    clock : ndarray, shape (bars,)
        The distinct times of the bars.
    tables : tuple of Table
        The bars first, then every table of the function that has times.
    base : list of Table
        What the function answers on the bars as they are.
    """

    def __init__(
        self, function: Callable[[Any], Any], bars: Any, *, seed: int, told: Callable[[int], None]
    ) -> None:
        self._function = function
        self._held_frame = bars
        self._seed = seed
        self._told = told
        self._restore = reset_randomness()
        self._codes = Codes()
        own = read_table(bars)
        self.clock, first = np.unique(own.times, return_index=True)
        self._known = np.maximum.accumulate(_latest(own, self.clock, first))
        self.held = {n: one for n, one in frames_held(function).items() if one is not bars}
        self._frames: dict[str, Any] = {}
        self.tables = (own, *self._dated(own))
        self.calls = 0
        self.failures: list[str] = []
        self.base: Answer = []
        self.tolerance = TOLERANCES["float64"]

    def ask(self) -> Answer:
        """Ask about the bars as they are.

        Returns
        -------
        list of Table
            What the function answers.

        Raises
        ------
        InvalidInput
            If the function raises.
        """
        whole = Bent(tuple(t.values for t in self.tables), (None,) * len(self.tables))
        try:
            made = self._call(whole)
        except WorkbenchError:
            raise
        except Exception as error:
            raise InvalidInput(
                f"The function raised {type(error).__name__}: {error}",
                seen=getattr(self._function, "__name__", type(self._function).__name__),
                cure="Call it on these bars first; check_leaks needs a function that works on them",
            ) from error
        if _is_single(made):
            self.tolerance = TOLERANCES["float32"]
        return read_answer(made, self.clock, self._codes)

    def later(self, cut: int) -> tuple[Mask, ...]:
        """For each table the rows that nobody knows yet at bar number `cut`."""
        own = self.tables[0].times > self.clock[cut]
        return (own, *(table.known > self._now(table, cut) for table in self.tables[1:]))

    def future(self, kind: Future, cut: int) -> Bent:
        """The tables with another future after bar number `cut`."""
        later = self.later(cut)
        if kind is Future.CUT:
            return Bent(tuple(t.values for t in self.tables), tuple(~one for one in later))
        drawn = [
            np.random.default_rng([self._seed, cut, list(Future).index(kind), number])
            for number in range(len(self.tables))
        ]
        values = [
            changed_after(kind, table, mask, rng)
            for table, mask, rng in zip(self.tables, later, drawn, strict=True)
        ]
        return Bent(tuple(values), (None,) * len(values))

    def moved(self, bent: Bent, until: int) -> Moved:
        """What other numbers move at or before bar number `until`; nothing if it raises."""
        try:
            made = self._call(bent)
            keep = bent.keep[0]
            clock = self.clock if keep is None else np.unique(self.tables[0].times[keep])
            answer = read_answer(made, clock, self._codes)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001  a strange future may break it; that is counted
            self.failures.append(f"{type(error).__name__}: {error}")
            return _NOTHING
        return moved(self.base, answer, self.clock[until], tolerance=self.tolerance)

    def answered_after(self, bar: int) -> int:
        """For how many times after a bar it gives the same values without the later bars."""
        bent = self.future(Future.CUT, bar)
        try:
            answer = read_answer(self._call(bent), self.clock[: bar + 1], self._codes)
        except Cancelled:
            raise
        except Exception:  # noqa: BLE001  it may need more bars; the other calls count that
            return 0
        return sum(
            len(np.intersect1d(one.times[one.times > self.clock[bar]], other.times))
            for one, other in zip(answer, self.base, strict=False)
            if not moved(
                [_after(other, self.clock[bar])], [_after(one, self.clock[bar])],
                self.clock[-1], tolerance=self.tolerance,
            )
        )  # fmt: skip

    @property
    def is_large(self) -> bool:
        """Whether a call takes long enough to be sparing with."""
        return self.tables[0].values.size > LARGE

    def position(self, times: Any) -> Any:
        """The number of the bar at which something with this stamp is known."""
        return np.searchsorted(self.clock, times, side="right") - 1

    def moment(self, bar: int) -> Any:
        """When a bar is known."""
        return self._known[bar]

    def bar_of(self, number: int) -> npt.NDArray[np.int64]:
        """For each row of a table the first bar at which it is known."""
        table = self.tables[number]
        if number == 0:
            bars: npt.NDArray[np.int64] = np.searchsorted(self.clock, table.times)
            return bars
        same = np.array_equal(table.known, self._stamps)
        return np.searchsorted(self.clock if same else self._known, table.known)

    def finish(self) -> None:
        """Bring back the global random states."""
        self._restore()

    def _call(self, bent: Bent) -> Any:
        self._restore()
        frames = [
            table.remake(values, keep)
            for table, values, keep in zip(self.tables, bent.values, bent.keep, strict=True)
        ]
        swaps = {id(self._held_frame): frames[0]}
        for table, frame in zip(self.tables[1:], frames[1:], strict=True):
            swaps[id(self._frames[table.name])] = frame
        self.calls += 1
        self._told(self.calls)
        function = fresh(self._function, swaps)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # a strange future may divide by zero
            return function(frames[0])

    def _dated(self, own: Table) -> list[Table]:
        """The tables held whose rows have times, or are as many as the bars."""
        found = []
        for name, frame in self.held.items():
            try:
                table = read_table(frame, name)
            except Exception:  # noqa: BLE001, S112  a frame that is no table along time
                continue
            if table.times.dtype.kind == "i" and own.times.dtype.kind == "M":
                if len(table.times) != len(own.times):
                    continue
                table = Table(name, own.times, own.times, table.columns, table.values, table.remake)
            if table.times.dtype.kind == own.times.dtype.kind:
                self._frames[name] = frame
                found.append(table)
        return found

    def _now(self, table: Table, cut: int) -> Any:
        """The last moment, on a table's own clock, that is known at a bar."""
        return self.clock[cut] if np.array_equal(table.known, self._stamps) else self._known[cut]

    @property
    def _stamps(self) -> npt.NDArray[Any]:
        return self.tables[0].times


def _latest(own: Table, clock: npt.NDArray[Any], first: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """When each bar is known."""
    if len(clock) == len(own.times):
        firsts: npt.NDArray[Any] = own.known[first]
        return firsts
    known: npt.NDArray[Any] = pd.Series(own.known).groupby(own.times).max().to_numpy()
    return known


def _after(table: Table, time: Any) -> Table:
    """The rows of a table after a time."""
    keep = table.times > time
    return Table(
        table.name, table.times[keep], table.known[keep], table.columns, table.values[keep],
        table.remake,
    )  # fmt: skip


def _is_single(made: Any) -> bool:
    return str(getattr(made, "dtype", "")) == "float32"
