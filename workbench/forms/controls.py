"""A field → the widget that it is entered with, and how that widget is read."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from workbench.errors import InvalidInput
from workbench.registry import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.registry.fields import Field

__all__ = ["Control", "control"]

WIDE = {
    "style": {"description_width": "11em"},
    "layout": widgets.Layout(width="30em"),
}
MOST_STEPS_OF_A_SLIDER = 10_000
_OF_TEXT: dict[str, Callable[[str], Any]] = {"integer": int, "number": float}


@dataclass(frozen=True)
class Control:
    """A widget and how to read it.

    Parameters
    ----------
    field : Field
        What is entered.
    widget : ipywidgets.Widget
        What it is entered with.
    read : callable
        The widget's value → the argument, as JSON has it; None when nothing was entered.
    """

    field: Field
    widget: Any
    read: Callable[[Any], Any]

    def value(self) -> Any:
        """The argument as JSON has it; None when nothing was entered.

        Returns
        -------
        object
            A JSON value, or None.

        Raises
        ------
        InvalidInput
            If what was typed cannot be read.
        """
        return self.read(self.widget.value)


def control(field: Field) -> Control:
    """The control of a field, showing its default.

    Parameters
    ----------
    field : Field
        From the registry.

    Returns
    -------
    Control
        Its widget shows the label and the help of the field.
    """
    widget, read = _MAKERS[field.kind](field)
    widget.description = field.label + (" *" if field.required else "")
    widget.tooltip = field.help
    return Control(field, widget, read)


def _choice(field: Field) -> tuple[Any, Any]:
    options = [("–", None), *((str(item), item) for item in field.choices)]
    if not field.optional:
        options = options[1:]
    chosen = field.default if field.default in field.choices or field.optional else options[0][1]
    return widgets.Dropdown(options=options, value=chosen, **WIDE), _as_it_is


def _reference(field: Field) -> tuple[Any, Any]:
    return widgets.Combobox(
        options=names(field.reference),
        value=field.default or "",
        placeholder=field.example,
        ensure_option=False,
        **WIDE,
    ), _text_or_none


def _date(field: Field) -> tuple[Any, Any]:
    value = dt.date.fromisoformat(field.default) if field.default else None
    return widgets.DatePicker(value=value, **WIDE), _iso_or_none


def _boolean(field: Field) -> tuple[Any, Any]:
    if field.optional:
        options = [("–", None), ("yes", True), ("no", False)]
        return widgets.Dropdown(options=options, value=field.default, **WIDE), _as_it_is
    return widgets.Checkbox(value=bool(field.default), indent=True, **WIDE), _as_it_is


def _number(field: Field) -> tuple[Any, Any]:
    """A slider where both bounds and its steps make sense, else a text, which can be empty."""
    step = 1 if field.kind == "integer" else _step(field)
    if not _fits_a_slider(field, step):
        shown = "" if field.default is None else f"{field.default}"
        reader = _parsed(field, _OF_TEXT[field.kind], _range(field) or f"Write one {field.kind}")
        return widgets.Text(value=shown, placeholder=_range(field), **WIDE), reader
    low = (field.minimum or 0) + step * field.open_minimum
    high = (field.maximum or 0) - step * field.open_maximum
    value = low if field.default is None else field.default
    bounds = {"value": value, "min": low, "max": high, "step": step}
    if field.kind == "integer":
        return widgets.IntSlider(**bounds, **WIDE), _as_it_is
    return widgets.FloatSlider(**bounds, readout_format=".4g", **WIDE), _as_it_is


def _step(field: Field) -> float:
    """The power of ten that makes at least a hundred steps."""
    span = (field.maximum or 0) - (field.minimum or 0) if field.is_bounded else 0
    return 10.0 ** math.floor(math.log10(span / 100)) if span > 0 else 0.0


def _fits_a_slider(field: Field, step: float) -> bool:
    if not field.is_bounded or field.optional or step == 0:
        return False
    span = (field.maximum or 0) - (field.minimum or 0)
    steps = (field.default or 0) / step
    return span / step <= MOST_STEPS_OF_A_SLIDER and math.isclose(steps, round(steps), abs_tol=1e-6)


def _range(field: Field) -> str:
    if field.is_bounded:
        return f"{field.minimum:g} to {field.maximum:g}"
    if field.minimum is not None:
        return (
            f"more than {field.minimum:g}" if field.open_minimum else f"{field.minimum:g} or more"
        )
    return f"{field.maximum:g} or less" if field.maximum is not None else ""


def _line(field: Field) -> tuple[Any, Any]:
    return widgets.Text(value=field.default or "", placeholder=field.example, **WIDE), _text_or_none


def _list(field: Field) -> tuple[Any, Any]:
    of_text = _OF_TEXT.get(field.items, str)
    shown = ", ".join(str(item) for item in field.default or ())

    def items(text: str) -> list[Any]:
        return [of_text(part.strip()) for part in text.split(",") if part.strip()]

    widget = widgets.Text(value=shown, placeholder="one, two, …", **WIDE)
    return widget, _parsed(field, items, "Write values with commas between them")


def _json(field: Field) -> tuple[Any, Any]:
    shown = "" if field.default is None else json.dumps(field.default, indent=1)
    widget = widgets.Textarea(value=shown, placeholder="JSON", rows=3, **WIDE)
    return widget, _parsed(field, json.loads, 'Write it as JSON, for example {"AAPL": 0.5}')


def _parsed(field: Field, parse: Callable[[str], Any], cure: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if not text.strip():
            return None
        try:
            return parse(text)
        except ValueError as error:
            raise InvalidInput(
                f"What was entered for {field.name!r} cannot be read", seen=text, cure=cure
            ) from error

    return read


def _as_it_is(value: Any) -> Any:
    return value


def _text_or_none(value: str) -> str | None:
    return value.strip() or None


def _iso_or_none(value: dt.date | None) -> str | None:
    return None if value is None else value.isoformat()


_MAKERS: dict[str, Callable[[Field], tuple[Any, Any]]] = {
    "choice": _choice,
    "reference": _reference,
    "date": _date,
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "text": _line,
    "list": _list,
    "json": _json,
}
