"""Signature and docstring → the JSON schemas that every door needs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from workbench.domain.enums import Effect
from workbench.errors import ConfigurationError
from workbench.registry.docstrings import documentation

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.registry.index import Entry

__all__ = ["ParameterSchema", "Schema", "arguments_model", "build"]

CONTEXT = "context"


class ParameterSchema(BaseModel):
    """One parameter as a door shows it.

    Parameters
    ----------
    name : str
        The parameter.
    json_schema : dict
        Its JSON schema; ``x-ref`` names the kind of registered name it takes.
    required : bool
        Whether it must be given.
    in_order : bool
        Whether Python takes it without its name.
    default : object
        Its default, as a JSON value.
    description : str
        From the docstring.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    json_schema: dict[str, Any]
    required: bool
    in_order: bool = False
    default: Any = None
    description: str = ""


class Schema(BaseModel):
    """An operation as a door shows it: its names, documentation and JSON schemas.

    Parameters
    ----------
    room, name, tool, command : str
        As in the index.
    effect : Effect
        What it does to the world.
    summary, text : str
        From the docstring.
    parameters : tuple of ParameterSchema
        In the order of the signature, without the context.
    input_schema, output_schema : dict
        JSON schemas of all arguments as one object, and of the result.
    """

    model_config = ConfigDict(frozen=True)

    room: str
    name: str
    tool: str
    command: str
    effect: Effect
    summary: str
    text: str
    parameters: tuple[ParameterSchema, ...]
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]


def build(entry: Entry) -> Schema:
    """Import an operation and describe it.

    Parameters
    ----------
    entry : Entry
        The operation, from the index.

    Returns
    -------
    Schema
        What it takes and returns, with its documentation.

    Raises
    ------
    ConfigurationError
        If an annotation is missing or cannot cross a wire.
    """
    function = entry.function()
    documented = documentation(function)
    model = arguments_model(function)
    input_schema = model.model_json_schema()
    return Schema(
        room=entry.room,
        name=entry.name,
        tool=entry.tool,
        command=entry.command,
        effect=entry.effect,
        summary=documented.summary,
        text=documented.text,
        parameters=tuple(_parameters(model, input_schema, _in_order(function))),
        input_schema=input_schema,
        output_schema=_output_schema(function),
    )


def arguments_model(function: Callable[..., Any]) -> type[BaseModel]:
    """The arguments of an operation as a pydantic model; unknown ones are refused.

    Parameters
    ----------
    function : callable
        The operation; its `context` is no argument.

    Returns
    -------
    type of pydantic.BaseModel
        One field for each parameter, described by the docstring.

    Raises
    ------
    ConfigurationError
        If a parameter has no annotation or one that is unknown to pydantic.
    """
    documented = documentation(function).parameters
    fields: dict[str, Any] = {}
    hints = _hints(function)
    for name, parameter in inspect.signature(function).parameters.items():
        if name == CONTEXT:
            continue
        if name not in hints:
            raise ConfigurationError(
                f"The parameter {name!r} of {function.__name__} has no annotation",
                cure="Annotate it; every door is derived from the annotations",
            )
        default = ... if parameter.default is parameter.empty else parameter.default
        hint = hints[name]
        if documented.get(name):
            hint = Annotated[hint, Field(description=documented[name])]
        fields[name] = (hint, default)
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=False, protected_namespaces=())
    return create_model(f"{function.__name__}_arguments", __config__=config, **fields)


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        raise ConfigurationError(
            f"An annotation of {function.__name__} cannot be resolved: {error}",
            cure="Import the name at the top of the file, not under TYPE_CHECKING",
        ) from error


def _in_order(function: Callable[..., Any]) -> set[str]:
    parameters = inspect.signature(function).parameters.values()
    return {one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD}


def _parameters(
    model: type[BaseModel], input_schema: dict[str, Any], in_order: set[str]
) -> list[ParameterSchema]:
    defined = input_schema.get("$defs", {})
    return [
        ParameterSchema(
            name=name,
            json_schema=_with_definitions(input_schema["properties"][name], defined),
            required=field.is_required(),
            in_order=name in in_order,
            default=input_schema["properties"][name].get("default"),
            description=field.description or "",
        )
        for name, field in model.model_fields.items()
    ]


def _with_definitions(schema: dict[str, Any], defined: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "$defs": defined} if "$ref" in str(schema) else schema


def _output_schema(function: Callable[..., Any]) -> dict[str, Any]:
    returned = _hints(function).get("return", Any)
    return TypeAdapter(returned).json_schema(mode="serialization")
