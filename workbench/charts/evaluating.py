"""How wrong forecasts were, step by step, and how often outcomes fell below their quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bokeh.models import ColumnDataSource, NumeralTickFormatter

from workbench.charts.frames import numeric_frame
from workbench.charts.theme import MUTED, colours, hover, legend_above, percent, plain_figure

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["coverage_by_level", "error_by_step", "reliability"]


def error_by_step(
    errors: Any,
    *,
    title: str = "Error by step",
    number_format: str = "0,0.[0000]",
    height: int = 280,
) -> figure:
    """The error of several forecasters over the horizon.

    Parameters
    ----------
    errors : pandas.DataFrame
        Index the step of the horizon, one column per forecaster; repeat-last is dashed. NaN is
        a gap.
    title : str
        Title of the figure.
    number_format : str
        Of the errors.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One line for each column, named after it.

    Raises
    ------
    UnusableFrame
        If a column is not numeric.
    NoData
        If it holds no finite value.
    """
    frame = numeric_frame(errors, "errors")
    made = plain_figure(title, height=height, x_axis_label="steps ahead")
    _draw(made, frame.rename_axis("x"), number_format)
    made.yaxis.formatter = NumeralTickFormatter(format=number_format)
    legend_above(made)
    return made


def reliability(shares: Any, *, title: str = "Calibration", height: int = 320) -> figure:
    """The share of outcomes below each quantile, beside the share that there should be.

    Parameters
    ----------
    shares : pandas.DataFrame
        Index the probabilities of the quantiles, one column of shares per forecaster.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One line for each column, named after it, and the diagonal, named ``as promised``.

    Raises
    ------
    UnusableFrame
        If a column is not numeric.
    NoData
        If it holds no finite value.
    """
    return _against_promise(
        numeric_frame(shares, "shares"), ("quantile", "outcomes below it"), title, height
    )


def coverage_by_level(coverage: Any, *, title: str = "Coverage", height: int = 320) -> figure:
    """The share of outcomes inside each central interval, beside the share that was promised.

    Parameters
    ----------
    coverage : pandas.DataFrame
        Index the levels of the intervals, such as 0.9, one column of shares per forecaster;
        repeat-last is dashed.
    title : str
        Title of the figure.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One line for each column, named after it, and the diagonal, named ``as promised``.

    Raises
    ------
    UnusableFrame
        If a column is not numeric.
    NoData
        If it holds no finite value.
    """
    frame = numeric_frame(coverage, "coverage")
    return _against_promise(frame, ("level of the interval", "outcomes inside it"), title, height)


def _against_promise(frame: pd.DataFrame, axes: tuple[str, str], title: str, height: int) -> figure:
    made = plain_figure(title, height=height, x_axis_label=axes[0], y_axis_label=axes[1])
    made.line(
        [0, 1],
        [0, 1],
        color=MUTED,
        line_dash="dotted",
        legend_label="as promised",
        name="as promised",
    )
    _draw(made, frame.rename_axis("x"), "0.0%", points=True)
    made.xaxis.formatter = percent()
    made.yaxis.formatter = percent()
    legend_above(made)
    return made


def _draw(made: figure, frame: pd.DataFrame, number_format: str, *, points: bool = False) -> None:
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    for name, colour in zip(frame.columns, colours(frame.shape[1]), strict=True):
        source = ColumnDataSource(frame[[name]].rename(columns={name: "y"}))
        dash = "dashed" if name == "repeat-last" else "solid"
        drawn = made.line(
            "x", "y", source=source, color=colour, line_width=1.8, line_dash=dash,
            legend_label=name, name=name,
        )  # fmt: skip
        if points or len(frame) == 1:
            made.scatter("x", "y", source=source, color=colour, size=5, legend_label=name)
        tips = [(name, f"@y{{{number_format}}}")]
        made.add_tools(hover([drawn], tips, mode="mouse"))
