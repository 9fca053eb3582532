"""Call an operation with arguments that came over a wire."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from workbench.context import Context, current
from workbench.errors import InvalidInput, OutOfRange, UnknownName, WorkbenchError
from workbench.registry.index import Entry, find
from workbench.registry.schemas import arguments_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

__all__ = ["call", "validated"]

_BOUNDS = {"ge": "low", "le": "high"}


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

    Raises
    ------
    UnknownName
        If a parameter does not exist.
    InvalidInput
        If a value is missing or cannot be used; names the parameter, the value and the cure.
    """
    model = _model(entry.function())
    try:
        checked = model.model_validate(dict(arguments))
    except ValidationError as error:
        details = sorted(error.errors(include_url=False), key=_unknown_first)
        raise _as_workbench_error(entry, model, details[0]) from None
    return {name: getattr(checked, name) for name in arguments}


@cache
def _model(function: Callable[..., Any]) -> type[BaseModel]:
    return arguments_model(function)


def _unknown_first(detail: ErrorDetails) -> bool:
    return detail["type"] != "extra_forbidden"


def _as_workbench_error(
    entry: Entry, model: type[BaseModel], detail: ErrorDetails
) -> WorkbenchError:
    place = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        return UnknownName(f"parameter of {entry.tool}", place, model.model_fields)
    if detail["type"] == "missing":
        return InvalidInput(
            f"{entry.tool} needs the parameter {place!r}", cure=_cure(model, detail, "Give it")
        )
    bounds = {_BOUNDS[key]: value for key, value in detail.get("ctx", {}).items() if key in _BOUNDS}
    if bounds:
        return OutOfRange(place, detail["input"], **bounds)
    return InvalidInput(
        f"The parameter {place!r} of {entry.tool} cannot be used: {detail['msg']}",
        seen=detail["input"],
        cure=_cure(model, detail, "Correct it"),
    )


def _cure(model: type[BaseModel], detail: ErrorDetails, otherwise: str) -> str:
    field = model.model_fields.get(str(detail["loc"][0]))
    return f"It is: {field.description}" if field and field.description else otherwise
