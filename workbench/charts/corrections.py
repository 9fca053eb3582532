"""Corrections for many trials: the noise that each takes for skill, the skill that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bokeh.models import ColumnDataSource, Span

from workbench.charts.theme import (
    INK,
    MUTED,
    colours,
    hover,
    legend_above,
    percent,
    plain_figure,
)
from workbench.errors import NoData

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["size_and_power"]


def size_and_power(
    table: pd.DataFrame, level: float, *, title: str = "", height: int | None = None
) -> figure:
    """One row for each correction: dots for noise taken for skill, diamonds for skill found.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``correction``, ``design``, ``size`` and ``power``, shares from 0 to 1.
    level : float
        The share of noise that a correction promises, marked by a line.
    title : str
        Title of the figure.
    height : int, optional
        Height in pixels; by default it grows with the corrections.

    Returns
    -------
    bokeh.plotting.figure
        A colour for each design; the first correction is on top.

    Raises
    ------
    NoData
        If the table is empty.
    """
    if table.empty:
        raise NoData("No correction was asked", cure="Simulate at least one study")
    names = list(dict.fromkeys(table["correction"]))
    designs = list(dict.fromkeys(table["design"]))
    made = plain_figure(
        title, height=height or 110 + 30 * len(names), y_range=names[::-1], x_range=(-0.02, 1.02)
    )
    made.add_layout(Span(location=level, dimension="height", line_color=MUTED, line_dash="dashed"))
    drawn = []
    for design, colour in zip(designs, colours(len(designs)), strict=True):
        source = ColumnDataSource(table[table["design"] == design].reset_index(drop=True))
        shared = {"source": source, "color": colour, "fill_alpha": 0.6, "legend_label": design}
        drawn.append(made.scatter("size", "correction", size=9, **shared))
        drawn.append(made.scatter("power", "correction", size=11, marker="diamond", **shared))
    tips = [
        ("", "@correction, @design"),
        ("noise taken for skill (dot)", "@size{0.0%}"),
        ("skill found (diamond)", "@power{0%}"),
    ]
    made.add_tools(hover(drawn, tips, mode="mouse"))
    made.xaxis.formatter = percent()
    made.yaxis.major_label_text_color = INK
    made.ygrid.grid_line_color = None
    legend_above(made)
    return made
