"""What was held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from bokeh.models import ColumnDataSource, NumeralTickFormatter

from workbench.charts.frames import over_time
from workbench.charts.theme import MUTED, colours, legend_above, time_figure

if TYPE_CHECKING:
    from bokeh.models import Range
    from bokeh.plotting import figure

__all__ = ["weights_area"]

_OTHERS = "others"


def weights_area(
    weights: pd.DataFrame,
    *,
    title: str = "Weights",
    most: int = 8,
    height: int = 240,
    x_range: Range | None = None,
) -> figure:
    """Weights stacked over time, long above zero and short below.

    Parameters
    ----------
    weights : pandas.DataFrame or xarray.DataArray
        Fractions of the equity, shape (time, symbols). NaN is no position.
    title : str
        Title of the figure.
    most : int
        How many symbols keep a colour of their own, by mean absolute weight; the rest is summed
        as ``others``.
    height : int
        Height in pixels.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        For each symbol one area above zero and, where it was ever short, one below.

    Raises
    ------
    UnusableFrame
        If `weights` is no numeric table over time.
    NoData
        If it holds no finite value.
    """
    held = _largest(over_time(weights, "weights").fillna(0.0), most)
    made = time_figure(title, height=height, x_range=x_range)
    looks = [*colours(len(held.columns))]
    if held.columns[-1] == _OTHERS:
        looks[-1] = MUTED
    for part in (held.clip(lower=0.0), held.clip(upper=0.0)):
        if part.to_numpy().any():
            made.varea_stack(
                list(part.columns),
                x="time",
                source=ColumnDataSource(part),
                color=looks,
                fill_alpha=0.8,
                legend_label=list(part.columns),
            )
    made.yaxis.formatter = NumeralTickFormatter(format="0%")
    legend_above(made)
    return made


def _largest(weights: pd.DataFrame, most: int) -> pd.DataFrame:
    order = weights.abs().mean().sort_values(ascending=False, kind="stable").index
    largest = weights[list(order[:most])]
    if len(order) <= most:
        return largest
    rest = weights[list(order[most:])].sum(axis=1).rename(_OTHERS)
    return pd.concat([largest, rest], axis=1)
