"""Which combinations there are: the product of some axes, or points one by one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.registry import checked

if TYPE_CHECKING:
    from workbench.strategies.declaration import Strategy

__all__ = ["Space", "grid_of", "points_of", "possible", "spread", "values_of"]

Columns = dict[str, npt.NDArray[Any]]
Ints = npt.NDArray[np.int64]

MOST_POINTS = 100_000_000
MOST_VALUES = 1_000_000
"""Values of one axis."""
DEFAULT_COUNT = 10
"""Values of an axis that is given by its ends only."""


@dataclass(frozen=True)
class Space:
    """Combinations of parameters, by position.

    Parameters
    ----------
    axes : mapping of str to ndarray
        Parameter → its values: the axes of a product, the last running fastest, or one value
        for each point.
    product : bool
        Whether it is a product.
    fixed : mapping
        The strategy's other parameters.
    """

    axes: Mapping[str, npt.NDArray[Any]]
    product: bool
    fixed: Mapping[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes; of points, how many there are."""
        sizes = tuple(len(values) for values in self.axes.values())
        return sizes if self.product else sizes[:1]

    @property
    def size(self) -> int:
        """How many combinations there are, the impossible ones included."""
        return math.prod(self.shape)

    @property
    def unnumbered(self) -> frozenset[str]:
        """The parameters that do not vary and are no numbers."""
        fixed = self.fixed.items()
        return frozenset(name for name, value in fixed if not isinstance(value, bool | int | float))

    @property
    def constants(self) -> dict[str, Any]:
        """The parameters that do not vary, numbers as columns of one value.

        A step is compiled for these types, and so once, whatever varies.
        """
        other = self.unnumbered
        return {
            name: value if name in other else np.array([value])
            for name, value in self.fixed.items()
        }

    def indices(self, positions: Ints) -> dict[str, Ints]:
        """Where the values of some positions stand on the axes."""
        if not self.product:
            return dict.fromkeys(self.axes, positions)
        found = np.unravel_index(positions, self.shape) if self.shape else ()
        return dict(zip(self.axes, found, strict=True))

    def columns(self, positions: Ints) -> Columns:
        """The values that vary, shape (positions,) each."""
        indices = self.indices(positions)
        return {name: values[indices[name]] for name, values in self.axes.items()}

    def varied(self, position: int) -> dict[str, Any]:
        """The parameters of one position that vary, as plain values."""
        columns = self.columns(np.array([position], np.int64))
        return {name: values.tolist()[0] for name, values in columns.items()}

    def point(self, position: int) -> dict[str, Any]:
        """All parameters of one position, as plain values."""
        return {**self.fixed, **self.varied(position)}


def grid_of(
    strategy: Strategy, grid: Mapping[str, Any], fixed: Mapping[str, Any] | None = None
) -> Space:
    """The product of some axes.

    Parameters
    ----------
    strategy : Strategy
        Whose parameters they are.
    grid : mapping
        Parameter → its values, or ``{"min": …, "max": …}`` with a ``step`` or a ``count``.
    fixed : mapping, optional
        Parameters with one value; the defaults for the others.

    Returns
    -------
    Space
        Every value checked and in its type, each once.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput
        If a parameter or a value cannot be used, or there is none.
    """
    if not grid:
        raise InvalidInput("A sweep needs a parameter that varies", cure='Give {"window": [5, 10]}')
    listed = {name: values_of(strategy, name, given) for name, given in grid.items()}
    rest = _checked(strategy, {**(fixed or {}), **{name: listed[name][0] for name in listed}})
    axes = {name: _column(strategy, name, values, rest) for name, values in listed.items()}
    made = Space(axes, True, {name: value for name, value in rest.items() if name not in axes})  # noqa: FBT003
    if made.size > MOST_POINTS:
        raise OutOfRange("grid", f"{made.size:,} combinations", 1, f"{MOST_POINTS:,}")
    return made


def points_of(
    strategy: Strategy, points: Sequence[Mapping[str, Any]], fixed: Mapping[str, Any] | None = None
) -> Space:
    """Points one by one.

    Parameters
    ----------
    strategy : Strategy
        Whose parameters they are.
    points : sequence of mapping
        Parameter → value; all name the same parameters.
    fixed : mapping, optional
        Parameters with one value; the defaults for the others.

    Returns
    -------
    Space
        Every value checked and in its type.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput
        If a parameter or a value cannot be used.
    """
    names = list(points[0])
    rest = _checked(strategy, {**(fixed or {}), **points[0]})
    axes = {
        name: _column(strategy, name, [point[name] for point in points], rest, once=False)
        for name in names
    }
    return Space(axes, False, {name: value for name, value in rest.items() if name not in axes})  # noqa: FBT003


def possible(strategy: Strategy, space: Space, positions: Ints, bars: int) -> npt.NDArray[np.bool_]:
    """Which combinations make sense together, and have the history they need.

    Parameters
    ----------
    strategy : Strategy
        Its `valid` and its warm-up are asked.
    space : Space
        The combinations.
    positions : ndarray, shape (points,)
        Which of them.
    bars : int
        Bars that there are.

    Returns
    -------
    ndarray of bool, shape (points,)
        False for what is left out.
    """
    columns = space.columns(positions)
    known = _each(strategy.valid, columns, space.fixed) if strategy.valid else None
    rule = strategy.warm_up_rule
    long_enough = _each(lambda values: rule(values) < bars, columns, space.fixed)
    return long_enough if known is None else known & long_enough


def _each(rule: Any, columns: Columns, fixed: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
    """Ask a rule once for all points where it can be, else once for each."""
    size = len(next(iter(columns.values())))
    try:
        found = np.asarray(rule(SimpleNamespace(**fixed, **columns)))
        if found.shape in ((size,), ()):
            return np.broadcast_to(found.astype(bool), size)
    except (ValueError, TypeError):
        pass  # it compares with `and`, or asks for one number
    lists = {name: values.tolist() for name, values in columns.items()}
    points = (dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True))
    return np.array([_true(rule, SimpleNamespace(**fixed, **point)) for point in points], bool)


def _true(rule: Any, values: Any) -> bool:
    try:
        return bool(rule(values))
    except InvalidInput:
        return False


def spread(low: Any, high: Any, *, step: Any = None, count: int | None = None) -> list[Any]:
    """Values from `low` to `high`, both included where the step allows.

    Parameters
    ----------
    low, high : int or float
        The ends.
    step : int or float, optional
        The distance of two values.
    count : int, optional
        How many values; by default 10, or every integer where there are fewer.

    Returns
    -------
    list
        Integers where both ends and the step are.

    Raises
    ------
    OutOfRange
        If the step is not above 0, or makes more than a million values.
    """
    whole = all(isinstance(value, int | np.integer) for value in (low, high, step or 1))
    if step is not None:
        if not step > 0:
            raise OutOfRange("step", step, cure="Give a distance above 0")
        size = math.floor((high - low) / step + 1e-9) + 1
        if size > MOST_VALUES:
            raise OutOfRange("step", f"{step}, which is {size:,} values", 1, f"{MOST_VALUES:,}")
        return [low + step * index for index in range(size)]
    if whole:
        size = min(count or DEFAULT_COUNT, high - low + 1)
        return sorted({round(value) for value in np.linspace(low, high, size)})
    return [float(value) for value in np.linspace(low, high, count or DEFAULT_COUNT)]


def values_of(strategy: Strategy, name: str, given: Any) -> list[Any]:
    """The values of a list or a range, not yet checked against the parameter.

    Parameters
    ----------
    strategy : Strategy
        Whose parameter it is.
    name : str
        The parameter.
    given : sequence or mapping
        Values, or ``{"min": …, "max": …}`` with a ``step`` or a ``count``.

    Returns
    -------
    list
        Plain values, in the order given.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput
        If there is no such parameter, or the range cannot be used.
    """
    if name not in strategy.parameters.model_fields:
        owner = f"strategy {strategy.name!r}"
        raise UnknownName(f"parameter of {owner}", name, strategy.parameters.model_fields)
    if isinstance(given, Mapping):
        if not {"min", "max"} <= given.keys() <= {"min", "max", "step", "count"}:
            raise InvalidInput(
                f"The range of {name!r} is not understood", seen=dict(given),
                cure='Give {"min": 5, "max": 50}, with a "step" or a "count"',
            )  # fmt: skip
        if not given["min"] <= given["max"]:
            raise OutOfRange(f"min of {name!r}", given["min"], None, given["max"])
        return spread(given["min"], given["max"], step=given.get("step"), count=given.get("count"))
    values = (
        list(given)
        if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str)
        else []
    )
    if not values:
        raise InvalidInput(
            f"The grid has no values of {name!r}", seen=given, cure="Give a list of values"
        )
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def _checked(strategy: Strategy, values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(checked(strategy.parameters, values, f"strategy {strategy.name!r}"))


def _column(
    strategy: Strategy, name: str, values: Sequence[Any], rest: dict[str, Any], *, once: bool = True
) -> npt.NDArray[Any]:
    """The values of a parameter in its type, each once."""
    known = {
        value: _checked(strategy, {**rest, name: value})[name] for value in dict.fromkeys(values)
    }
    found = list(dict.fromkeys(known.values())) if once else [known[value] for value in values]
    kinds = {type(value) for value in found}
    dtype = {
        frozenset({bool}): np.bool_,
        frozenset({int}): np.int64,
        frozenset({float}): np.float64,
    }
    return np.array(found, dtype.get(frozenset(kinds), object))
