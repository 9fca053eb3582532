"""How every figure looks: typography, colours, grid and tools, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bokeh.layouts import column
from bokeh.models import DatetimeTickFormatter, HoverTool, Legend, NumeralTickFormatter
from bokeh.palettes import interp_palette
from bokeh.plotting import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bokeh.models import Column, LayoutDOM

__all__ = ["DIVERGING", "INK", "LOSS", "MUTED", "PALETTE", "PRIMARY", "colours", "stacked"]

FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
INK = "#1f2933"
MUTED = "#7b8794"
GRID = "#e9edf1"

PALETTE = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#7a5195",
    "#8c6d31",
    "#4d4d4d",
)
"""Told apart by a colour-blind eye: Okabe and Ito (2008), with the yellow left out (it is
unreadable on white) and three darker tones after it."""

PRIMARY, LOSS = PALETTE[0], PALETTE[1]
DIVERGING = tuple(interp_palette(["#b2441c", "#e8a07c", "#f7f7f7", "#7fb2d6", "#0b5c97"], 255))
"""From loss (orange) over zero (white) to gain (blue)."""

_DATES = {"days": "%d %b", "months": "%b %Y", "years": "%Y", "hours": "%H:%M"}
_TOOLS = "pan,xbox_zoom,xwheel_zoom,reset,save"


def colours(count: int) -> Iterator[str]:
    """The first `count` colours; the palette starts again when it is used up."""
    return (PALETTE[i % len(PALETTE)] for i in range(count))


def time_figure(title: str, *, height: int, **options: Any) -> figure:
    """An empty figure over time."""
    made = plain_figure(title, height=height, x_axis_type="datetime", **options)
    made.xaxis.formatter = DatetimeTickFormatter(**_DATES)
    return made


def plain_figure(title: str, *, height: int, **options: Any) -> figure:
    """An empty figure in the house's style, as wide as what holds it."""
    options = {"tools": _TOOLS, **options}
    made = figure(
        title=title,
        height=height,
        sizing_mode="stretch_width",
        output_backend="canvas",
        **{name: value for name, value in options.items() if value is not None},
    )
    _style_frame(made)
    _style_axes(made)
    return made


def hover(renderers: list[Any], tooltips: list[tuple[str, str]], mode: str = "vline") -> HoverTool:
    """A tooltip that reads the time as a date."""
    formatters = {"@time": "datetime"}
    return HoverTool(
        renderers=renderers,
        tooltips=tooltips,
        formatters=formatters,
        mode=mode,
        line_policy="nearest",
    )


def percent(digits: int = 0) -> NumeralTickFormatter:
    """A tick formatter for simple fractions."""
    return NumeralTickFormatter(format="0." + "0" * digits + "%" if digits else "0%")


def legend_above(made: figure) -> None:
    """Put the legend above the plot, in one row, where it hides nothing."""
    if not made.legend:
        return
    legend: Legend = made.legend[0]
    legend.update(
        orientation="horizontal",
        location="top_left",
        click_policy="hide",
        border_line_color=None,
        background_fill_alpha=0.0,
        label_text_color=INK,
        label_text_font=FONT,
        label_text_font_size="12px",
        glyph_width=18,
        padding=0,
        margin=0,
        spacing=14,
    )
    made.center.remove(legend)
    made.add_layout(legend, "above")


def stacked(*figures: LayoutDOM) -> Column:
    """Figures one above the other, each as wide as the page."""
    return column(list(figures), sizing_mode="stretch_width", spacing=8)


def _style_frame(made: figure) -> None:
    made.toolbar.logo = None
    made.toolbar.autohide = True
    made.background_fill_color = None
    made.border_fill_color = None
    made.outline_line_color = None
    made.title.update(
        visible=bool(made.title.text),
        text_font=FONT,
        text_font_size="14px",
        text_font_style="bold",
        text_color=INK,
        offset=0,
    )
    made.min_border_right = 16


def _style_axes(made: figure) -> None:
    for axis in made.axis:
        axis.update(
            axis_line_color=GRID,
            major_tick_line_color=None,
            minor_tick_line_color=None,
            major_label_text_color=MUTED,
            major_label_text_font=FONT,
            major_label_text_font_size="12px",
            axis_label_text_color=MUTED,
            axis_label_text_font=FONT,
            axis_label_text_font_style="normal",
            axis_label_text_font_size="12px",
        )
    made.xgrid.grid_line_color = None
    made.ygrid.grid_line_color = GRID
