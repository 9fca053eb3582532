"""An executed notebook as one HTML page that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bokeh.resources import Resources
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

from workbench.runs.papermill import ERROR_TAG

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from workbench.ports import RunRecord

__all__ = ["notebook_report"]

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_LOADS_BOKEH = "application/vnd.bokehjs_load.v0+json"
_DRAWS_BOKEH = "application/vnd.bokehjs_exec.v0+json"
_BOKEH_PARTS = ["bokeh", "bokeh-widgets", "bokeh-tables"]


def notebook_report(
    notebook: NotebookNode, record: RunRecord, *, status: str, error: str = ""
) -> str:
    """A self-contained page: header, every output, and the code folded away.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The executed notebook. Its first heading becomes the title.
    record : RunRecord
        Parameters, times and provenance for the header.
    status, error : str
        How the run ended.

    Returns
    -------
    str
        HTML; BokehJS is inside once when the notebook holds a Bokeh figure.
    """
    title, cells = _titled(notebook, record.name)
    shown = {**notebook, "cells": [_without_loaders(cell) for cell in cells]}
    run = {
        "title": title,
        "status": status,
        "error": error,
        "cards": _cards(record),
        "parameters": {name: _worded(value) for name, value in record.parameters.items()},
        "provenance": _lines(record.provenance),
        "packages": record.provenance.get("packages", {}),
        "scripts": _bokeh_scripts() if _has_figures(notebook) else [],
        "style": _style(),
    }
    page, _ = _exporter().from_notebook_node(type(notebook)(shown), resources={"run": run})
    return str(page)


@cache
def _exporter() -> HTMLExporter:
    return HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="report", extra_template_basedirs=[str(_TEMPLATES)]
    )


def _titled(notebook: NotebookNode, name: str) -> tuple[str, list[NotebookNode]]:
    """The first heading goes to the header of the page; papermill's own marks are left out."""
    cells = [c for c in notebook.cells if ERROR_TAG not in c.metadata.get("tags", [])]
    for index, cell in enumerate(cells):
        first, _, rest = cell.source.partition("\n")
        if cell.cell_type == "markdown" and first.startswith("# "):
            body = [
                *cells[:index],
                type(cell)({**cell, "source": rest.strip()}),
                *cells[index + 1 :],
            ]
            return first.removeprefix("# ").strip(), body
    return name, cells


def _without_loaders(cell: NotebookNode) -> NotebookNode:
    """BokehJS stands once in the head of the page, not in the cell that loaded it."""
    if cell.cell_type != "code":
        return cell
    kept = [out for out in cell.outputs if _LOADS_BOKEH not in out.get("data", {})]
    return type(cell)({**cell, "outputs": kept})


def _has_figures(notebook: NotebookNode) -> bool:
    return any(
        _DRAWS_BOKEH in output.get("data", {})
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )


@cache
def _bokeh_scripts() -> list[str]:
    return list(Resources(mode="inline", components=_BOKEH_PARTS, minified=True).js_raw)


@cache
def _style() -> str:
    page = files("workbench.charts").joinpath("templates/page.css").read_text("utf-8")
    code = HtmlFormatter(style="friendly").get_style_defs(".highlight")
    return "\n".join([page, code, (_TEMPLATES / "report" / "report.css").read_text("utf-8")])


def _cards(record: RunRecord) -> dict[str, str]:
    ended = record.ended_at
    took = f"{(ended - record.started_at).total_seconds():,.0f} s" if ended else "–"
    git = record.provenance.get("git")
    commit = f"{git['commit'][:10]}{' + changes' if git['dirty'] else ''}" if git else "–"
    return {
        "Started": f"{record.started_at:%Y-%m-%d %H:%M} UTC",
        "Took": took,
        "Seed": str(record.provenance.get("seed", "–")),
        "Code": commit,
    }


def _lines(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Provenance as name → words; packages have a table of their own."""
    lines = {}
    for name, value in provenance.items():
        if name == "packages":
            continue
        if isinstance(value, Mapping):
            value = ", ".join(f"{key} {item}" for key, item in value.items())  # noqa: PLW2901
        lines[name.replace("_", " ")] = _worded(value)
    return lines


def _worded(value: Any) -> str:
    return "–" if value is None or value in ("", [], {}) else str(value)
