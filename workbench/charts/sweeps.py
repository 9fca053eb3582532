"""What became of many combinations of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from bokeh.models import (
    BasicTicker,
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    Label,
    LinearColorMapper,
    NumeralTickFormatter,
    Span,
)

from workbench.charts.frames import numeric_frame
from workbench.charts.theme import DIVERGING, FONT, INK, LOSS, MUTED, PALETTE, hover, plain_figure
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bokeh.plotting import figure

__all__ = ["metric_map", "metric_spread", "parallel_coordinates"]

Floats = npt.NDArray[np.float64]

MOST_LINES = 2_000
MOST_TICKS = 12
ENDS = 0.02
"""The share of values on either side that the colours do not reach out for."""


def metric_map(table: pd.DataFrame, metric: str, *, title: str = "", height: int = 380) -> figure:
    """A map of a metric over two parameters.

    Parameters
    ----------
    table : pandas.DataFrame, shape (y values, x values)
        The metric; NaN is left blank. The names of index and columns are the parameters'.
    metric : str
        Its name.
    title : str
        Title of the figure; by default it names what is drawn.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One cell a pair of values, orange below 0 and blue above, the best one ringed.

    Raises
    ------
    UnusableFrame
        If the table is not numeric.
    NoData
        If it holds no finite value.
    """
    x, y = str(table.columns.name or "x"), str(table.index.name or "y")
    values = numeric_frame(table, "map").to_numpy()
    rows, columns = values.shape
    across, up = np.meshgrid(np.arange(columns), np.arange(rows))
    source = ColumnDataSource(
        {
            "image": [values],
            "x": [_texts(table.columns)[across]],
            "y": [_texts(table.index)[up]],
            "left": [0], "bottom": [0], "wide": [columns], "high": [rows],
        }
    )  # fmt: skip
    made = plain_figure(
        title or f"{_words(metric)} by {x} and {y}",
        height=height,
        x_range=(0, columns),
        y_range=(0, rows),
    )
    mapper = _mapper(values)
    drawn = made.image(
        "image", "left", "bottom", "wide", "high", source=source, color_mapper=mapper
    )
    best_row, best_column = np.unravel_index(int(np.nanargmax(values)), values.shape)
    made.scatter(
        [best_column + 0.5], [best_row + 0.5],
        size=12, fill_color=None, line_color=INK, line_width=2,
    )  # fmt: skip
    tips = [(x, "@x"), (y, "@y"), (_words(metric), "@image{0.[0000]}")]
    made.add_tools(hover([drawn], tips, mode="mouse"))
    for axis, labels, name in ((made.xaxis, table.columns, x), (made.yaxis, table.index, y)):
        places = range(0, len(labels), -(-len(labels) // MOST_TICKS))
        axis.ticker = FixedTicker(ticks=[place + 0.5 for place in places])
        axis.major_label_overrides = {place + 0.5: str(labels[place]) for place in places}
        axis.axis_label = name
    made.grid.grid_line_color = None
    made.add_layout(_colour_bar(mapper), "right")
    return made


def parallel_coordinates(
    combinations: pd.DataFrame, metric: str, *, title: str = "", height: int = 320
) -> figure:
    """Combinations as lines across their parameters, coloured by a metric.

    Parameters
    ----------
    combinations : pandas.DataFrame
        A column for each parameter, and the metric; NaN of the metric is left out.
    metric : str
        The column that colours the lines.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        At most 2,000 lines: all of the best tenth that fit, the rest evenly; the best on top.

    Raises
    ------
    UnusableFrame
        If there is no such column.
    """
    if metric not in combinations:
        raise UnusableFrame("The combinations lack the metric", seen=list(combinations.columns))
    kept = _chosen(combinations[combinations[metric].notna()], metric)
    names = [name for name in combinations if name != metric]
    places = {name: pd.factorize(kept[name], sort=True) for name in names}
    heights = {name: codes / max(len(values) - 1, 1) for name, (codes, values) in places.items()}
    score = kept[metric].to_numpy(np.float64)
    heights[metric] = (score - score.min()) / (np.ptp(score) or 1.0) if len(score) else score
    lines = np.column_stack(list(heights.values()))
    axes = list(heights)
    source = ColumnDataSource(
        {
            "xs": [list(range(len(axes)))] * len(lines),
            "ys": lines.tolist(),
            "score": score,
            **{name: kept[name].astype(str).to_numpy() for name in names},
        }
    )
    mapper = _mapper(score)
    made = plain_figure(title or f"Combinations by {_words(metric)}", height=height)
    drawn = made.multi_line(
        "xs", "ys",
        source=source, line_color={"field": "score", "transform": mapper}, line_alpha=0.55,
    )  # fmt: skip
    tips = [(name, f"@{{{name}}}") for name in names]
    made.add_tools(hover([drawn], [*tips, (_words(metric), "@score{0.[0000]}")], mode="mouse"))
    made.xaxis.ticker = FixedTicker(ticks=list(range(len(axes))))
    made.xaxis.major_label_overrides = {
        index: f"{name}: {_span(kept[name])}" for index, name in enumerate(axes)
    }
    made.yaxis.visible = False
    made.ygrid.grid_line_color = None
    made.xgrid.grid_line_color = MUTED
    return made


def metric_spread(
    edges: Floats,
    counts: npt.NDArray[np.int64],
    metric: str,
    *,
    marks: Mapping[str, float] | None = None,
    title: str = "",
    height: int = 260,
) -> figure:
    """How a metric is spread over all combinations.

    Parameters
    ----------
    edges : ndarray, shape (bins + 1,)
        Of the bins.
    counts : ndarray, shape (bins,)
        How many combinations lie in each.
    metric : str
        Its name.
    marks : mapping, optional
        Words → value, drawn as upright lines; NaN is left out.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One quad a bin.
    """
    bars = pd.DataFrame({"left": edges[:-1], "right": edges[1:], "count": counts})
    made = plain_figure(title or f"{_words(metric)} of all combinations", height=height)
    drawn = made.quad(
        left="left", right="right", top="count", bottom=0,
        fill_color=PALETTE[5], fill_alpha=0.8, line_color="white", line_width=0.5,
        source=ColumnDataSource(bars),
    )  # fmt: skip
    tips = [("from", "@left{0.[000]} to @right{0.[000]}"), ("combinations", "@count{0,0}")]
    made.add_tools(hover([drawn], tips, mode="mouse"))
    made.yaxis.formatter = NumeralTickFormatter(format="0,0")
    made.yaxis.ticker = BasicTicker(min_interval=1)
    known = {words: at for words, at in (marks or {}).items() if np.isfinite(at)}
    top = float(counts.max(initial=1))
    made.y_range.update(start=0, end=top * (1.05 + 0.13 * len(known)))
    middle = (edges[0] + max([edges[-1], *known.values()])) / 2
    for row, (words, at) in enumerate(known.items()):
        colour, right = (INK, LOSS)[row % 2], at > middle
        made.add_layout(Span(location=at, dimension="height", line_color=colour, line_width=1.5))
        made.add_layout(
            Label(
                x=at, y=top * (1.04 + 0.13 * row), text=f"{words}: {at:.3g}", text_color=colour,
                x_offset=-6 if right else 6, text_align="right" if right else "left",
                text_font=FONT, text_font_size="12px",
            )
        )  # fmt: skip
    return made


def _chosen(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """At most as many as can be drawn, the best last."""
    ordered = frame.sort_values(metric, kind="stable")
    if len(ordered) <= MOST_LINES:
        return ordered
    best = min(len(ordered) // 10, MOST_LINES // 2)
    rest = np.linspace(0, len(ordered) - best - 1, MOST_LINES - best).round().astype(int)
    return ordered.iloc[np.r_[rest, np.arange(len(ordered) - best, len(ordered))]]


def _mapper(values: Floats) -> LinearColorMapper:
    """Colours that part at 0, or run over one side of it; a few extremes do not stretch them."""
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [ENDS, 1 - ENDS]) if known.size else (-1.0, 1.0)
    half = len(DIVERGING) // 2
    if low < 0 < high or low == high:
        low, high = (-max(-low, high) or -1.0, max(-low, high) or 1.0)
        palette = DIVERGING
    else:
        palette = DIVERGING[half:] if low >= 0 else DIVERGING[: half + 1]
    return LinearColorMapper(
        palette=palette, low=float(low), high=float(high), nan_color="rgba(0, 0, 0, 0)"
    )


def _colour_bar(mapper: LinearColorMapper) -> ColorBar:
    return ColorBar(
        color_mapper=mapper,
        ticker=BasicTicker(desired_num_ticks=5),
        formatter=NumeralTickFormatter(format="0.[00]"),
        width=10,
        bar_line_color=None,
        major_tick_line_color=None,
        major_label_text_color=MUTED,
        major_label_text_font=FONT,
        background_fill_alpha=0.0,
    )


def _texts(labels: Sequence[object] | pd.Index) -> npt.NDArray[np.object_]:
    return np.array([str(label) for label in labels], dtype=object)


def _span(values: pd.Series) -> str:
    if not len(values) or not pd.api.types.is_numeric_dtype(values):
        return f"{values.nunique()} values"
    return f"{values.min():.4g} to {values.max():.4g}"


def _words(metric: str) -> str:
    return metric.replace("_", " ")
