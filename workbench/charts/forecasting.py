"""What a model expects, and how it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from bokeh.models import ColumnDataSource, NumeralTickFormatter

from workbench.charts.frames import numeric_frame, over_time
from workbench.charts.theme import (
    INK,
    LOSS,
    MUTED,
    PALETTE,
    PRIMARY,
    colours,
    hover,
    legend_above,
    plain_figure,
    time_figure,
)
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from bokeh.plotting import figure

__all__ = ["forecast_fan", "loss_curve", "step_fan"]


def forecast_fan(
    history: pd.Series,
    quantiles: pd.DataFrame,
    *,
    naive: pd.Series | None = None,
    actual: pd.Series | None = None,
    title: str = "Forecast",
    shown: int = 250,
    height: int = 320,
) -> figure:
    """History, the bands of a quantile forecast after it, and what a naive forecast says.

    Parameters
    ----------
    history : pandas.Series
        Observed values over time, shape (time,). NaN is a gap.
    quantiles : pandas.DataFrame
        Shape (horizon, quantiles); columns are probabilities in (0, 1), index later than `history`.
    naive, actual : pandas.Series, optional
        A forecast to beat, and what happened, both over the horizon.
    title : str
        Title of the figure.
    shown : int
        How many of the last values of `history` are drawn.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One area for each pair (q, 1 − q), starting at the last observed value, a line for the
        median (or the middle quantile), and the given series.

    Raises
    ------
    UnusableFrame
        If a column of `quantiles` is no probability, or an index is no time index.
    NoData
        If either table holds no finite value.
    """
    past = over_time(history, "history").iloc[-shown:, :1].dropna().set_axis(["history"], axis=1)
    fan = _anchored(_as_probabilities(over_time(quantiles, "quantiles")), past)
    made = time_figure(title, height=height)
    seen = made.line(
        "time",
        "history",
        source=ColumnDataSource(past),
        color=INK,
        line_width=1.6,
        legend_label="history",
        name="history",
    )
    source = ColumnDataSource(fan.set_axis([f"q{q:g}" for q in fan.columns], axis=1))
    _draw_bands(made, list(fan.columns), source)
    for name, series, colour in (("naive", naive, MUTED), ("actual", actual, PALETTE[2])):
        if series is not None:
            _draw_series(made, series, name, colour)
    made.add_tools(hover([seen], [("", "@time{%F}"), ("history", "@history{0,0.00}")]))
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    legend_above(made)
    return made


def step_fan(
    history: Any,
    quantiles: pd.DataFrame,
    *,
    title: str = "Forecast",
    shown: int = 120,
    height: int = 320,
) -> figure:
    """As `forecast_fan`, of values without times: the axis counts steps from the last value.

    Parameters
    ----------
    history : array-like, shape (time,)
        Observed values, oldest first. NaN is a gap.
    quantiles : pandas.DataFrame
        Shape (horizon, quantiles); columns are probabilities in (0, 1), index 1, 2, …
    title : str
        Title of the figure.
    shown : int
        How many of the last values of `history` are drawn.
    height : int
        Height in pixels.

    Returns
    -------
    bokeh.plotting.figure
        One area for each pair (q, 1 − q), starting at the last observed value, and the median.

    Raises
    ------
    UnusableFrame
        If a column of `quantiles` is no probability, or a value is no number.
    NoData
        If either holds no finite value.
    """
    past = numeric_frame(pd.DataFrame({"history": list(history)[-shown:]}), "history")
    past = past.set_index(pd.RangeIndex(1 - len(past), 1, name="step"))
    fan = _anchored(_as_probabilities(numeric_frame(quantiles, "quantiles")), past.dropna())
    made = plain_figure(title, height=height, x_axis_label="steps after the last value")
    seen = made.line(
        "step",
        "history",
        source=ColumnDataSource(past),
        color=INK,
        line_width=1.6,
        legend_label="history",
        name="history",
    )
    source = ColumnDataSource(
        fan.rename_axis("step").set_axis([f"q{q:g}" for q in fan.columns], axis=1)
    )
    _draw_bands(made, list(fan.columns), source, x="step")
    made.add_tools(hover([seen], [("step", "@step"), ("history", "@history{0,0.00}")]))
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    legend_above(made)
    return made


def loss_curve(losses: pd.DataFrame, *, title: str = "Training loss", height: int = 260) -> figure:
    """The loss of a training, step by step.

    Parameters
    ----------
    losses : pandas.DataFrame
        Shape (steps, columns), for example ``train`` and ``validation``; the index counts steps or
        epochs and names the axis. NaN is a gap.
    title : str
        Title of the figure.
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
    frame = numeric_frame(losses, "losses")
    label = str(frame.index.name or "step")
    source = ColumnDataSource(frame.rename_axis("step"))
    made = plain_figure(title, height=height, x_axis_label=label)
    for name, colour in zip(frame.columns, colours(frame.shape[1]), strict=True):
        rows = frame[name].dropna()
        drawn = made.line(
            "step", name, source=source, color=colour, line_width=1.8, legend_label=name, name=name
        )
        if len(rows) < len(frame):  # a loss measured now and then: its points are not neighbours
            drawn.data_source = ColumnDataSource(rows.to_frame().rename_axis("step"))
        tips = [(label, "@step"), (name, f"@{{{name}}}{{0.0000}}")]
        made.add_tools(hover([drawn], tips, mode="mouse"))
    legend_above(made)
    return made


def _as_probabilities(frame: pd.DataFrame) -> pd.DataFrame:
    try:
        frame.columns = [float(name) for name in frame.columns]
        known = all(0.0 < q < 1.0 for q in frame.columns)
    except ValueError:
        known = False
    if not known:
        raise UnusableFrame(
            "A column of the quantiles is no probability",
            seen=[str(name) for name in frame.columns],
            cure="Name the columns by numbers between 0 and 1, for example 0.1, 0.5 and 0.9",
        )
    return frame.sort_index(axis=1)


def _anchored(fan: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Begin the fan at the last observed value, where every quantile is that value."""
    last = pd.DataFrame(past.iloc[-1, 0], index=past.index[-1:], columns=fan.columns)
    return pd.concat([last, fan[fan.index > past.index[-1]]]).rename_axis("time")


def _draw_bands(
    made: figure, probabilities: list[float], source: ColumnDataSource, x: str = "time"
) -> None:
    pairs = list(zip(probabilities, reversed(probabilities), strict=True))
    pairs = pairs[: len(probabilities) // 2]
    for low, high in pairs:
        made.varea(
            x=x,
            y1=f"q{low:g}",
            y2=f"q{high:g}",
            source=source,
            fill_color=PRIMARY,
            fill_alpha=0.16,
            legend_label=_band_label(pairs),
            name=f"{low:g}–{high:g}",
        )
    middle = f"q{probabilities[len(probabilities) // 2]:g}"
    drawn = made.line(
        x,
        middle,
        source=source,
        color=PRIMARY,
        line_width=2.2,
        legend_label="median" if middle == "q0.5" else middle,
        name="median",
    )
    when = ("", "@time{%F}") if x == "time" else (x, f"@{x}")
    tips = [when, *((f"{q:g}", f"@{{q{q:g}}}{{0,0.00}}") for q in probabilities)]
    made.add_tools(hover([drawn], tips))


def _band_label(pairs: list[tuple[float, float]]) -> str:
    """One entry for all bands: a fan of five would fill the legend."""
    shares = sorted(f"{100 * (high - low):.0f}" for low, high in pairs)
    return f"{shares[0]}% band" if len(shares) == 1 else f"{shares[0]}–{shares[-1]}% bands"


def _draw_series(made: figure, series: Any, name: str, colour: str) -> None:
    frame = over_time(series, name).iloc[:, :1].set_axis([name], axis=1)
    dash = "dashed" if name == "naive" else "solid"
    made.line(
        "time",
        name,
        source=ColumnDataSource(frame),
        color=colour or LOSS,
        line_width=1.8,
        line_dash=dash,
        legend_label=name,
        name=name,
    )
