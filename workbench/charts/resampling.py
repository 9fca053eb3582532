"""What chance would have made of it: intervals, histograms and fans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, Label, NumeralTickFormatter, Span

from workbench.charts.frames import finite, numeric_frame
from workbench.charts.theme import (
    FONT,
    INK,
    LOSS,
    MUTED,
    PALETTE,
    PRIMARY,
    hover,
    legend_above,
    plain_figure,
)
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from bokeh.plotting import figure

__all__ = ["chance_histogram", "interval_strips", "wealth_fan"]


def chance_histogram(
    samples: Any,
    observed: float,
    *,
    title: str = "Chance",
    number_format: str = "0.00",
    better_is_right: bool | None = True,
    bins: int = 50,
    height: int = 280,
) -> figure:
    """A histogram of what chance gives, and what was observed.

    Parameters
    ----------
    samples : array-like
        The statistic on each draw; NaN is left out.
    observed : float
        The statistic as it was; NaN is not marked.
    title : str
        Title of the figure.
    number_format : str
        Format of the values.
    better_is_right : bool, optional
        Colour the draws that are at least as good, to the right or to the left of what was
        observed; None colours none.
    bins : int
        How many bins.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One quad for each bin; its source has ``left``, ``right``, ``count`` and ``color``.

    Raises
    ------
    UnusableFrame
        If `samples` is not numeric.
    NoData
        If it holds no finite value.
    """
    count, edges = np.histogram(finite(samples, "draws"), bins=bins)
    table = pd.DataFrame({"left": edges[:-1], "right": edges[1:], "count": count})
    as_good = pd.Series(data=False, index=table.index)
    if better_is_right is not None and np.isfinite(observed):
        as_good = table["right"] > observed if better_is_right else table["left"] < observed
    table["color"] = np.where(as_good, LOSS, PALETTE[5])
    made = plain_figure(title, height=height)
    drawn = made.quad(
        left="left",
        right="right",
        top="count",
        bottom=0,
        fill_color="color",
        fill_alpha=0.75,
        line_color="white",
        line_width=0.5,
        source=ColumnDataSource(table),
    )
    span = f"@left{{{number_format}}} to @right{{{number_format}}}"
    made.add_tools(hover([drawn], [("", span), ("draws", "@count")], mode="mouse"))
    made.xaxis.formatter = NumeralTickFormatter(format=number_format)
    made.yaxis.visible = False
    made.y_range.start = 0
    if np.isfinite(observed):
        _mark(made, observed, "observed")
        low, high = min(edges[0], observed), max(edges[-1], observed)
        made.x_range.update(start=low - 0.03 * (high - low), end=high + 0.12 * (high - low))
    return made


def interval_strips(
    table: pd.DataFrame,
    *,
    title: str = "Intervals",
    number_format: str = "0.00",
    level: float | None = 0.0,
    height: int | None = None,
) -> figure:
    """One row for each number, with its interval, on one scale.

    Parameters
    ----------
    table : pandas.DataFrame
        Index names, columns ``estimate``, ``low`` and ``high``; a row without an estimate is
        left blank, one without bounds is a dot.
    title : str
        Title of the figure.
    number_format : str
        Format of the values.
    level : float, optional
        A value to mark, for example 0.
    height : int, optional
        Height in pixels; by default it grows with the rows.

    Returns
    -------
    bokeh.plotting.figure
        Dots and whiskers, the first row on top.

    Raises
    ------
    UnusableFrame
        If a column is missing.
    NoData
        If there is no estimate.
    """
    missing = {"estimate", "low", "high"} - set(table.columns)
    if missing:
        raise UnusableFrame("Intervals lack a column", seen=sorted(missing))
    numbers = numeric_frame(table[["estimate", "low", "high"]], "intervals")
    names = [str(name) for name in table.index]
    source = ColumnDataSource(numbers.assign(name=names).reset_index(drop=True))
    made = plain_figure(title, height=height or 84 + 26 * len(names), y_range=names[::-1])
    made.ygrid.grid_line_color = None
    if level is not None:
        made.add_layout(Span(location=level, dimension="height", line_color=MUTED, line_width=1))
    made.segment(
        x0="low",
        x1="high",
        y0="name",
        y1="name",
        source=source,
        line_color=PALETTE[5],
        line_width=5,
    )
    dots = made.scatter(
        "estimate", "name", source=source, size=9, fill_color=PRIMARY, line_color="white"
    )
    tips = [
        ("@name", f"@estimate{{{number_format}}}"),
        ("interval", f"@low{{{number_format}}} to @high{{{number_format}}}"),
    ]
    made.add_tools(hover([dots], tips, mode="mouse"))
    made.xaxis.formatter = NumeralTickFormatter(format=number_format)
    made.yaxis.major_label_text_color = INK
    return made


def wealth_fan(
    fan: pd.DataFrame,
    history: pd.Series | None = None,
    *,
    title: str = "Growth of 1",
    height: int = 320,
) -> figure:
    """Quantiles of many paths, bar by bar, and one path among them.

    Parameters
    ----------
    fan : pandas.DataFrame
        Index bars, columns probabilities in (0, 1), values above 0; others become gaps.
    history : pandas.Series, optional
        A path to draw over it, index bars.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One area for each pair (q, 1 − q), a line for the median, on a logarithmic scale.

    Raises
    ------
    NoData
        If there is no positive value.
    """
    quantiles = sorted(float(name) for name in fan.columns)
    read = numeric_frame(fan.set_axis(fan.columns.astype(float), axis=1)[quantiles], "fan")
    read = numeric_frame(read.where(read > 0), "positive wealth")
    read.columns = [f"q{100 * name:g}" for name in quantiles]
    source = ColumnDataSource(read.rename_axis("bar").reset_index())
    made = plain_figure(title, height=height, y_axis_type="log", x_axis_label="bars")
    pairs = len(quantiles) // 2
    for at in range(pairs):
        low, high = read.columns[at], read.columns[-1 - at]
        made.varea(
            "bar",
            low,
            high,
            source=source,
            fill_color=PALETTE[5],
            fill_alpha=0.28 + 0.22 * at,
            legend_label=f"{low[1:]}–{high[1:]}%",
        )
    middle = read.columns[len(quantiles) // 2]
    line = made.line(
        "bar", middle, source=source, line_color=PRIMARY, line_width=1.8, legend_label="median path"
    )
    if history is not None:
        kept = history.iloc[np.unique(np.linspace(0, len(history) - 1, 2_000).astype(int))]
        own = ColumnDataSource({"bar": kept.index, "value": kept.where(kept > 0).to_numpy()})
        made.line(
            "bar", "value", source=own, line_color=INK, line_width=1.2, legend_label="history"
        )
    tips = [("bar", "@bar"), *((name[1:] + "%", f"@{name}{{0,0.00}}") for name in read.columns)]
    made.add_tools(hover([line], tips))
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    legend_above(made)
    return made


def _mark(made: figure, at: float, text: str) -> None:
    made.add_layout(Span(location=at, dimension="height", line_color=INK, line_width=2))
    made.add_layout(
        Label(
            x=at,
            y=10,
            y_units="screen",
            x_offset=6,
            background_fill_color="white",
            background_fill_alpha=0.8,
            text=text,
            text_color=INK,
            text_font=FONT,
            text_font_size="12px",
        )
    )
