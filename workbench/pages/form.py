"""An operation as a form: documentation, fields, a run, and the result."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from workbench.pages.fields import fields_of, given
from workbench.pages.frame import panel_card, stylesheet
from workbench.pages.job import Job
from workbench.pages.shown import shown
from workbench.registry import call, schema

if TYPE_CHECKING:
    from workbench.registry import ParameterSchema, Schema

__all__ = ["operation_form"]


def operation_form(name: str) -> Any:
    """The form of one operation.

    Parameters
    ----------
    name : str
        Tool name, function name or command.

    Returns
    -------
    Panel object
        Runs the operation in a worker thread and shows its result or its error.

    Raises
    ------
    UnknownName
        If there is no such operation.
    """
    described = schema(name)
    fields = fields_of(described.parameters)
    documented = _documentation(described)
    job = Job()
    answer = pn.Column(sizing_mode="stretch_width", margin=0)
    button = pmui.Button(label="Run", icon="play_arrow", color="primary", size="medium")

    async def run(_event: Any) -> None:
        button.disabled = True
        answer.clear()
        result = await job.run(lambda context: call(described.tool, given(fields), context))
        if result is not None:
            answer.append(panel_card("Result", shown(result)))
        button.disabled = False

    button.on_click(run)
    widgets = pmui.Grid(
        *(pmui.Grid(field.widget, size={"xs": 12, "md": 6}) for field in fields),
        container=True,
        spacing=2,
        sizing_mode="stretch_width",
    )
    return pmui.Column(
        _heading(described),
        panel_card("Parameters", widgets if fields else pmui.Typography("None."), button, job),
        answer,
        *([panel_card("Documentation", documented)] if documented.object else []),
        sizing_mode="stretch_width",
        margin=0,
    )


def _heading(described: Schema) -> pn.pane.HTML:
    effect = described.effect.value
    return _words(
        f'<h1>{escape(described.tool)} <i class="{effect}">{effect}</i></h1>'
        f"<p>{_marked(described.summary)}</p>"
        f"<p>On the command line <code>workbench {escape(described.command)}</code>, "
        f"for an agent the tool <code>{escape(described.tool)}</code>.</p>"
    )


def _documentation(described: Schema) -> pn.pane.HTML:
    rows = "".join(
        f"<tr><td><code>{escape(item.name)}</code></td><td>{_default(item)}</td>"
        f"<td>{_marked(item.description)}</td></tr>"
        for item in described.parameters
    )
    words = "".join(f"<p>{_marked(part)}</p>" for part in described.text.split("\n\n") if part)
    table = f"<table><tr><th>Parameter<th>Default<th></tr>{rows}</table>" if rows else ""
    return _words(words + table)


def _words(html: str) -> pn.pane.HTML:
    return pn.pane.HTML(
        html, stylesheets=[stylesheet("words")], sizing_mode="stretch_width", margin=(0, 10)
    )


def _default(item: ParameterSchema) -> str:
    return "needed" if item.required else f"<code>{escape(str(item.default))}</code>"


def _marked(text: str) -> str:
    """Plain docstring text; what stands in backticks is code."""
    return re.sub(r"(`+)([^`]+)\1", r"<code>\2</code>", escape(text))
