"""The frame around every page: header with links, side bar, colours, cards."""

from __future__ import annotations

import math
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui
from bokeh.core.validation import silence
from bokeh.core.validation.warnings import EMPTY_LAYOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["figure", "metric_cards", "page", "panel_card", "stylesheet"]

silence(EMPTY_LAYOUT)  # a page begins without an answer

LINKS = {"Home": "/", "Operations": "/catalogue"}

THEME: dict[str, Any] = {
    "palette": {
        "primary": {"main": "#0072b2"},
        "warning": {"main": "#d55e00"},
        "background": {"default": "#f5f7f9", "paper": "#ffffff"},
        "text": {"primary": "#1f2933", "secondary": "#616e7c"},
    },
    "shape": {"borderRadius": 8},
    "typography": {
        "fontFamily": "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
        "button": {"textTransform": "none", "fontWeight": 600},
    },
    "components": {
        "MuiPaper": {"defaultProps": {"elevation": 0}},
        "MuiAppBar": {
            "defaultProps": {"elevation": 0},
            "styleOverrides": {
                "root": {
                    "backgroundColor": "#12263a",
                    "boxShadow": "none",
                }
            },
        },
        "MuiDrawer": {"styleOverrides": {"paper": {"borderRight": "1px solid #e4e8ed"}}},
        "MuiTypography": {
            "styleOverrides": {"h3": {"fontSize": "19px", "letterSpacing": "-0.01em"}}
        },
    },
}

_CARD = {"border": "1px solid #e4e8ed", "boxShadow": "none", "borderRadius": "10px"}


def page(
    title: str, main: Iterable[Any], sidebar: Iterable[Any] = (), *, sidebar_width: int = 320
) -> Any:
    """A page of the workbench.

    Parameters
    ----------
    title : str
        Shown in the header and on the browser's tab.
    main, sidebar : iterable of Panel objects
        What is on the page; without a side bar there is none.
    sidebar_width : int
        In pixels.

    Returns
    -------
    panel_material_ui.Page
        Call ``.servable()`` on it in a dashboard's file.
    """
    pn.extension("tabulator", notifications=True)
    aside = list(sidebar)
    aside = [pn.Spacer(height=8), *aside] if aside else []
    links = "".join(f'<a href="{url}">{name}</a>' for name, url in LINKS.items())
    return pmui.Page(
        title=title,
        main=[pn.Column(*main, sizing_mode="stretch_width", margin=(16, 8))],
        sidebar=aside,
        sidebar_open=bool(aside),
        sidebar_width=sidebar_width if aside else 0,
        header=[
            pn.pane.HTML(f"<nav>{links}</nav>", align="center", stylesheets=[stylesheet("links")])
        ],
        theme_config=THEME,
        theme_toggle=False,
        main_width="min(1180px, 96%)",
    )


def panel_card(title: str, *content: Any, **options: Any) -> Any:
    """A white card with a title, that stays open."""
    options = {"collapsible": False, "sizing_mode": "stretch_width", "sx": _CARD, **options}
    return pmui.Card(*content, title=title, hide_header=not title, margin=(8, 0), **options)


def figure(drawn: Any) -> Any:
    """A Bokeh figure or layout, as wide as its card."""
    return pn.pane.Bokeh(drawn, sizing_mode="stretch_width", margin=0)


def metric_cards(values: Mapping[str, Any]) -> pn.pane.HTML:
    """Headline numbers in a row; NaN and None are a dash, floats are shown to four digits."""
    cards = "".join(
        f"<div><dt>{escape(str(name))}</dt><dd>{escape(_text(value))}</dd></div>"
        for name, value in values.items()
    )
    return pn.pane.HTML(
        f"<dl>{cards}</dl>",
        stylesheets=[stylesheet("metrics")],
        sizing_mode="stretch_width",
        margin=(8, 0),
    )


@cache
def stylesheet(name: str) -> str:
    """The text of one of the files in ``styles``."""
    return (Path(__file__).parent / "styles" / f"{name}.css").read_text(encoding="utf-8")


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
