"""A function's keyword-only arguments as a checked parameter model.

Features are declared with this, and so are strategies, one room above: what stands
after the ``*`` of a signature is what a user, a sweep or an agent may choose.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from workbench.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["parameter_model"]


def parameter_model(function: Callable[..., Any], owner: str) -> type[BaseModel]:
    """Build the parameter model of a function from its keyword-only arguments.

    Parameters
    ----------
    function : callable
        Each keyword-only argument has an annotation, with its range where there is one:
        ``window: Annotated[int, Field(ge=2, le=504)] = 20``. Other arguments are data.
    owner : str
        Who the parameters belong to, as a message names it: ``"feature 'sma'"``.

    Returns
    -------
    type of pydantic.BaseModel
        Frozen; unknown parameters are refused.

    Raises
    ------
    ConfigurationError
        If an argument has no annotation, or one that cannot be resolved.
    """
    arguments = [
        argument
        for argument in inspect.signature(function).parameters.values()
        if argument.kind is argument.KEYWORD_ONLY
    ]
    hints = _hints(function, arguments, owner)
    fields: dict[str, Any] = {
        argument.name: (
            hints[argument.name],
            ... if argument.default is argument.empty else argument.default,
        )
        for argument in arguments
    }
    config = ConfigDict(frozen=True, extra="forbid", validate_default=True, protected_namespaces=())
    name = getattr(function, "__name__", type(function).__name__)
    return create_model(f"{name}_parameters", __config__=config, **fields)


def _hints(
    function: Callable[..., Any], arguments: list[inspect.Parameter], owner: str
) -> dict[str, Any]:
    """Resolve the annotations of these arguments only; the data may be typed lazily."""
    bare = [argument.name for argument in arguments if argument.annotation is argument.empty]
    if bare:
        raise ConfigurationError(
            f"The parameter {bare[0]!r} of {owner} has no annotation",
            cure=f"Write its type, for example {bare[0]}: Annotated[int, Field(ge=2)] = 20",
        )
    annotated = SimpleNamespace(
        __annotations__={argument.name: argument.annotation for argument in arguments}
    )
    python = _python(function)
    known = {**getattr(python, "__globals__", {}), **_closed_over(python)}
    try:
        return get_type_hints(annotated, globalns=known, include_extras=True)
    except NameError as error:
        raise ConfigurationError(
            f"An annotation of {owner} cannot be resolved: {error}",
            cure="Import the name at the top of the file, not under TYPE_CHECKING",
        ) from None


def _python(function: Any) -> Any:
    """The function under a partial or an object that can be called."""
    if isinstance(function, functools.partial):
        return _python(function.func)
    return function if hasattr(function, "__code__") else type(function).__call__


def _closed_over(function: Any) -> dict[str, Any]:
    """The names a function closes over, except those that are set after it is defined."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    found = {}
    for name, cell in zip(names, getattr(function, "__closure__", None) or (), strict=True):
        with contextlib.suppress(ValueError):
            found[name] = cell.cell_contents
    return found
