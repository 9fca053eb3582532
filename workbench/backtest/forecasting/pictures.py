"""The picture of a traded model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from bokeh.models import BoxAnnotation, Span

from workbench.charts import PALETTE, equity_curve, lines, stacked

if TYPE_CHECKING:
    from bokeh.models import LayoutDOM
    from bokeh.plotting import figure

    from workbench.backtest.forecasting.results import NeuralBacktest

__all__ = ["figures"]


def figures(made: NeuralBacktest) -> LayoutDOM:
    """Growth, the weight that was held, and what the median promised, over the same time."""
    names = {"model": made.model_id, "buy and hold": f"{made.symbol}, bought and held"}
    grown = equity_curve(made.equity.rename(columns=names), title=_title(made), log=True)
    reports = [one for one in (made.in_sample_backtest, made.backtest) if one is not None]
    held = pd.concat([one.weights.sum(axis=1) for one in reports]).to_frame("weight")
    weight = lines(
        held,
        title="Held, as a part of the account",
        number_format="0%",
        level=0.0,
        height=140,
        x_range=grown.x_range,
    )
    expected = lines(
        made.forecasts[["expected_return"]],
        title=f"What the median promised over {made.rule.horizon} bars",
        number_format="0.0%",
        level=0.0,
        height=180,
        x_range=grown.x_range,
    )
    for one in (grown, weight, expected):
        _shaded(one, made)
    return stacked(grown, weight, expected)


def _title(made: NeuralBacktest) -> str:
    period = made.backtest_period
    if made.in_sample is None:
        return "Growth of 1, after costs"
    if period.out_of_sample_from is None:
        return "Growth of 1, after costs; all of it was learned from and proves nothing"
    return (
        f"Growth of 1 from {period.out_of_sample_from:%Y-%m-%d} on, after costs; shaded is what"
        " the model has learned from"
    )


def _shaded(made: figure, of: NeuralBacktest) -> None:
    if of.in_sample is None:
        return
    until = pd.Timestamp(of.in_sample.end)
    shade = {"fill_color": PALETTE[4], "fill_alpha": 0.10, "level": "underlay"}
    made.add_layout(BoxAnnotation(right=until, name="learned from", **shade))
    made.add_layout(Span(location=until, dimension="height", line_color=PALETTE[4], line_width=1))
