"""What can be lost, and what moves together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, Label, NumeralTickFormatter, Span

from workbench.charts.frames import finite, numeric_frame
from workbench.charts.performance import draw_cells
from workbench.charts.theme import FONT, INK, LOSS, PALETTE, hover, plain_figure
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from bokeh.plotting import figure

__all__ = ["correlation_heatmap", "var_histogram"]


def var_histogram(
    returns: Any,
    var: float,
    es: float | None = None,
    *,
    confidence: float | None = None,
    title: str = "Distribution of returns",
    number_format: str = "0.0%",
    bins: int = 60,
    height: int = 280,
) -> figure:
    """A histogram of returns with value at risk and expected shortfall marked.

    Parameters
    ----------
    returns : array-like
        Simple returns or simulated profits and losses, any shape; NaN is left out.
    var, es : float
        Value at risk and expected shortfall, as losses in the unit of `returns`; they are drawn
        on the loss side whatever their sign. NaN is not drawn.
    confidence : float, optional
        The confidence in (0, 1), written beside the lines.
    title : str
        Title of the figure.
    number_format : str
        Format of the values: ``"0.0%"`` for fractions, ``"0,0"`` for money.
    bins : int
        How many bins.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One quad for each bin; its source has ``left``, ``right``, ``count`` and ``color`` (bins
        beyond the value at risk are coloured as losses).

    Raises
    ------
    UnusableFrame
        If `returns` is not numeric.
    NoData
        If it holds no finite value.
    """
    count, edges = np.histogram(finite(returns, "returns"), bins=bins)
    threshold = -abs(var)
    bars = pd.DataFrame({"left": edges[:-1], "right": edges[1:], "count": count})
    bars["color"] = np.where(bars["right"] <= threshold, LOSS, PALETTE[5])
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
        source=ColumnDataSource(bars),
    )
    span = f"@left{{{number_format}}} to @right{{{number_format}}}"
    made.add_tools(hover([drawn], [("from", span), ("count", "@count")], mode="mouse"))
    made.xaxis.formatter = NumeralTickFormatter(format=number_format)
    made.y_range.start = 0
    at = f" {100 * confidence:g}%" if confidence is not None else ""
    losses = {f"VaR{at}": (-abs(var), LOSS), f"ES{at}": (-abs(es or np.nan), INK)}
    _mark(
        made, {name: mark for name, mark in losses.items() if np.isfinite(mark[0])}, number_format
    )
    return made


def correlation_heatmap(
    corr: pd.DataFrame, *, title: str = "Correlation", height: int | None = None
) -> figure:
    """A correlation matrix, values written in it where there is room.

    Parameters
    ----------
    corr : pandas.DataFrame
        Shape (symbols, symbols), values in [−1, 1], the same labels on both axes. NaN is left out.
    title : str
        Title of the figure.
    height : int, optional
        Height in pixels; by default it grows with the symbols.

    Returns
    -------
    bokeh.plotting.figure
        One rectangle for each finite pair; its source has ``across``, ``down`` and ``value``.

    Raises
    ------
    UnusableFrame
        If the matrix is not square.
    NoData
        If it holds no finite value.
    """
    frame = numeric_frame(corr, "correlation matrix")
    names = [str(name) for name in frame.columns]
    if frame.shape[0] != frame.shape[1]:
        raise UnusableFrame(
            "The correlation matrix is not square",
            seen=frame.shape,
            cure="Give the same symbols on both axes, for example returns.corr()",
        )
    labelled = frame.set_axis(pd.Index(names, name="down"), axis=0).reset_index()
    cells = labelled.melt("down", var_name="across").dropna()
    made = plain_figure(
        title,
        height=height or 120 + 26 * len(names),
        x_range=names,
        y_range=names[::-1],
        tools="save",
    )
    made.grid.grid_line_color = None
    made.xaxis.major_label_orientation = 0.8 if len(names) > 8 else 0.0
    draw_cells(made, cells, ("across", "down"), limit=1.0, shown=".2f", written=len(names) <= 24)
    return made


def _mark(made: figure, marks: dict[str, tuple[float, str]], number_format: str) -> None:
    """A line at each loss; their labels stand left of all lines, one below the other."""
    written = "{:.1%}" if "%" in number_format else "{:,.0f}"
    for row, (name, (place, colour)) in enumerate(marks.items()):
        made.add_layout(
            Span(location=place, dimension="height", line_color=colour, line_width=2, name=name)
        )
        label = Label(
            x=min(at for at, _ in marks.values()),
            y=made.height - 90 - 22 * row,
            y_units="screen",
            x_offset=-8,
            text=f"{name}  {written.format(place)}",
            text_align="right",
            text_color=colour,
            text_font=FONT,
            text_font_size="12px",
            text_font_style="bold",
        )
        made.add_layout(label)
