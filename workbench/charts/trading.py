"""What trading did: how far trades went against us and for us, what was held, what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from bokeh.models import ColumnDataSource, NumeralTickFormatter, Span

from workbench.charts.frames import numeric_frame, over_time
from workbench.charts.performance import lines
from workbench.charts.theme import (
    LOSS,
    MUTED,
    PRIMARY,
    colours,
    hover,
    legend_above,
    percent,
    plain_figure,
    time_figure,
)

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import Range
    from bokeh.plotting import figure

__all__ = ["cumulative_costs", "excursions", "exposure", "trade_returns"]

_MOST_TRADES = 5_000


def excursions(
    trades: pd.DataFrame, *, title: str = "How far trades went against us", height: int = 300
) -> figure:
    """Each trade by its worst moment and its end (Sweeney, Maximum Adverse Excursion, 1997).

    Winners far to the left were nearly stopped out; losers far above the diagonal gave back
    a gain.

    Parameters
    ----------
    trades : pandas.DataFrame
        Columns ``symbol``, ``entry_time``, ``return``, ``mae`` and ``mfe``: simple fractions, `mae`
        at or below 0, `mfe` at or above 0. Rows with NaN are left out.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One dot a trade (the last 5,000); its source has the columns of `trades` named above.

    Raises
    ------
    UnusableFrame
        If a column is missing or not numeric.
    NoData
        If no trade has all three numbers.
    """
    numbers = trades.reindex(columns=["mae", "mfe", "return"]).dropna()
    numbers = numeric_frame(numbers, "trades with excursions").tail(_MOST_TRADES)
    shown = trades.loc[numbers.index, ["symbol", "entry_time"]].assign(
        **{name: numbers[name] for name in numbers},
        colour=np.where(numbers["return"] > 0, PRIMARY, LOSS),
        ended=numbers["return"],
        time=trades.loc[numbers.index, "entry_time"],
    )
    made = plain_figure(title, height=height, x_axis_label="worst moment", y_axis_label="end")
    drawn = made.scatter(
        "mae", "ended", source=ColumnDataSource(shown), color="colour", size=6, fill_alpha=0.5,
        line_color=None,
    )  # fmt: skip
    made.add_layout(Span(location=0, dimension="width", line_color=MUTED, line_width=1))
    made.xaxis.formatter = made.yaxis.formatter = percent(1)
    tips = [("", "@symbol @time{%F}"), ("end", "@ended{0.0%}"), ("worst", "@mae{0.0%}")]
    made.add_tools(hover([drawn], [*tips, ("best", "@mfe{0.0%}")], mode="mouse"))
    return made


def trade_returns(
    trades: pd.DataFrame, *, title: str = "Returns of trades", bins: int = 50, height: int = 260
) -> figure:
    """A histogram of what each trade returned, losses and gains in their colours.

    Parameters
    ----------
    trades : pandas.DataFrame
        Column ``return``: simple fractions after costs. NaN is left out.
    title : str
        Title of the figure.
    bins : int
        How many bins; zero is always an edge.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One quad a bin; its source has ``left``, ``right``, ``count`` and ``color``.

    Raises
    ------
    UnusableFrame, NoData
        As `excursions`.
    """
    values = numeric_frame(trades.reindex(columns=["return"]), "trades")["return"].dropna()
    low, high = values.quantile([0.005, 0.995]).clip(-1.0, None)
    step = max(high - min(low, 0.0), 1e-6) / bins
    first = min(np.floor(low / step), -1)
    edges = step * np.arange(first, max(np.ceil(high / step), 1) + 1)
    count, edges = np.histogram(values.clip(edges[0], edges[-1]), bins=edges)
    source = {
        "left": edges[:-1],
        "right": edges[1:],
        "count": count,
        "color": np.where(edges[1:] <= step / 2, LOSS, PRIMARY),
    }
    made = plain_figure(title, height=height, x_axis_label="return of a trade")
    drawn = made.quad(
        left="left", right="right", top="count", bottom=0, source=ColumnDataSource(source),
        fill_color="color", fill_alpha=0.75, line_color="white",
    )  # fmt: skip
    made.xaxis.formatter = percent(1)
    tips = [("return", "@left{0.0%} to @right{0.0%}"), ("trades", "@count")]
    made.add_tools(hover([drawn], tips, mode="mouse"))
    return made


def exposure(
    weights: pd.DataFrame,
    *,
    title: str = "Exposure",
    height: int = 200,
    x_range: Range | None = None,
) -> figure:
    """How much of the account is invested: gross and net.

    Parameters
    ----------
    weights : pandas.DataFrame
        Fractions of the equity, shape (time, symbols). NaN is no position.
    title : str
        Title of the figure.
    height : int
        Height in pixels.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        Two lines, ``gross`` and ``net``.

    Raises
    ------
    UnusableFrame, NoData
        As `weights_area`.
    """
    held = over_time(weights, "weights").fillna(0.0)
    sums = held.sum(axis=1).rename("net").to_frame().assign(gross=held.abs().sum(axis=1))
    return lines(
        sums[["gross", "net"]],
        title=title,
        number_format="0%",
        level=0.0,
        height=height,
        x_range=x_range,
    )


def cumulative_costs(
    costs: pd.DataFrame,
    *,
    title: str = "What trading has cost",
    height: int = 200,
    x_range: Range | None = None,
) -> figure:
    """Costs summed over time, by kind, stacked.

    Parameters
    ----------
    costs : pandas.DataFrame
        Paid on each bar, shape (time, kinds), in the currency of the account. NaN is none.
    title : str
        Title of the figure.
    height : int
        Height in pixels.
    x_range : bokeh Range, optional
        The range of another figure, to zoom together.

    Returns
    -------
    bokeh.plotting.figure
        One area a kind.

    Raises
    ------
    UnusableFrame, NoData
        As `weights_area`.
    """
    summed = over_time(costs.fillna(0.0).cumsum(), "costs")
    made = time_figure(title, height=height, x_range=x_range)
    kinds = list(summed.columns)
    made.varea_stack(
        kinds,
        x="time",
        source=ColumnDataSource(summed),
        color=[*colours(len(kinds))],
        fill_alpha=0.8,
        legend_label=kinds,
    )
    made.yaxis.formatter = NumeralTickFormatter(format="0,0")
    legend_above(made)
    return made
