"""The dashboards that are found, and the page that leads to them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from workbench.pages.frame import page, stylesheet
from workbench.settings import shipped_folders

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Dashboard", "dashboards", "index_page"]


@dataclass(frozen=True)
class Dashboard:
    """A Panel app in a file.

    Parameters
    ----------
    name : str
        The file's stem, and its address on the server.
    path : pathlib.Path
        The file.
    summary : str
        The first line of its docstring.
    """

    name: str
    path: Path
    summary: str


def dashboards() -> list[Dashboard]:
    """Every dashboard of the working directory, the user's folder, the clone and the package.

    Returns
    -------
    list of Dashboard
        Sorted by name; of two with the same name the first found wins. Files that begin with an
        underscore are left out.
    """
    found: dict[str, Dashboard] = {}
    for folder in shipped_folders("dashboards"):
        for path in sorted(folder.glob("[!_]*.py")):
            found.setdefault(path.stem, Dashboard(path.stem, path.resolve(), _summary(path)))
    return [found[name] for name in sorted(found)]


def index_page() -> Any:
    """The page that leads to every other."""
    cards = [
        (item.name.replace("_", " ").capitalize(), f"/{item.name}", item.summary)
        for item in dashboards()
    ]
    cards.append(("Operations", "/catalogue", "Everything the workbench can do, each as a form."))
    listed = "".join(
        f'<li><a href="{escape(url)}"><b>{escape(name)}</b><span>{escape(text)}</span></a></li>'
        for name, url, text in cards
    )
    return page(
        "Workbench",
        [
            pmui.Typography("Where do you want to begin?", variant="h5", margin=(24, 0, 12, 0)),
            pn.pane.HTML(
                f"<ul>{listed}</ul>", stylesheets=[stylesheet("doors")], sizing_mode="stretch_width"
            ),
        ],
    )


def _summary(path: Path) -> str:
    try:
        text = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    except SyntaxError as error:
        return f"This file is not valid Python: {error.msg}, line {error.lineno}"
    return text.partition("\n")[0]
