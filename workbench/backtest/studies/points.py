"""Which parameters are tried."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.strategies.declaration import Strategy, as_strategy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.backtest.studies.study import Study

__all__ = ["grid_points", "label", "neighbours", "usable"]

MOST_POINTS = 20_000
FACTORS = (0.5, 0.75, 1.5, 2.0)
"""What a parameter is multiplied by to find its neighbours."""


def grid_points(grid: Mapping[str, Sequence[Any]] | None) -> list[dict[str, Any]]:
    """Every combination of a grid, the last parameter changing fastest.

    Parameters
    ----------
    grid : mapping of str to sequence, optional
        Parameter → values; None or empty is one point that changes nothing.

    Returns
    -------
    list of dict
        Parameter → value, combination by combination.

    Raises
    ------
    InvalidInput
        If a parameter has no value.
    OutOfRange
        If there are more than 20,000 combinations: those are for a sweep.
    """
    grid = grid or {}
    count = 1
    for name, values in grid.items():
        if isinstance(values, str) or not hasattr(values, "__len__") or not len(values):
            raise InvalidInput(
                f"The grid has no values of {name!r}", seen=values, cure="Give a list of values"
            )
        count *= len(values)
    if count > MOST_POINTS:
        raise OutOfRange("grid", f"{count:,} combinations", 1, f"{MOST_POINTS:,}; or sweep them")
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def neighbours(strategy: Any, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """A strategy's parameters, and the same with one number changed by half, a quarter or twice.

    Parameters
    ----------
    strategy : Strategy or callable
        What declares the ranges.
    parameters : mapping, optional
        Where to begin; the strategy's defaults for the others.

    Returns
    -------
    list of dict
        The unchanged point first; values outside a range, and those that rounding makes equal,
        are left out. A strategy without numbers has one point.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput
        If `parameters` cannot be used.
    """
    made = as_strategy(strategy)
    values = made.checked(parameters or {}).model_dump()
    found = [dict(values)]
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        near = [type(value)(round(value * factor, 6)) for factor in FACTORS]
        for other in dict.fromkeys(near):
            point = {**values, name: other}
            if other != value and _allowed(made, point):
                found.append(point)
    return found


def usable(study: Study, points: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The points that the strategy accepts and the bars can warm up, and why not the others.

    Parameters
    ----------
    study : Study
        What is studied.
    points : list of dict
        Parameter → value.

    Returns
    -------
    kept : list of dict
        In the order given.
    notes : list of str
        One sentence if some were left out.

    Raises
    ------
    UnknownName
        If a parameter does not exist.
    WorkbenchError
        What was wrong with the last point, if none is left.
    """
    if not callable(study.strategy):
        return points[:1], []
    made, bars = as_strategy(study.strategy), study.bars.sizes["time"]
    kept, wrong = [], []
    for point in points:
        try:
            _warms_up(made, {**study.parameters, **point}, bars)
        except UnknownName:
            raise
        except (InvalidInput, TooLittleHistory) as error:
            wrong.append(error)
        else:
            kept.append(point)
    if not kept:
        raise wrong[-1]
    first = f", the first because: {wrong[0]}" if wrong else ""
    return kept, [f"{len(wrong)} of {len(points)} points were left out{first}"] if wrong else []


def label(point: Mapping[str, Any], varied: Sequence[str]) -> str:
    """The parameters that vary, in a line."""
    return ", ".join(f"{name}={point[name]}" for name in varied if name in point) or "as given"


def _warms_up(strategy: Strategy, point: dict[str, Any], bars: int) -> None:
    needs = strategy.warm_up(strategy.checked(point)) + 1
    if needs > bars // 2:
        raise TooLittleHistory(2 * needs, bars, f"A study of strategy {strategy.name!r}")


def _allowed(strategy: Any, point: dict[str, Any]) -> bool:
    try:
        strategy.checked(point)
    except InvalidInput:
        return False
    return True
