"""A continuous future against the contracts that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bokeh.models import ColumnDataSource, NumeralTickFormatter

from workbench.charts.frames import over_time
from workbench.charts.theme import MUTED, PRIMARY, hover, legend_above, time_figure

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["spliced_prices"]


def spliced_prices(
    prices: pd.DataFrame, rolls: pd.DataFrame, *, title: str = "", height: int = 320
) -> figure:
    """Adjusted prices over those as traded, with a mark at each roll.

    Parameters
    ----------
    prices : pandas.DataFrame
        Shape (time, 2): the columns ``adjusted`` and ``as traded``. NaN is a gap.
    rolls : pandas.DataFrame
        Columns ``date``, ``from``, ``to``, ``gap``, ``rule``, as `continuous` gives them; it may
        be empty.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        Two lines, a vertical line for each roll, and a point on the price as traded that tells
        about it.

    Raises
    ------
    UnusableFrame, NoData
        As `equity_curve`.
    """
    frame = over_time(prices, "prices")
    made = time_figure(title, height=height)
    source = ColumnDataSource(frame)
    looks = {"adjusted": (PRIMARY, 2.0), "as traded": (MUTED, 1.2)}
    drawn = [
        made.line(
            "time", name, source=source, name=name, legend_label=name,
            line_color=looks[name][0], line_width=looks[name][1],
        )
        for name in looks
    ]  # fmt: skip
    tips = [("", "@time{%F}"), *((name, f"@{{{name}}}{{0,0.00[00]}}") for name in looks)]
    made.add_tools(hover(drawn[:1], tips))
    if len(rolls):
        _mark_rolls(made, prices, rolls)
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    legend_above(made)
    return made


def _mark_rolls(made: figure, prices: pd.DataFrame, rolls: pd.DataFrame) -> None:
    marks = rolls[["from", "to", "gap", "rule"]].assign(
        time=rolls["date"], price=prices["as traded"].reindex(rolls["date"]).to_numpy()
    )
    source = ColumnDataSource(marks)
    made.vspan(x="time", source=source, line_color=MUTED, line_alpha=0.35, line_dash="dotted")
    points = made.scatter(
        "time", "price", source=source, size=6, fill_color="white", line_color=PRIMARY
    )
    tips = [
        ("roll", "@from → @to"),
        ("", "@time{%F}"),
        ("gap", "@gap{0,0.00[00]}"),
        ("by", "@rule"),
    ]
    made.add_tools(hover([points], tips, mode="mouse"))
