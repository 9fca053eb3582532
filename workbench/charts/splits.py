"""Which bars teach and which test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from bokeh.models import ColumnDataSource

from workbench.charts.theme import (
    FONT,
    LOSS,
    MUTED,
    PALETTE,
    PRIMARY,
    hover,
    legend_above,
    plain_figure,
    time_figure,
)
from workbench.errors import NoData

if TYPE_CHECKING:
    from bokeh.plotting import figure

__all__ = ["split_strips"]

MOST_SPLITS = 60
_COLOURS = {"train": PALETTE[5], "test": PRIMARY, "purged": LOSS, "embargoed": PALETTE[4]}
_OPAQUE = {"train": 0.45, "test": 1.0, "purged": 1.0, "embargoed": 1.0}


def split_strips(
    strips: pd.DataFrame, *, title: str = "Splits", height: int | None = None
) -> figure:
    """One strip a split, coloured by what the bars do in it.

    Parameters
    ----------
    strips : pandas.DataFrame
        Columns ``split`` (a number), ``part`` (train, test, purged or embargoed), ``start`` and
        ``end`` (times, or positions of bars). Of more than 60 splits the first are drawn.
    title : str
        Title of the figure.
    height : int, optional
        Height in pixels; by default it grows with the splits.

    Returns
    -------
    bokeh.plotting.figure
        One set of bars for each part; what is left out stays blank.

    Raises
    ------
    NoData
        If there is no split.
    """
    if strips.empty:
        raise NoData("There is no split to draw")
    shown = strips[strips["split"] < MOST_SPLITS]
    rows = [str(number) for number in sorted(shown["split"].unique())]
    hidden = strips["split"].nunique() - len(rows)
    named = f"{title} ({hidden} not shown)" if hidden else title
    look: dict[str, Any] = {
        "height": height or 96 + max(22 if len(rows) <= 12 else 12, 6) * len(rows),
        "y_range": rows[::-1],
    }
    timed = pd.api.types.is_datetime64_any_dtype(shown["start"])
    made = (time_figure if timed else plain_figure)(named, **look)
    made.grid.grid_line_color = None
    if len(rows) > 30:
        made.yaxis.major_label_text_font_size = "9px"
    drawn = [
        made.hbar(
            y="split",
            left="start",
            right="end",
            height=0.72,
            line_color=None,
            fill_color=colour,
            fill_alpha=_OPAQUE[part],
            legend_label=part,
            source=ColumnDataSource(own.assign(split=own["split"].astype(str))),
        )
        for part, colour in _COLOURS.items()
        if len(own := shown[shown["part"] == part])
    ]
    span = "@start{%F} to @end{%F}" if timed else "@start to @end"
    tool = hover(drawn, [("split @split", f"@part, {span}")], mode="mouse")
    if timed:
        tool.formatters = {"@start": "datetime", "@end": "datetime"}
    made.add_tools(tool)
    made.yaxis.update(axis_label="split", axis_label_text_color=MUTED, axis_label_text_font=FONT)
    legend_above(made)
    return made
