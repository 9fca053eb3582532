"""How a choice did on bars that it had not seen, and how it changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, Label, NumeralTickFormatter, Span
from bokeh.transform import dodge

from workbench.charts.frames import numeric_frame, over_time
from workbench.charts.theme import (
    FONT,
    INK,
    MUTED,
    PALETTE,
    PRIMARY,
    colours,
    hover,
    legend_above,
    plain_figure,
    time_figure,
)
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from bokeh.plotting import figure

__all__ = ["curve", "parameter_drift", "path_bundle", "train_and_test"]

MOST_PATHS = 60


def train_and_test(
    folds: pd.DataFrame, *, title: str = "Before and after", height: int = 240
) -> figure:
    """A measure on the bars that chose, beside the same on the fold after.

    Parameters
    ----------
    folds : pandas.DataFrame
        Columns ``start`` (time), ``train`` and ``test``, a row a fold. NaN is left blank.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        Two bars a fold, in the order of time.

    Raises
    ------
    UnusableFrame
        If a column is missing or not numeric.
    NoData
        If there is no number.
    """
    missing = {"start", "train", "test"} - set(folds.columns)
    if missing:
        raise UnusableFrame("The folds lack a column", seen=sorted(missing))
    read = numeric_frame(folds[["train", "test"]], "folds")
    names = [f"{number + 1}: {start:%b %Y}" for number, start in enumerate(folds["start"])]
    source = ColumnDataSource(read.assign(fold=names).reset_index(drop=True))
    made = plain_figure(title, height=height, x_range=names)
    made.add_layout(Span(location=0, dimension="width", line_color=MUTED, line_width=1))
    drawn = [
        made.vbar(
            x=dodge("fold", by, range=made.x_range),
            top=name,
            width=0.34,
            source=source,
            fill_color=colour,
            line_color=None,
            legend_label=text,
        )
        for name, by, colour, text in (
            ("train", -0.19, PALETTE[5], "bars that chose"),
            ("test", 0.19, PRIMARY, "the fold after"),
        )
    ]
    tips = [("", "@fold"), ("chose", "@train{0.00}"), ("after", "@test{0.00}")]
    made.add_tools(hover(drawn, tips, mode="mouse"))
    made.yaxis.formatter = NumeralTickFormatter(format="0.[00]")
    legend_above(made)
    return made


def parameter_drift(
    chosen: pd.DataFrame, *, title: str = "Parameters chosen", height: int = 220
) -> figure:
    """How the choice of parameters moved, each between its own least and greatest value.

    Parameters
    ----------
    chosen : pandas.DataFrame
        Index times, a column a parameter; words are numbered in the order they come.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        A line of steps for each parameter; the tooltip tells the value.

    Raises
    ------
    UnusableFrame
        If the index is no time index.
    """
    numbers = chosen.apply(
        lambda column: (
            column
            if pd.api.types.is_numeric_dtype(column)
            else pd.Series(pd.factorize(column)[0], column.index)
        )
    ).astype(float)
    spread = (numbers.max() - numbers.min()).replace(0.0, 1.0)
    read = over_time((numbers - numbers.min()) / spread, "parameters")
    made = time_figure(title, height=height)
    for colour, name in zip(colours(read.shape[1]), read.columns, strict=True):
        low, high = chosen[name].min(), chosen[name].max()
        source = ColumnDataSource(
            {"time": read.index, "place": read[name], "value": chosen[name].astype(str)}
        )
        look = {"source": source, "color": colour, "legend_label": f"{name} ({low} to {high})"}
        made.step("time", "place", mode="after", line_width=1.6, **look)
        dots = made.scatter("time", "place", size=7, **look)
        made.add_tools(hover([dots], [("from @time{%F}", f"{name} = @value")], mode="mouse"))
    made.yaxis.visible = False
    made.y_range.update(start=-0.15, end=1.15)
    legend_above(made)
    return made


def path_bundle(
    paths: pd.DataFrame, *, title: str = "Paths", log: bool = True, height: int = 300
) -> figure:
    """Many histories over the same time, none of them above the others.

    Parameters
    ----------
    paths : pandas.DataFrame
        Index times, a column a path. Of more than 60 paths the first are drawn. NaN is a gap.
    title : str
        Title of the figure.
    log : bool
        Draw on a logarithmic scale; values at or below zero become gaps.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        A thin line for each path and a strong one for their median.

    Raises
    ------
    UnusableFrame, NoData
        If there is no time index, or no number.
    """
    frame = over_time(paths, "paths")
    if log:
        frame = numeric_frame(frame.where(frame > 0), "positive paths").rename_axis("time")
    made = time_figure(title, height=height, y_axis_type="log" if log else "linear")
    shown = frame.iloc[:: max(1, len(frame) // 2_000), :MOST_PATHS]
    made.multi_line(
        xs=[shown.index] * shown.shape[1],
        ys=[shown[name].to_numpy() for name in shown.columns],
        line_color=PALETTE[5],
        line_alpha=0.55,
        line_width=1.2,
        legend_label=f"{frame.shape[1]} paths",
    )
    source = ColumnDataSource(frame.median(axis=1).rename("median").reset_index())
    line = made.line(
        "time", "median", source=source, line_color=PRIMARY, line_width=1.8, legend_label="median"
    )
    made.add_tools(hover([line], [("", "@time{%F}"), ("median", "@median{0,0.00}")]))
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    legend_above(made)
    return made


def curve(
    values: pd.Series,
    *,
    title: str = "",
    x_label: str = "",
    number_format: str = "0.00",
    mark: float = math.nan,
    mark_text: str = "",
    log_x: bool = False,
    height: int = 280,
) -> figure:
    """One number by another: a line with a dot for each.

    Parameters
    ----------
    values : pandas.Series
        Index numbers, ascending. NaN is a gap.
    title, x_label : str
        Title of the figure and label of the horizontal axis.
    number_format : str
        Format of the values.
    mark : float
        A place on the horizontal axis to mark; NaN or beyond the line is not drawn.
    mark_text : str
        What is written there.
    log_x : bool
        Whether the horizontal axis is logarithmic.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        The level 0 is drawn where the values cross it.

    Raises
    ------
    NoData
        If there is no number.
    """
    read = numeric_frame(values.rename("value"), "curve")
    source = ColumnDataSource(read.rename_axis("x").reset_index())
    made = plain_figure(
        title,
        height=height,
        x_axis_label=x_label or None,
        x_axis_type="log" if log_x else "linear",
    )
    low, high = read["value"].min(), read["value"].max()
    if low < 0 < high:
        made.add_layout(Span(location=0, dimension="width", line_color=MUTED, line_width=1))
    made.line("x", "value", source=source, line_color=PRIMARY, line_width=2)
    dots = made.scatter("x", "value", source=source, size=8, fill_color=PRIMARY, line_color="white")
    x_format = "0.0a" if log_x else "0.[00]"
    made.add_tools(
        hover(
            [dots],
            [(x_label or "x", f"@x{{{x_format}}}"), ("", f"@value{{{number_format}}}")],
            mode="mouse",
        )
    )
    made.yaxis.formatter = NumeralTickFormatter(format=number_format)
    if log_x:
        made.xaxis.formatter = NumeralTickFormatter(format="0.[0]a")
    if np.isfinite(mark) and read.index[0] <= mark <= read.index[-1]:
        made.add_layout(Span(location=mark, dimension="height", line_color=INK, line_width=2))
        made.add_layout(
            Label(
                x=mark,
                y=10,
                y_units="screen",
                x_offset=6,
                text=f"{mark_text} {_rounded(mark)}" if log_x else f"{mark_text} {mark:,.2f}",
                text_color=INK,
                text_font=FONT,
                text_font_size="12px",
            )
        )
    return made


def _rounded(number: float) -> str:
    """Two digits of it, all that a place between two points can claim."""
    return f"{float(f'{number:.2g}'):,.10g}"
