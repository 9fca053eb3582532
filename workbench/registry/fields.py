"""Schema → the fields of a form; what a notebook form and a page have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from workbench.registry.schemas import ParameterSchema, Schema

__all__ = ["Field", "FieldKind", "field_of", "fields_of"]

FieldKind = Literal[
    "choice", "reference", "date", "boolean", "integer", "number", "text", "list", "json"
]

_SIMPLE: dict[str, FieldKind] = {
    "boolean": "boolean",
    "integer": "integer",
    "number": "number",
    "string": "text",
}
_LISTED = ("text", "integer", "number", "reference", "choice")


@dataclass(frozen=True)
class Field:
    """One parameter as a form shows it.

    Parameters
    ----------
    name : str
        The parameter.
    kind : str
        What it is entered with: ``choice`` from `choices`; ``reference`` to a registered name,
        free text allowed; ``date``; ``boolean``; ``integer``; ``number``; ``text``; ``list`` of
        texts, integers, numbers or choices; ``json`` for anything else.
    required : bool
        Whether it must be given.
    optional : bool
        Whether it may be None.
    default : object
        As a JSON value.
    choices : tuple
        The values allowed, when `kind` is ``choice`` or that of a list's items is.
    reference : str
        The kind of name, when `kind` is ``reference``: ``dataset``, ``strategy``, ``model`` …
    items : str
        The kind of the items, when `kind` is ``list``.
    minimum, maximum : float, optional
        The bounds of a number; see `open_minimum` and `open_maximum`.
    open_minimum, open_maximum : bool
        Whether the bound itself is not allowed.
    example : str
        A value that can be used.
    help : str
        From the docstring.
    """

    name: str
    kind: FieldKind
    required: bool = False
    optional: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    reference: str = ""
    items: str = ""
    minimum: float | None = None
    maximum: float | None = None
    open_minimum: bool = False
    open_maximum: bool = False
    example: str = ""
    help: str = ""

    @property
    def label(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ")

    @property
    def is_bounded(self) -> bool:
        """Whether a number has a lower and an upper bound."""
        return self.minimum is not None and self.maximum is not None


def fields_of(schema: Schema) -> list[Field]:
    """The fields of an operation's form, in the order of its signature.

    Parameters
    ----------
    schema : Schema
        The operation, from the catalogue.

    Returns
    -------
    list of Field
        One for each parameter.
    """
    return [field_of(parameter) for parameter in schema.parameters]


def field_of(parameter: ParameterSchema) -> Field:
    """The field of one parameter.

    Parameters
    ----------
    parameter : ParameterSchema
        Of an operation, or made of a strategy's parameter model.

    Returns
    -------
    Field
        What a form needs to ask for it.
    """
    plain, optional = _without_none(_resolved(parameter.json_schema))
    kind = _kind(plain)
    listed = plain["items"] if kind == "list" else {}
    return Field(
        name=parameter.name,
        kind=kind,
        required=parameter.required,
        optional=optional,
        default=parameter.default,
        choices=_choices(listed or plain),
        reference=plain.get("x-ref", ""),
        items=_kind(listed) if listed else "",
        example=str(next(iter(plain.get("examples", ())), "")),
        help=parameter.description,
        **_bounds(plain, kind),
    )


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with a reference at its root, or at the root of an alternative, put in place."""
    defined = schema.get("$defs", {})
    found = {**defined.get(_name_of(schema), {}), **schema}
    if "anyOf" in found:
        parts = [{**defined.get(_name_of(part), {}), **part} for part in found["anyOf"]]
        found["anyOf"] = parts
    return found


def _name_of(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).removeprefix("#/$defs/")


def _without_none(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    optional = len(parts) < len(schema.get("anyOf", ()))
    return (parts[0] if len(parts) == 1 else schema), optional


def _kind(schema: dict[str, Any]) -> FieldKind:
    if "x-ref" in schema:
        return "reference"
    if _choices(schema):
        return "choice"
    if schema.get("format") == "date":
        return "date"
    if schema.get("type") == "array" and _kind(schema.get("items", {})) in _LISTED:
        return "list"
    return _SIMPLE.get(str(schema.get("type")), "json")


def _choices(schema: dict[str, Any]) -> tuple[Any, ...]:
    if "const" in schema:
        return (schema["const"],)
    return tuple(schema.get("enum", ()))


def _bounds(schema: dict[str, Any], kind: FieldKind) -> dict[str, Any]:
    if kind == "integer":
        above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        return {
            "minimum": schema.get("minimum") if above is None else above + 1,
            "maximum": schema.get("maximum") if below is None else below - 1,
        }
    return {
        "minimum": schema.get("minimum", schema.get("exclusiveMinimum")),
        "maximum": schema.get("maximum", schema.get("exclusiveMaximum")),
        "open_minimum": "exclusiveMinimum" in schema,
        "open_maximum": "exclusiveMaximum" in schema,
    }
