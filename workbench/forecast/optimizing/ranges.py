"""What may vary in a search, and from where to where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.forecast.networks.architecture import checked_option

if TYPE_CHECKING:
    from workbench.forecast.learning import Schedule
    from workbench.forecast.networks.architecture import Architecture

__all__ = ["Axis", "Point", "axes_of", "changed", "point_of"]

Point = dict[str, Any]

_BOUNDS: dict[str, tuple[float, float]] = {
    "learning_rate": (1e-8, 1.0),
    "batch_size": (1, 65_536),
    "input_size": (2, 4_096),
}
_LOGARITHMIC = frozenset({"learning_rate"})
_FORMS = 'Give {"min": 16, "max": 128} or {"choices": [16, 32, 64]}'


@dataclass(frozen=True)
class Axis:
    """Where a parameter is drawn from.

    Parameters
    ----------
    choices : tuple
        To choose from; empty for any number between two others.
    low, high : int or float
        Those two, where there are no choices; whole numbers stay whole.
    logarithmic : bool
        Whether tenfold is as far as tenfold, wherever it begins.
    """

    choices: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    logarithmic: bool = False


def axes_of(architecture: Architecture, ranges: Mapping[str, Any]) -> dict[str, Axis]:
    """Where the parameters of a search are drawn from.

    Parameters
    ----------
    architecture : Architecture
        Whose options may vary, beside ``learning_rate``, ``batch_size`` and ``input_size``.
    ranges : mapping
        Parameter → ``{"min": …, "max": …}`` or ``{"choices": […]}``.

    Returns
    -------
    dict
        Parameter → axis; a learning rate varies by its logarithm.

    Raises
    ------
    UnknownName
        If there is no such parameter.
    OutOfRange
        If a value makes no sense.
    InvalidInput
        If a range is of neither form, or nothing varies.
    """
    if not ranges:
        raise InvalidInput(
            "A search needs a parameter that varies",
            cure='Give {"learning_rate": {"min": 0.0001, "max": 0.01}}',
        )
    known = [*_BOUNDS, *architecture.options]
    for name in ranges:
        if name not in known:
            raise UnknownName(f"parameter of {architecture.kind}", name, known)
    return {name: _axis(architecture, name, given) for name, given in ranges.items()}


def changed(
    architecture: Architecture, schedule: Schedule, point: Mapping[str, Any]
) -> tuple[Architecture, Schedule]:
    """A shape and a schedule with other values at some places.

    Parameters
    ----------
    architecture, schedule
        What the other places keep.
    point : mapping
        Parameter → value.

    Returns
    -------
    tuple of Architecture and Schedule

    Raises
    ------
    InvalidInput
        If the values contradict one another.
    """
    options = {name: value for name, value in point.items() if name in architecture.options}
    learning = {name: point[name] for name in ("learning_rate", "batch_size") if name in point}
    shape = replace(
        architecture,
        input_size=point.get("input_size", architecture.input_size),
        options={**architecture.options, **options},
    )
    return shape, replace(schedule, **learning)


def point_of(architecture: Architecture, schedule: Schedule, names: Mapping[str, Any]) -> Point:
    """The values that a shape and a schedule have at some places, the reverse of `changed`."""
    own = {
        "learning_rate": schedule.learning_rate,
        "batch_size": schedule.batch_size,
        "input_size": architecture.input_size,
        **architecture.options,
    }
    return {name: own[name] for name in names}


def _axis(architecture: Architecture, name: str, given: Any) -> Axis:
    form = set(given) if isinstance(given, Mapping) else set()
    if form == {"choices"} and isinstance(given["choices"], list | tuple) and given["choices"]:
        values = (_value(architecture, name, value) for value in given["choices"])
        return Axis(tuple(dict.fromkeys(values)))
    if form != {"min", "max"}:
        raise InvalidInput(f"The range of {name} cannot be read", seen=given, cure=_FORMS)
    low, high = (_value(architecture, name, given[end]) for end in ("min", "max"))
    if isinstance(low, tuple):
        raise InvalidInput(
            f"{name} is a list: it lies between no two others",
            seen=given,
            cure=f'Give {{"choices": [{list(low)}, …]}}',
        )
    if not low < high:
        raise InvalidInput(
            f"The range of {name} is empty", seen=given, cure="Give a max above the min"
        )
    return Axis((), low, high, name in _LOGARITHMIC)


def _value(architecture: Architecture, name: str, value: Any) -> Any:
    """A value as the shape or the schedule takes it."""
    if name not in _BOUNDS:
        return checked_option(architecture.kind, name, value)
    low, high = _BOUNDS[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = isinstance(low, int)
    if not is_number or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise InvalidInput(f"{name} is {kind}", seen=value, cure=_FORMS)
    if not low <= value <= high:
        raise OutOfRange(name, value, low, high)
    return int(value) if whole else float(value)
