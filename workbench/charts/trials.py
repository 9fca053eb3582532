"""The best of many trials beside the best that luck alone gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from bokeh.models import ColumnDataSource

from workbench.charts.theme import LOSS, MUTED, PRIMARY, hover, legend_above, plain_figure
from workbench.errors import NoData

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["trials_and_luck"]


def trials_and_luck(
    seen: pd.DataFrame, luck: pd.DataFrame, *, title: str = "Best of all trials", height: int = 320
) -> figure:
    """The best of each question against its number of trials, below it what luck has.

    Parameters
    ----------
    seen : pandas.DataFrame
        Columns ``title``, ``trials`` and ``best``, one row a question; NaN is left out.
    luck : pandas.DataFrame
        Columns ``trials``, ``median`` and ``high``: the best of that many independent trials
        without skill, and what 5% of them exceed, in the unit of ``best``.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One dot a question, blue above ``high`` and grey below; two lines of luck.

    Raises
    ------
    NoData
        If no question has a best.
    """
    known = seen.dropna(subset=["trials", "best"])
    if known.empty:
        raise NoData("No trial has a Sharpe ratio yet", cure="Run a backtest")
    high = np.interp(np.log(known["trials"].clip(lower=1)), np.log(luck["trials"]), luck["high"])
    source = ColumnDataSource(
        known.assign(colour=np.where(known["best"] > high, PRIMARY, MUTED)).reset_index(drop=True)
    )
    made = plain_figure(
        title,
        height=height,
        x_axis_type="log",
        x_axis_label="different trials",
        y_axis_label="best Sharpe ratio × √bars",
    )
    curves = ColumnDataSource(luck)
    made.line("trials", "median", source=curves, color=MUTED, legend_label="luck, half the time")
    made.line("trials", "high", source=curves, color=LOSS, legend_label="luck, one time in twenty")
    dots = made.scatter("trials", "best", source=source, color="colour", size=9)
    tips = [("", "@title"), ("trials", "@trials{0,0}"), ("best", "@best{0.00}")]
    made.add_tools(hover([dots], tips, mode="mouse"))
    legend_above(made)
    return made
