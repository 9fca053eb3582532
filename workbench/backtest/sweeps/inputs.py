"""The inputs of a step, each computed once for every value of the parameters that it reads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput
from workbench.strategies.stepping import laid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import xarray as xr

    from workbench.backtest.sweeps.space import Space
    from workbench.strategies.declaration import Strategy

__all__ = ["InputTables"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_BYTES = 2**28
"""What the tables of one sweep may weigh together; beyond it they are made chunk by chunk."""


class InputTables:
    """Makes and remembers the tables of a step's inputs.

    Parameters
    ----------
    strategy : Strategy
        In the form ``step``.
    bars : xarray.Dataset
        With dims (time, symbol).
    space : Space
        The combinations.

    Attributes
    ----------
    computed : int
        How many times an input was computed.
    """

    def __init__(self, strategy: Strategy, bars: xr.Dataset, space: Space) -> None:
        self.strategy = strategy
        self.bars = bars
        self.space = space
        self.computed = 0
        self._reads: dict[str, tuple[str, ...]] = {}
        first = space.point(0)
        for name in strategy.inputs:
            self._reads[name] = self._read(name, first)
        self._whole = self._all_at_once() if self._fits() else None

    def of(self, positions: Ints) -> tuple[tuple[Floats, ...], Ints]:
        """The tables for some combinations, and their rows in them.

        Parameters
        ----------
        positions : ndarray, shape (points,)
            Combinations that are possible.

        Returns
        -------
        tables : tuple of ndarray, shape (row, symbol, bar)
            One for each input.
        rows : ndarray, shape (points, input)
            The row of each point in each table; −1 where an input refuses its values.
        """
        if self._whole is not None:
            indices = self.space.indices(positions)
            rows = [
                known[_flat(indices, self._axes(name), self.space)]
                for name, (_, known) in self._whole.items()
            ]
            tables = tuple(table for table, _ in self._whole.values())
            return tables, np.stack(rows, axis=1)
        columns = self.space.columns(positions)
        made = [self._some(name, columns) for name in self.strategy.inputs]
        return tuple(table for table, _ in made), np.stack([rows for _, rows in made], axis=1)

    def _axes(self, name: str) -> list[str]:
        return [axis for axis in self.space.axes if axis in self._reads[name]]

    def _fits(self) -> bool:
        if not self.space.product:
            return False
        cell = 8 * self.bars["close"].size
        rows = sum(
            math.prod(len(self.space.axes[axis]) for axis in self._axes(name))
            for name in self.strategy.inputs
        )
        return rows * cell <= MOST_BYTES

    def _all_at_once(self) -> dict[str, tuple[Floats, Ints]] | None:
        made: dict[str, tuple[Floats, Ints]] = {}
        for name in self.strategy.inputs:
            before = None
            while before != self._reads[name]:  # an input may read more for other values
                before = self._reads[name]
                axes = {axis: self.space.axes[axis] for axis in self._axes(name)}
                grids = np.meshgrid(*axes.values(), indexing="ij")
                size = math.prod(len(values) for values in axes.values())
                columns = {axis: values.ravel() for axis, values in zip(axes, grids, strict=True)}
                made[name] = self._table(name, columns, size)
        return made if self._fits() else None

    def _some(self, name: str, columns: Mapping[str, npt.NDArray[Any]]) -> tuple[Floats, Ints]:
        """The table for the values in a chunk."""
        before = None
        while before != self._reads[name]:
            before = self._reads[name]
            read = {axis: columns[axis] for axis in self._axes(name)}
            keys = list(zip(*(values.tolist() for values in read.values()), strict=True))
            distinct = list(dict.fromkeys(keys)) if read else [()]
            place = {key: row for row, key in enumerate(distinct)}
            chosen = {
                axis: np.array([key[index] for key in distinct]) for index, axis in enumerate(read)
            }
            table, known = self._table(name, chosen, len(distinct))
        size = len(next(iter(columns.values())))
        rows = [place[key] for key in keys] if keys else [0] * size
        return table, known[np.array(rows, np.int64)]

    def _table(
        self, name: str, columns: Mapping[str, npt.NDArray[Any]], size: int
    ) -> tuple[Floats, Ints]:
        """An input for every row of `columns`; the rows that it has, −1 where it refuses."""
        lists = {axis: values.tolist() for axis, values in columns.items()}
        base = self.space.point(0)
        points = [
            _Recorder({**base, **{axis: values[row] for axis, values in lists.items()}})
            for row in range(size)
        ]
        observe = self.strategy.inputs[name]
        self.computed += size
        if hasattr(observe, "table"):
            table = np.ascontiguousarray(observe.table(self.bars, points), dtype=np.float64)
            known: Ints = np.arange(size)
        else:
            table, known = self._one_by_one(name, points)
        read = set().union(*(point.read for point in points), self._reads[name])
        self._reads[name] = tuple(sorted(read))
        return table, known

    def _one_by_one(self, name: str, points: list[_Recorder]) -> tuple[Floats, Ints]:
        close = self.bars["close"]
        table = np.empty((len(points), close.sizes["symbol"], close.sizes["time"]))
        known = np.arange(len(points))
        for row, point in enumerate(points):
            try:
                found = self.strategy.inputs[name](self.bars, point)
            except InvalidInput:
                known[row] = -1
                continue
            table[row] = laid(found, close, name, self.strategy.name)
        return table, known

    def _read(self, name: str, values: dict[str, Any]) -> tuple[str, ...]:
        """Which parameters an input reads for these values."""
        point = _Recorder(values)
        try:
            self.strategy.inputs[name](self.bars, point)
        except InvalidInput:
            return tuple(self.space.axes)
        return tuple(sorted(point.read))


class _Recorder:
    """Parameters that remember which of them were read; who takes all has read all."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        self.read.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        self.read.update(self._values)
        return iter(self._values.items())

    def model_dump(self) -> dict[str, Any]:
        """All values, as pydantic gives them."""
        return dict(self)


def _flat(indices: Mapping[str, Ints], axes: list[str], space: Space) -> Ints:
    """The row of a table that runs over some axes."""
    row: Ints = np.zeros(len(next(iter(indices.values()))), np.int64)
    for axis in axes:
        row = row * len(space.axes[axis]) + indices[axis]
    return row
