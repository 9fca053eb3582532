"""Call an operation with arguments that came over a wire."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from workbench.context import Context, current
from workbench.registry.checking import checked
from workbench.registry.index import Entry, find
from workbench.registry.schemas import arguments_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel

__all__ = ["call", "validated"]


def call(name: str, arguments: Mapping[str, Any], context: Context | None = None) -> Any:
    """Validate the arguments, check the caller's right and run the operation.

    Parameters
    ----------
    name : str
        Tool name, function name or command.
    arguments : mapping
        Parameter → value as JSON has it; names stand for datasets, strategies and models.
    context : Context, optional
        The caller's; None means the process's own.

    Returns
    -------
    object
        What the operation returned.

    Raises
    ------
    UnknownName
        If there is no such operation or parameter.
    NotAllowed
        If the caller may not have this effect.
    InvalidInput
        If a value cannot be used.
    """
    entry = find(name)
    context = context or current()
    context.allow(entry.effect)
    return entry.function()(**validated(entry, arguments), context=context)


def validated(entry: Entry, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the types of the signature; only those that were given.

    Parameters
    ----------
    entry : Entry
        The operation.
    arguments : mapping
        Parameter → value as JSON has it.

    Returns
    -------
    dict
        Parameter → value; defaults are left to the function.

    Raises
    ------
    UnknownName
        If a parameter does not exist.
    OutOfRange
        If a number lies outside its bounds.
    InvalidInput
        If a value is missing or of the wrong kind; names the parameter, the value and the cure.
    """
    values = checked(_model(entry.function()), arguments, entry.tool)
    return {name: getattr(values, name) for name in arguments}


@cache
def _model(function: Callable[..., Any]) -> type[BaseModel]:
    return arguments_model(function)
