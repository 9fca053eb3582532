"""A field of a form → the widget that asks for it."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from workbench.errors import InvalidInput
from workbench.registry import ParameterSchema, names
from workbench.registry.fields import field_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from workbench.registry.fields import Field, FieldKind

__all__ = ["Input", "choice", "fields_of", "given", "input_of", "model_fields"]

Made = tuple[Any, Callable[[Any], Any]]
"""A widget, and how its value is read as JSON has it."""

_WIDE = {"sizing_mode": "stretch_width", "size": "small"}


@dataclass(frozen=True)
class Input:
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


def fields_of(parameters: Iterable[ParameterSchema]) -> list[Input]:
    """One input for each parameter of an operation.

    Parameters
    ----------
    parameters : iterable of ParameterSchema
        From the catalogue.

    Returns
    -------
    list of Input
        In the same order.
    """
    return [input_of(field_of(parameter)) for parameter in parameters]


def model_fields(model: type[BaseModel]) -> list[Input]:
    """One input for each parameter of a strategy, with the ranges that it declares.

    Parameters
    ----------
    model : type of pydantic.BaseModel
        The strategy's parameter model.

    Returns
    -------
    list of Input
        In the order of the model.
    """
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return fields_of(
        ParameterSchema(
            name=name,
            json_schema={**item, "$defs": schema.get("$defs", {})},
            required=name in required,
            default=item.get("default"),
            description=item.get("description", ""),
        )
        for name, item in schema.get("properties", {}).items()
    )


def given(inputs: Iterable[Input]) -> dict[str, Any]:
    """The arguments that were touched or must be given, as JSON has them.

    Parameters
    ----------
    inputs : iterable of Input
        Those of a form.

    Returns
    -------
    dict
        Parameter → value; None where a default was emptied.
    """
    asked = [(item, item.value) for item in inputs]
    return {
        item.name: value
        for item, value in asked
        if (value is not None if item.required else value != item.first)
    }


def input_of(field: Field) -> Input:
    """The widget that asks for a field.

    Parameters
    ----------
    field : Field
        Names of the registry are offered, ranges bound the widget and stand in its label, and
        what has no widget is asked for as JSON text.

    Returns
    -------
    Input
        Showing the default.
    """
    look = {
        "label": field.label + (" *" if field.required else "") + _range(field),
        "description": field.help,
        **_WIDE,
    }
    widget, read = _MAKERS[field.kind](field, look)
    return Input(field.name, widget, field.required, read(widget.value), read)


def _reference(field: Field, look: dict[str, Any]) -> Made:
    widget = pmui.AutocompleteInput(
        value=field.default or (field.example if field.required else ""),
        options=names(field.reference),
        restrict=False,
        min_characters=0,
        **look,
    )
    return widget, _text


def _choice(field: Field, look: dict[str, Any]) -> Made:
    chosen = field.default if field.default in field.choices else field.choices[0]
    return pmui.Select(options=list(field.choices), value=chosen, **look), _same


def _flag(field: Field, look: dict[str, Any]) -> Made:
    return pmui.Checkbox(value=bool(field.default), **look), _same


def _whole(field: Field, look: dict[str, Any]) -> Made:
    bounds = {"start": field.minimum, "end": field.maximum}
    return pmui.IntInput(value=field.default, **bounds, **look), _same


def _fraction(field: Field, look: dict[str, Any]) -> Made:
    bounds = {"start": field.minimum, "end": field.maximum}
    return pmui.FloatInput(value=field.default, step=_step(field), **bounds, **look), _same


def _step(field: Field) -> float:
    """About a tenth of the range, as a power of ten."""
    if field.minimum is None or field.maximum is None:
        return 0.1
    return float(10.0 ** math.floor(math.log10((field.maximum - field.minimum) / 10)))


def _range(field: Field) -> str:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return f", {low:g} to {high:g}"
    return f", from {low:g}" if low is not None else f", up to {high:g}" if high is not None else ""


def _date(field: Field, look: dict[str, Any]) -> Made:
    value = dt.date.fromisoformat(field.default) if field.default else None
    return pmui.DatePicker(value=value, clearable=True, **look), _iso


def _list(field: Field, look: dict[str, Any]) -> Made:
    if field.items == "choice":
        del look["size"]  # of a list it means its rows
        chosen = list(field.default or [])
        return pmui.MultiChoice(options=list(field.choices), value=chosen, **look), _same
    shown = ", ".join(str(item) for item in field.default or [])
    return pmui.TextInput(value=shown, placeholder="one, two, …", **look), _parts


def _line(field: Field, look: dict[str, Any]) -> Made:
    return pmui.TextInput(value=field.default or "", **look), _text


def _json(field: Field, look: dict[str, Any]) -> Made:
    text = "" if field.default is None else json.dumps(field.default, indent=1)
    widget = pmui.TextAreaInput(value=text, placeholder="JSON", max_length=100_000, **look)
    return widget, partial(_parsed, field.name)


_MAKERS: dict[FieldKind, Callable[[Field, dict[str, Any]], Made]] = {
    "boolean": _flag,
    "choice": _choice,
    "date": _date,
    "integer": _whole,
    "json": _json,
    "list": _list,
    "number": _fraction,
    "reference": _reference,
    "text": _line,
}


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    return str(value).strip() or None if value is not None else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _iso(value: Any) -> Any:
    return None if value is None else value.isoformat()[:10]


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
