"""Which bars of the data a result depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, FixedTicker

from workbench.charts.theme import LOSS, MUTED, PRIMARY, hover, legend_above, plain_figure
from workbench.errors import NoData, UnusableFrame

if TYPE_CHECKING:
    from bokeh.plotting import figure

__all__ = ["dependence_map"]

TICKS = 6


def dependence_map(moved: pd.DataFrame, *, title: str = "", height: int = 420) -> figure:
    """What moves what: one square for each bar of the data that moves a bar of the output.

    Parameters
    ----------
    moved : pandas.DataFrame of bool
        Index the bars of the output, columns the bars of the data, both the same times.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        Blue on and below the diagonal, where the past moves the present; orange above it,
        where the future does. Time runs to the right and upwards.

    Raises
    ------
    UnusableFrame
        If rows and columns are not the same bars.
    NoData
        If nothing moves anything.
    """
    if not moved.index.equals(moved.columns):
        raise UnusableFrame(
            "Rows and columns of the map are not the same bars",
            seen=moved.shape,
            cure="Give the same times on both sides",
        )
    output, source = np.nonzero(moved.to_numpy())
    if not len(output):
        raise NoData("No bar of the data moves the output", cure="Look at the function: it is flat")
    cells = pd.DataFrame(
        {
            "bar": source,
            "output": output,
            "input_time": _words(moved.columns)[source],
            "output_time": _words(moved.index)[output],
            "ahead": source - output,
        }
    )
    made = plain_figure(title, height=height, match_aspect=True)
    for own, colour, label in (
        (cells["ahead"] <= 0, PRIMARY, "moved by the past"),
        (cells["ahead"] > 0, LOSS, "moved by the future"),
    ):
        if own.any():
            _squares(made, cells[own], colour, label)
    made.line([-0.5, len(moved) - 0.5], [-0.5, len(moved) - 0.5], color=MUTED, line_dash="dotted")
    _axes(made, _words(moved.index))
    legend_above(made)
    return made


def _squares(made: figure, cells: pd.DataFrame, colour: str, label: str) -> None:
    drawn = made.rect(
        x="bar", y="output", width=0.86, height=0.86, line_color=None, fill_color=colour,
        source=ColumnDataSource(cells), legend_label=label,
    )  # fmt: skip
    tips = [("data", "@input_time"), ("output", "@output_time"), ("bars ahead", "@ahead")]
    made.add_tools(hover([drawn], tips, mode="mouse"))


def _axes(made: figure, words: Any) -> None:
    places = np.unique(np.linspace(0, len(words) - 1, TICKS).astype(int)).tolist()
    for axis, label in ((made.xaxis, "bar of the data"), (made.yaxis, "bar of the output")):
        axis.update(
            ticker=FixedTicker(ticks=places),
            major_label_overrides={place: str(words[place]) for place in places},
            axis_label=label,
        )
    made.x_range.range_padding = made.y_range.range_padding = 0.01


def _words(bars: pd.Index) -> Any:
    """Times as they are read; the clock only where it matters."""
    if not isinstance(bars, pd.DatetimeIndex):
        return np.array([str(bar) for bar in bars], dtype=object)
    daily = bool((bars == bars.normalize()).all())
    return bars.strftime("%Y-%m-%d" if daily else "%Y-%m-%d %H:%M").to_numpy(dtype=object)
