"""What a strategy did: its equity, its drawdown, its months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, LinearColorMapper, NumeralTickFormatter, Span
from bokeh.transform import transform

from workbench.charts.frames import numeric_frame, over_time
from workbench.charts.theme import (
    DIVERGING,
    INK,
    LOSS,
    MUTED,
    PALETTE,
    colours,
    hover,
    legend_above,
    percent,
    plain_figure,
    time_figure,
)

if TYPE_CHECKING:
    from bokeh.models import Range
    from bokeh.plotting import figure

__all__ = ["drawdown", "equity_curve", "lines", "monthly_returns"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def equity_curve(
    equity: pd.DataFrame,
    *,
    title: str = "Equity",
    log: bool = False,
    height: int = 320,
    x_range: Range | None = None,
) -> figure:
    """The value of a strategy over time, against its benchmark.

    Parameters
    ----------
    equity : pandas.DataFrame
        Shape (time, columns), any currency or multiple of the start. The first column is drawn
        strong, one called ``benchmark`` grey. NaN is a gap.
    title : str
        Title of the figure.
    log : bool
        Draw on a logarithmic scale; values at or below zero become gaps.
    height : int
        Height in pixels; the width is that of the page.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        One line for each column; the columns of its source are those of `equity` and ``time``.

    Raises
    ------
    UnusableFrame
        If `equity` is no numeric table over time.
    NoData
        If it holds no finite value (with `log`: no positive one).
    """
    frame = over_time(equity, "equity")
    if log:
        frame = numeric_frame(frame.where(frame > 0), "positive equity")
    made = time_figure(
        title, height=height, x_range=x_range, y_axis_type="log" if log else "linear"
    )
    _draw_lines(made, frame, "0,0.00")
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    return made


def drawdown(
    equity: pd.DataFrame,
    *,
    title: str = "Drawdown",
    height: int = 180,
    x_range: Range | None = None,
) -> figure:
    """The loss from the highest value so far, over time.

    Parameters
    ----------
    equity : pandas.DataFrame
        Shape (time, columns), as for `equity_curve`. NaN is a gap and does not reset the peak.
    title : str
        Title of the figure.
    height : int
        Height in pixels.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        An area for the first column, a line for each other; values are fractions at or below 0.

    Raises
    ------
    UnusableFrame, NoData
        As `equity_curve`.
    """
    frame = over_time(equity, "equity")
    frame = frame / frame.cummax() - 1.0
    made = time_figure(title, height=height, x_range=x_range)
    source = ColumnDataSource(frame)
    first = frame.columns[0]
    made.varea(x="time", y1=first, y2=0, source=source, fill_color=LOSS, fill_alpha=0.18)
    _draw_lines(made, frame, "0.0%", source=source, lead=LOSS)
    made.yaxis.formatter = percent()
    return made


def lines(
    frame: pd.DataFrame,
    *,
    title: str = "",
    y_label: str = "",
    number_format: str = "0,0.00",
    level: float | None = None,
    height: int = 260,
    x_range: Range | None = None,
) -> figure:
    """One line for each column over time: rolling statistics, prices, factors.

    Parameters
    ----------
    frame : pandas.DataFrame
        Shape (time, columns). NaN is a gap.
    title, y_label : str
        Title of the figure and label of its vertical axis.
    number_format : str
        Format of the values, for example ``"0.0%"`` for fractions.
    level : float, optional
        A level to mark, for example 0.
    height : int
        Height in pixels.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        One line for each column; the columns of its source are those of `frame` and ``time``.

    Raises
    ------
    UnusableFrame, NoData
        As `equity_curve`.
    """
    read = over_time(frame, "table")
    made = time_figure(title, height=height, x_range=x_range, y_axis_label=y_label or None)
    if level is not None:
        made.add_layout(Span(location=level, dimension="width", line_color=MUTED, line_width=1))
    _draw_lines(made, read, number_format)
    made.yaxis.formatter = NumeralTickFormatter(format=number_format)
    return made


def monthly_returns(
    returns: pd.Series, *, title: str = "Monthly returns", height: int | None = None
) -> figure:
    """Returns compounded by month, one row for each year.

    Parameters
    ----------
    returns : pandas.Series
        Simple returns over time, shape (time,). NaN counts as no return.
    title : str
        Title of the figure.
    height : int, optional
        Height in pixels; by default it grows with the years.

    Returns
    -------
    bokeh.plotting.figure
        One rectangle for each month that has a return; its source has the columns ``year``,
        ``month``, ``value`` (fraction).

    Raises
    ------
    UnusableFrame, NoData
        As `equity_curve`.
    """
    series = over_time(returns, "returns").iloc[:, 0].dropna()
    months = (1.0 + series).groupby(series.index.to_period("M")).prod() - 1.0
    cells = pd.DataFrame(
        {
            "year": months.index.year.astype(str),
            "month": [_MONTHS[number - 1] for number in months.index.month],
            "value": months.to_numpy(),
        }
    )
    years = [str(year) for year in range(months.index.year.max(), months.index.year.min() - 1, -1)]
    made = plain_figure(
        title,
        height=height or 90 + 22 * len(years),
        x_range=list(_MONTHS),
        y_range=years[::-1],
        x_axis_location="above",
        tools="save",
    )
    made.grid.grid_line_color = None
    limit = float(np.abs(cells["value"]).quantile(0.95))
    draw_cells(made, cells, ("month", "year"), limit=limit, shown=".1%")
    return made


def draw_cells(
    made: figure,
    cells: pd.DataFrame,
    axes: tuple[str, str],
    *,
    limit: float,
    shown: str,
    written: bool = True,
) -> None:
    """Coloured rectangles with their value written in them, and a tooltip."""
    limit = limit or 1.0
    across, down = axes
    cells = cells.assign(
        text=[format(value, shown) if written else "" for value in cells["value"]],
        ink=["white" if abs(value) > 0.75 * limit else INK for value in cells["value"]],
    )
    source = ColumnDataSource(cells)
    mapper = LinearColorMapper(palette=list(DIVERGING), low=-limit, high=limit)
    place = {"x": across, "y": down, "source": source}
    drawn = made.rect(
        **place,
        width=0.96,
        height=0.92,
        line_color=None,
        fill_color=transform("value", mapper),
    )
    made.text(
        **place,
        text="text",
        text_color="ink",
        text_align="center",
        text_baseline="middle",
        text_font_size="11px",
    )
    tips = [
        (f"{across} · {down}", f"@{across} @{down}"),
        ("value", "@text" if written else "@value{0.00}"),
    ]
    made.add_tools(hover([drawn], tips, mode="mouse"))


def _draw_lines(
    made: figure,
    frame: pd.DataFrame,
    number_format: str,
    *,
    source: ColumnDataSource | None = None,
    lead: str = PALETTE[0],
) -> None:
    source = source or ColumnDataSource(frame)
    drawn = [
        made.line("time", name, source=source, name=name, legend_label=name, **look)
        for name, look in zip(frame.columns, _looks(list(frame.columns), lead), strict=True)
    ]
    tips = [("", "@time{%F}")]
    tips += [(name, f"@{{{name}}}{{{number_format}}}") for name in frame.columns]
    made.add_tools(hover(drawn[:1], tips))
    legend_above(made)


def _looks(names: list[str], lead: str) -> list[dict[str, Any]]:
    """Colour and width of each line: the first leads, a benchmark stays behind."""
    others = colours(len(names) + 1)
    next(others)
    looks: list[dict[str, Any]] = [{"line_color": lead, "line_width": 2.0}]
    for name in names[1:]:
        colour = MUTED if name == "benchmark" else next(others)
        looks.append({"line_color": colour, "line_width": 1.4})
    return looks
