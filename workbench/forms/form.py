"""The form: fields, a run in a thread, its progress and its answer."""

from __future__ import annotations

import threading
import traceback
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from workbench.context import Context, Throttled, current
from workbench.errors import UnknownName, WorkbenchError
from workbench.forms.answers import show_defect, show_error, show_result
from workbench.forms.controls import control
from workbench.registry import find, validated
from workbench.registry.fields import fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.registry import Schema

__all__ = ["Form"]


class Form:
    """A form for one operation.

    Parameters
    ----------
    schema : Schema
        The operation.
    defaults : mapping
        What the fields begin with; see `workbench.form`.
    context : Context, optional
        The caller's; None means the process's own.

    Attributes
    ----------
    result : object
        What the last run returned; None before it, and when it failed.
    error : Exception or None
        How the last run failed.
    widget : ipywidgets.VBox
        What is shown.
    """

    def __init__(
        self, schema: Schema, defaults: Mapping[str, Any], context: Context | None = None
    ) -> None:
        _must_be_parameters(schema, defaults)
        self._schema = schema
        self._context = context
        self._things = {name: value for name, value in defaults.items() if not _typed(value)}
        fields = fields_of(_beginning_with(schema, defaults))
        self._references = {field.name for field in fields if field.reference}
        self._controls = {
            field.name: control(field) for field in fields if field.name not in self._things
        }
        self.result: Any = None
        self.error: Exception | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._build()

    def values(self) -> dict[str, Any]:
        """The arguments as they stand; a field that is empty and may be is left out.

        Returns
        -------
        dict
            Parameter → value as JSON has it, and the things that were given as Python objects.

        Raises
        ------
        InvalidInput
            If what was typed cannot be read.
        """
        entered = {name: (one.value(), one.field.default) for name, one in self._controls.items()}
        given = {
            name: value
            for name, (value, default) in entered.items()
            if value is not None or default is not None
        }
        return {**given, **self._things}

    def run(self) -> None:
        """Start the operation in a thread; the Run button does this."""
        if self._thread is not None and self._thread.is_alive():
            return
        self.result, self.error = None, None
        self._stop = threading.Event()
        self._output.outputs = ()
        self._running(is_running=True)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the run to stop; it does at its next report of progress."""
        self._stop.set()

    def wait(self, timeout_seconds: float | None = None) -> Any:
        """Wait for the run to end.

        Parameters
        ----------
        timeout_seconds : float, optional
            How long; None means as long as it takes.

        Returns
        -------
        object
            The result; None when the run failed or still runs.
        """
        if self._thread is not None:
            self._thread.join(timeout_seconds)
        return self.result

    def _run(self) -> None:
        try:
            self.result = self._called()
            show_result(self._output, self.result)
        except WorkbenchError as error:
            self.error = error
            show_error(self._output, error)
        except Exception as error:  # noqa: BLE001  shown whole; a thread has no other caller
            self.error = error
            show_defect(self._output, traceback.format_exc())
        finally:
            self._running(is_running=False)

    def _called(self) -> Any:
        entry = find(self._schema.tool)
        context = (self._context or current()).replace(
            on_progress=Throttled(self._tell), stop=self._stop
        )
        context.allow(entry.effect)
        named = dict.fromkeys(self._things.keys() & self._references, "-")  # stands in for a name
        checked = validated(entry, {**self.values(), **named})
        things = {name: self._things[name] for name in named}
        return entry.function()(**{**checked, **things}, context=context)

    def _tell(self, done: float, total: float | None, message: str) -> None:
        self._bar.bar_style = "" if total else "info"
        self._bar.max = total or 1
        self._bar.value = done if total else 1
        self._message.value = message

    def _running(self, *, is_running: bool) -> None:
        self._run_button.disabled = is_running
        self._stop_button.disabled = not is_running
        self._bar.layout.visibility = "visible" if is_running else "hidden"
        self._bar.value = 0
        self._message.value = ""

    def _build(self) -> None:
        self._run_button = widgets.Button(description="Run", button_style="primary", icon="play")
        self._stop_button = widgets.Button(description="Stop", icon="stop")
        self._run_button.on_click(lambda _button: self.run())
        self._stop_button.on_click(lambda _button: self.stop())
        self._bar = widgets.FloatProgress(min=0, max=1)
        self._message = widgets.Label()
        self._output = widgets.Output()
        title = widgets.HTML()
        title.value = f"<b>{self._schema.tool}</b> {escape(self._schema.summary)}"
        rows = [_row(one.widget, one.field.help) for one in self._controls.values()]
        fixed = [widgets.Label(f"{name}: {_kind(it)}") for name, it in self._things.items()]
        bar = [self._run_button, self._stop_button, self._bar, self._message]
        self.widget = widgets.VBox([title, *fixed, *rows, widgets.HBox(bar), self._output])
        self._running(is_running=False)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)

    def __repr__(self) -> str:
        return f"Form({self._schema.tool!r})"


def _row(widget: Any, help_text: str) -> Any:
    return widgets.HBox([widget, widgets.HTML(f"<small>{escape(help_text)}</small>")])


def _kind(thing: Any) -> str:
    shape = getattr(thing, "shape", "")
    return f"{type(thing).__name__} {shape or getattr(thing, 'name', '')}".strip()


def _typed(value: Any) -> bool:
    """Whether a value can be entered in a form."""
    if isinstance(value, list | tuple):
        return all(_typed(item) for item in value)
    if isinstance(value, dict):
        return all(_typed(item) for item in value.values())
    return (
        value is None or isinstance(value, str | int | float | bool) or hasattr(value, "isoformat")
    )


def _must_be_parameters(schema: Schema, defaults: Mapping[str, Any]) -> None:
    known = [parameter.name for parameter in schema.parameters]
    for name in defaults:
        if name not in known:
            raise UnknownName(f"parameter of {schema.tool}", name, known)


def _beginning_with(schema: Schema, defaults: Mapping[str, Any]) -> Schema:
    """The schema with other defaults, as JSON has them."""
    parameters = tuple(
        parameter.model_copy(update={"default": _as_json(defaults[parameter.name])})
        if parameter.name in defaults
        else parameter
        for parameter in schema.parameters
    )
    return schema.model_copy(update={"parameters": parameters})


def _as_json(value: Any) -> Any:
    return value.isoformat()[:10] if hasattr(value, "isoformat") else value
