"""What is there of the data, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from bokeh.models import (
    BasicTicker,
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    LinearColorMapper,
    NumeralTickFormatter,
)
from bokeh.palettes import interp_palette
from bokeh.transform import transform

from workbench.charts.frames import numeric_frame, over_time
from workbench.charts.theme import (
    FONT,
    INK,
    LOSS,
    MUTED,
    PALETTE,
    PRIMARY,
    hover,
    legend_above,
    percent,
    plain_figure,
    time_figure,
)
from workbench.errors import NoData, UnusableFrame

if TYPE_CHECKING:
    from bokeh.models import Range
    from bokeh.plotting import figure

__all__ = ["SEVERITY_COLOURS", "counted_findings", "coverage_heatmap", "marked_prices"]

SEVERITY_COLOURS = {"error": LOSS, "warning": PALETTE[4], "note": PALETTE[5]}
"""Orange, amber and light blue: from what cannot be right to what should be known."""

_SHAPES = {"error": "x", "warning": "diamond", "note": "circle"}
_SHARES = tuple(interp_palette(["#8c2d04", "#e8a07c", "#f4e3d7", "#c9dfee", PRIMARY], 201))
"""From nothing (dark orange) to all (blue). The last steps are the widest to the eye."""
_ROUND = [digit * 10.0**power for power in range(-8, 10) for digit in (1, 2, 5)]
_WIDE = 4.0
"""An axis over more than this ratio is marked at round prices: even steps crowd at its top."""
_MOST_SYMBOLS = 60


def coverage_heatmap(
    coverage: pd.DataFrame,
    *,
    title: str = "Share of expected bars that is there",
    height: int | None = None,
    x_range: Range | None = None,
) -> figure:
    """Which share of the bars is there, by period and symbol.

    Parameters
    ----------
    coverage : pandas.DataFrame
        Index the first day of each period, columns symbols, values in [0, 1]; NaN, where nothing
        is expected, is left blank. Of more than 60 symbols the least complete are shown.
    title : str
        Title of the figure.
    height : int, optional
        Height in pixels; by default it grows with the symbols.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        One rectangle for each period and symbol that expects a bar; its source has ``time``,
        ``until``, ``symbol`` and ``share``.

    Raises
    ------
    UnusableFrame
        If the table is not numeric or has no time index.
    NoData
        If no bar is expected anywhere.
    """
    frame = over_time(coverage, "coverage")
    hidden = max(0, frame.shape[1] - _MOST_SYMBOLS)
    shown = frame.mean().sort_values(kind="stable").index[:_MOST_SYMBOLS]
    names = [name for name in frame.columns if name in set(shown)]
    cells = _cells(frame[names])
    made = time_figure(
        f"{title} ({hidden} complete symbols not shown)" if hidden else title,
        height=height or 110 + 20 * len(names),
        y_range=names[::-1],
        x_range=x_range,
    )
    made.grid.grid_line_color = None
    mapper = LinearColorMapper(palette=list(_SHARES), low=0.0, high=1.0)
    drawn = made.hbar(
        y="symbol",
        left="time",
        right="until",
        height=0.86,
        line_color=None,
        fill_color=transform("share", mapper),
        source=ColumnDataSource(cells),
    )
    tips = [("", "@symbol, from @time{%F}"), ("there", "@share{0.0%}")]
    made.add_tools(hover([drawn], tips, mode="mouse"))
    made.add_layout(_share_bar(mapper), "right")
    return made


def marked_prices(
    prices: pd.Series,
    marks: pd.DataFrame,
    *,
    title: str = "",
    height: int = 300,
    x_range: Range | None = None,
) -> figure:
    """A price over time with marks on the bars where something was found.

    Parameters
    ----------
    prices : pandas.Series
        Index times, values positive; others become gaps.
    marks : pandas.DataFrame
        Columns ``time``, ``until``, ``severity`` (``error``, ``warning`` or ``note``), ``check``
        and ``seen``. A span of time is shaded; a mark stands at its first bar.
    title : str
        Title of the figure.
    height : int
        Height in pixels.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        A line and one set of marks for each severity, on a logarithmic scale.

    Raises
    ------
    UnusableFrame
        If the prices have no time index.
    NoData
        If no price is positive.
    """
    read = over_time(prices.rename("price"), "prices")
    read = numeric_frame(read.where(read > 0), "positive prices")
    made = time_figure(title, height=height, x_range=x_range, y_axis_type="log")
    if read["price"].max() > _WIDE * read["price"].min():
        marked = NumeralTickFormatter(format="0,0[.]0[0000]")
        made.yaxis.update(ticker=FixedTicker(ticks=_ROUND), formatter=marked)
    line = made.line("time", "price", source=ColumnDataSource(read), color=PRIMARY, line_width=1.4)
    made.add_tools(hover([line], [("", "@time{%F}"), ("price", "@price{0,0.00[00]}")]))
    placed = _on_line(marks, read["price"])
    for severity, colour in SEVERITY_COLOURS.items():
        own = placed[placed["severity"] == severity]
        if len(own):
            _mark(made, own, severity, colour)
    legend_above(made)
    return made


def counted_findings(
    counts: pd.DataFrame, *, title: str = "Findings by check", height: int | None = None
) -> figure:
    """How many findings each check has, by severity.

    Parameters
    ----------
    counts : pandas.DataFrame
        Index checks, columns among ``error``, ``warning`` and ``note``, values counts.
    title : str
        Title of the figure.
    height : int, optional
        Height in pixels; by default it grows with the checks.

    Returns
    -------
    bokeh.plotting.figure
        Stacked bars, the most frequent check on top.

    Raises
    ------
    NoData
        If nothing was found.
    UnusableFrame
        If a column is no severity.
    """
    unknown = set(counts.columns) - set(SEVERITY_COLOURS)
    if unknown:
        raise UnusableFrame(
            "A column is no severity", seen=sorted(unknown), cure="Use error, warning and note"
        )
    if counts.empty or not counts.to_numpy().sum():
        raise NoData("Nothing was found, so there is nothing to count", cure="Show the coverage")
    ordered = counts.loc[counts.sum(axis=1).sort_values(kind="stable").index]
    names = [str(name) for name in ordered.index]
    severities = [name for name in SEVERITY_COLOURS if name in ordered and ordered[name].any()]
    source = ColumnDataSource(ordered[severities].assign(check=names).reset_index(drop=True))
    made = plain_figure(title, height=height or 90 + 26 * len(names), y_range=names, tools="save")
    drawn = made.hbar_stack(
        severities,
        y="check",
        height=0.62,
        color=[SEVERITY_COLOURS[name] for name in severities],
        legend_label=severities,
        source=source,
    )
    made.add_tools(hover(drawn, [("", "@check"), ("$name", "@$name{0,0}")], mode="mouse"))
    made.x_range.start = 0
    made.xaxis.ticker = BasicTicker(min_interval=1)
    made.xaxis.formatter = NumeralTickFormatter(format="0,0")
    made.ygrid.grid_line_color = None
    legend_above(made)
    return made


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    """One row for each period and symbol that expects a bar."""
    starts = frame.index
    widths = np.diff(starts.to_numpy())
    last = widths[-1] if len(widths) else np.timedelta64(1, "D")
    until = pd.Series(np.append(starts.to_numpy()[1:], starts.to_numpy()[-1] + last), index=starts)
    melted = frame.melt(ignore_index=False, var_name="symbol", value_name="share").dropna()
    return melted.assign(until=until.loc[melted.index]).reset_index()


def _share_bar(mapper: LinearColorMapper) -> ColorBar:
    return ColorBar(
        color_mapper=mapper,
        width=8,
        ticker=FixedTicker(ticks=[0.0, 0.5, 1.0]),
        formatter=percent(),
        background_fill_alpha=0.0,
        major_tick_line_color=None,
        bar_line_color=None,
        major_label_text_color=MUTED,
        major_label_text_font=FONT,
        major_label_text_font_size="11px",
    )


def _on_line(marks: pd.DataFrame, prices: pd.Series) -> pd.DataFrame:
    """The marks at the height of the price of their first bar, or of the one before."""
    known = prices.dropna()
    times = pd.DatetimeIndex(marks["time"]).as_unit("ns")
    places = np.searchsorted(known.index.as_unit("ns"), times, side="right") - 1
    return marks.assign(price=known.to_numpy()[places.clip(min=0)])


def _mark(made: figure, own: pd.DataFrame, severity: str, colour: str) -> None:
    long = own[own["until"] > own["time"]]
    source: Any = ColumnDataSource(own)
    if len(long):
        made.vspan(x=list(long["time"]), line_color=colour, line_alpha=0.25, line_width=1)
        made.segment(
            x0="time", x1="until", y0="price", y1="price",
            source=ColumnDataSource(long), line_color=colour, line_width=5, line_alpha=0.55,
        )  # fmt: skip
    drawn = made.scatter(
        "time",
        "price",
        source=source,
        marker=_SHAPES[severity],
        size=11,
        line_color=INK if severity != "error" else colour,
        line_width=2.5 if severity == "error" else 0.8,
        fill_color=colour,
        legend_label=f"{severity} ({len(own)})",
    )
    tips = [("", "@time{%F}"), ("@check", "@seen")]
    made.add_tools(hover([drawn], tips, mode="mouse"))
