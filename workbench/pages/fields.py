"""JSON schema → the widget that asks for it."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from workbench.errors import InvalidInput
from workbench.registry import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import BaseModel

    from workbench.registry import ParameterSchema

__all__ = ["Field", "choice", "field_of", "fields_of", "given", "model_fields"]

_WIDE = {"sizing_mode": "stretch_width", "size": "small"}


@dataclass(frozen=True)
class Field:
    """A parameter and the widget that asks for it.

    Parameters
    ----------
    name : str
        The parameter.
    widget : object
        The Panel widget.
    required : bool
        Whether it must be given.
    first : object
        What the widget says before it is touched.
    read : callable
        The widget's value as JSON has it; None when it is empty.
    """

    name: str
    widget: Any
    required: bool
    first: Any
    read: Callable[[Any], Any]

    @property
    def value(self) -> Any:
        """What the widget says, as JSON has it.

        Returns
        -------
        object
            A JSON value; None when the widget is empty.

        Raises
        ------
        InvalidInput
            If a text that should be JSON is none.
        """
        return self.read(self.widget.value)

    @property
    def touched(self) -> bool:
        """Whether the widget says something else than at first."""
        return bool(self.value != self.first)


def choice(kind: str, first: str = "") -> Any:
    """A selector of all registered names of a kind; the user's own are among them.

    Parameters
    ----------
    kind : {"dataset", "strategy", "feature", "model"}
        What is named.
    first : str
        The name that is chosen at first, if it exists.

    Returns
    -------
    panel_material_ui.Select
        Says `first` if that exists, otherwise the first name, or None without names.
    """
    known = names(kind)
    chosen = first if first in known else next(iter(known), None)
    return pmui.Select(label=kind.capitalize(), options=known, value=chosen, **_WIDE)


def fields_of(parameters: Iterable[ParameterSchema]) -> list[Field]:
    """One field for each parameter of an operation."""
    return [
        field_of(
            item.name, item.json_schema, item.default, item.description, required=item.required
        )
        for item in parameters
    ]


def model_fields(model: type[BaseModel]) -> list[Field]:
    """One field for each parameter of a strategy, with the ranges that it declares."""
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        field_of(
            name,
            {**item, "$defs": schema.get("$defs", {})},
            item.get("default"),
            item.get("description", ""),
            required=name in required,
        )
        for name, item in schema.get("properties", {}).items()
    ]


def given(fields: Iterable[Field]) -> dict[str, Any]:
    """The arguments that were touched or must be given, as JSON has them."""
    values = {field.name: field.value for field in fields if field.required or field.touched}
    return {name: value for name, value in values.items() if value is not None}


def field_of(
    name: str,
    schema: Mapping[str, Any],
    default: Any = None,
    help_text: str = "",
    *,
    required: bool = False,
) -> Field:
    """The field that fits a schema.

    Parameters
    ----------
    name : str
        The parameter.
    schema : mapping
        Its JSON schema; ``x-ref`` offers the registered names, ranges become sliders, and what
        has no widget is asked for as JSON text.
    default : object
        Its default.
    help_text : str
        Shown as a tooltip.
    required : bool
        Whether it must be given.

    Returns
    -------
    Field
        With the widget that fits the schema, showing the default.
    """
    plain = _resolved(schema)
    label = name.replace("_", " ") + (" *" if required else "")
    look = {"label": label, "description": help_text, **_WIDE}
    if required and default is None:
        default = next(iter(plain.get("examples", [])), None)
    for fits, make in _MAKERS:
        if fits(plain):
            widget, read = make(plain, default, look)
            return Field(name, widget, required, read(widget.value), read)
    text = _json(default)
    widget = pmui.TextAreaInput(value=text, placeholder="JSON", max_length=100_000, **look)
    return Field(name, widget, required, default, partial(_parsed, name))


def _resolved(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without references and without its null alternative."""
    defined = schema.get("$defs", {})
    merged = dict(schema)
    if "$ref" in merged:
        merged = {**defined.get(merged["$ref"].rpartition("/")[2], {}), **merged}
    options = [item for item in merged.get("anyOf", []) if item.get("type") != "null"]
    if len(options) == 1:
        return _resolved({**options[0], "$defs": defined, "x-optional": True})
    return merged


def _reference(schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    widget = pmui.AutocompleteInput(
        value=default or "",
        options=names(schema["x-ref"]),
        restrict=False,
        min_characters=0,
        **look,
    )
    return widget, _text


def _choice(schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    options = schema["enum"]
    chosen = default if default in options else options[0]
    return pmui.Select(options=options, value=chosen, **look), _same


def _flag(_schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    return pmui.Checkbox(value=bool(default), **look), _same


def _whole(schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    low, high = _bounds(schema, step=1)
    look["label"] += _range(low, high)
    return pmui.IntInput(value=default, start=low, end=high, **look), _same


def _fraction(schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    low, high = _bounds(schema, step=0)
    look["label"] += _range(low, high)
    step = 0.1 if low is None or high is None else 10.0 ** math.floor(math.log10((high - low) / 10))
    return pmui.FloatInput(value=default, start=low, end=high, step=step, **look), _same


def _range(low: Any, high: Any) -> str:
    if low is not None and high is not None:
        return f", {low:g} to {high:g}"
    return f", from {low:g}" if low is not None else f", up to {high:g}" if high is not None else ""


def _date(_schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    value = dt.date.fromisoformat(default) if isinstance(default, str) and default else None
    return pmui.DatePicker(
        value=value, clearable=True, sx={"& .MuiPickersTextField-root": {"width": "100%"}}, **look
    ), _iso


def _words(schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    options = _resolved(schema["items"]).get("enum")
    if options:
        del look["size"]  # of a list it means its rows
        return pmui.MultiChoice(options=options, value=list(default or []), **look), _same
    widget = pmui.TextInput(value=", ".join(default or []), placeholder="one, two, …", **look)
    return widget, lambda text: [part.strip() for part in text.split(",") if part.strip()]


def _line(_schema: dict[str, Any], default: Any, look: dict[str, Any]) -> tuple[Any, Any]:
    return pmui.TextInput(value=default or "", **look), _text


_MAKERS: list[tuple[Callable[[dict[str, Any]], bool], Callable[..., tuple[Any, Any]]]] = [
    (lambda schema: "x-ref" in schema, _reference),
    (lambda schema: "enum" in schema, _choice),
    (lambda schema: schema.get("type") == "boolean", _flag),
    (lambda schema: schema.get("type") == "integer", _whole),
    (lambda schema: schema.get("type") == "number", _fraction),
    (lambda schema: schema.get("format") == "date", _date),
    (lambda schema: schema.get("type") == "string", _line),
    (
        lambda schema: (
            schema.get("type") == "array" and schema.get("items", {}).get("type") == "string"
        ),
        _words,
    ),
]


def _bounds(schema: dict[str, Any], *, step: int) -> tuple[Any, Any]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + step
    if high is None and "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - step
    return low, high


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    return str(value).strip() or None if value is not None else None


def _iso(value: Any) -> Any:
    return None if value is None else value.isoformat()[:10]


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, indent=1)


def _parsed(name: str, text: str) -> Any:
    if not text or not text.strip():
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"The text of {name!r} is not JSON: {error.msg} at line {error.lineno}",
            seen=text,
            cure='Write it as JSON, for example {"AAPL": 0.5} or ["AAPL", "MSFT"]',
        ) from None
