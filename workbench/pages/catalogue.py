"""The generated page of every operation, by room."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import panel as pn
import panel_material_ui as pmui

from workbench.errors import WorkbenchError
from workbench.pages.form import operation_form
from workbench.pages.frame import page, panel_card, stylesheet
from workbench.registry import broken, operations

if TYPE_CHECKING:
    from workbench.registry import Entry

__all__ = ["catalogue_page"]


def catalogue_page() -> Any:
    """Every operation by room; each opens as a form, at ``?operation=<tool>``."""
    entries = operations()
    asked = _asked()
    search = pmui.TextInput(
        label="Search", placeholder="name or words", sizing_mode="stretch_width", size="small"
    )
    menu = pn.pane.HTML(
        _menu(entries, asked, ""),
        stylesheets=[stylesheet("menu")],
        sizing_mode="stretch_width",
        margin=(0, 10),
    )

    def find(event: Any) -> None:
        menu.object = _menu(entries, asked, event.new)

    search.param.watch(find, "value_input")
    main = [_form(asked)] if asked else _overview(entries)
    return page("Operations", main, [search, menu], sidebar_width=280)


def _menu(entries: list[Entry], asked: str, text: str) -> str:
    wanted = (text or "").strip().lower()
    kept = [item for item in entries if wanted in f"{item.tool} {item.room} {item.summary}".lower()]
    rooms = "".join(
        f"<h4>{escape(room)}</h4>" + "".join(_link(entry, asked) for entry in group)
        for room, group in groupby(kept, key=lambda entry: entry.room)
    )
    return rooms or "<p>Nothing has these words.</p>"


def _link(entry: Entry, asked: str) -> str:
    here = ' aria-current="page"' if entry.tool == asked else ""
    return f'<a href="{_address(entry)}"{here}>{escape(entry.tool)}</a>'


def _address(entry: Entry) -> str:
    return f"/catalogue?operation={quote(entry.tool)}"


def _form(tool: str) -> Any:
    try:
        return operation_form(tool)
    except WorkbenchError as error:
        return pmui.Alert(str(error), severity="warning", sizing_mode="stretch_width")


def _overview(entries: list[Entry]) -> list[Any]:
    faults = [
        pmui.Alert(
            fault.reason, title=str(fault.path), severity="warning", sizing_mode="stretch_width"
        )
        for fault in broken()
    ]
    rooms = [
        panel_card(room.capitalize(), _table(list(group)))
        for room, group in groupby(entries, key=lambda entry: entry.room)
    ]
    return [*faults, *rooms]


def _table(entries: list[Entry]) -> pn.pane.HTML:
    rows = "".join(
        f'<li><a href="{_address(entry)}">{escape(entry.tool)}</a>'
        f"<span>{escape(entry.summary)}</span>"
        f'<i class="{entry.effect.value}">{entry.effect.value}</i></li>'
        for entry in entries
    )
    return pn.pane.HTML(
        f"<ul>{rows}</ul>", stylesheets=[stylesheet("list")], sizing_mode="stretch_width"
    )


def _asked() -> str:
    """The operation that the address names."""
    value = pn.state.session_args.get("operation", [b""])[0] if pn.state.curdoc else b""
    return bytes(value).decode("utf-8", "replace")
