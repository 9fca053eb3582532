"""The figures of a sweep."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.backtest.sweeps.kept import checked_metric, frame_of
from workbench.backtest.sweeps.tally import BINS
from workbench.charts import curve, metric_map, metric_spread, parallel_coordinates, stacked
from workbench.errors import UnknownName

if TYPE_CHECKING:
    from bokeh.models import LayoutDOM
    from bokeh.plotting import figure

    from workbench.backtest.sweeps.kept import Kept
    from workbench.backtest.sweeps.results import SweepResult

__all__ = ["figures", "heatmap", "parallel", "spread"]

MOST_MAPS = 3
SIZE = 0.05


def figures(result: SweepResult) -> LayoutDOM:
    """How the metric is spread, its maps or its curve, and parallel axes where there are many."""
    kept = result.kept
    varied = [name for name, values in kept.shape.space.axes.items() if len(set(values)) > 1]
    shown: list[LayoutDOM] = [spread(result)]
    if result.optimum is None:  # nothing is defined, and nothing to draw
        return stacked(*shown)
    if len(varied) == 1:
        shown.append(_curve(kept, varied[0], result.metric))
    if kept.shape.space.product:
        pairs = [(x, y) for place, y in enumerate(varied) for x in varied[place + 1 :]]
        shown += [heatmap(kept, x, y, result.metric) for x, y in pairs[:MOST_MAPS]]
    if len(varied) > 2 or (len(varied) == 2 and not kept.shape.space.product):
        shown.append(parallel(kept, result.metric))
    return stacked(*shown)


def heatmap(kept: Kept, x: str, y: str, metric: str) -> figure:
    """The mean of a metric over the other parameters and symbols, for two of them."""
    return metric_map(table_of(kept, x, y, metric), metric)


def table_of(kept: Kept, x: str, y: str, metric: str) -> pd.DataFrame:
    """The numbers of `heatmap`: a row for each value of `y`, a column for each of `x`."""
    checked_metric(metric)
    axes = kept.shape.space.axes
    for name in (x, y):
        if name not in axes:
            raise UnknownName("parameter that varies", name, axes)
    if kept.shape.everything or metric != kept.shape.metric:
        return frame_of(kept).pivot_table(metric, y, x, "mean", dropna=False)
    turned = (x, y) not in kept.tally.maps
    cells = kept.tally.maps.get((y, x) if turned else (x, y))
    if cells is None:
        return frame_of(kept).pivot_table(metric, y, x, "mean", dropna=False)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(cells[0] > 0, cells[1] / cells[0], np.nan)
    return pd.DataFrame(
        mean if turned else mean.T,
        index=pd.Index(axes[y], name=y),
        columns=pd.Index(axes[x], name=x),
    )


def parallel(kept: Kept, metric: str) -> figure:
    """Combinations as lines across the parameters that vary."""
    frame = frame_of(kept)
    names = [*kept.shape.space.axes, *(["symbol"] if kept.symbols else [])]
    return parallel_coordinates(frame[[*names, checked_metric(metric)]], metric)


def spread(result: SweepResult) -> figure:
    """How the metric is spread, where the best lies, and where luck's best lies."""
    kept, metric = result.kept, result.metric
    if kept.shape.everything:
        values = kept.measure(metric)
        counts, edges = np.histogram(values[np.isfinite(values)], bins=60)
    else:
        used = np.flatnonzero(kept.tally.bins)
        part = slice(int(used.min(initial=0)), int(used.max(initial=0)) + 1)
        counts, edges = kept.tally.bins[part], BINS[part.start : part.stop + 1]
    marks = {} if result.optimum is None else {"best": result.optimum.measures[metric]}
    marks["the best by luck alone, 1 in 20"] = _by_luck(result)
    return metric_spread(edges, counts, metric, marks=marks)


def _by_luck(result: SweepResult) -> float:
    """The Sharpe ratio that the best of these trials exceeds by luck with probability 0.05."""
    maxima, shape = result.kept.tally.maxima, result.kept.shape
    if maxima is None or result.metric not in ("sharpe_ratio", "sharpe_per_bar"):
        return math.nan
    year = shape.periods_per_year if result.metric == "sharpe_ratio" else 1.0
    critical: float = maxima.critical(SIZE) * math.sqrt(year / maxima.bars)
    return critical


def _curve(kept: Kept, name: str, metric: str) -> figure:
    values = frame_of(kept).groupby(name)[metric].mean()
    if not pd.api.types.is_numeric_dtype(values.index):
        values.index = pd.RangeIndex(len(values))
    return curve(values, x_label=name, title=f"{metric.replace('_', ' ')} by {name}")
