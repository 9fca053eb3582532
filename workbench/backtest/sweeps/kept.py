"""What a sweep has kept, as tables."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.sweeps.measures import MEASURES, SMALLER_IS_BETTER, measured, oriented
from workbench.backtest.sweeps.trips import STATISTICS
from workbench.errors import UnknownName, UnusableFrame
from workbench.validation.significance.studentised import studentised_means

if TYPE_CHECKING:
    from workbench.backtest.sweeps.tally import Shape, Tally

__all__ = ["Kept", "best_of", "checked_metric", "frame_of", "stability_of", "statistics_of"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kept:
    """What a sweep has kept.

    Parameters
    ----------
    tally : Tally
        The combinations.
    shape : Shape
        What it was kept of.
    symbols : tuple of str
        Of the accounts, where each symbol has its own; else empty.
    """

    tally: Tally
    shape: Shape
    symbols: tuple[str, ...]


def checked_metric(metric: str) -> str:
    """The name of a measure, if there is one.

    Parameters
    ----------
    metric : str
        What the caller calls it.

    Returns
    -------
    str
        The same.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if metric not in MEASURES:
        raise UnknownName("measure of a sweep", metric, MEASURES)
    return metric


def frame_of(kept: Kept) -> pd.DataFrame:
    """A row for each account: parameters that varied, symbol, measures."""
    positions, statistics = kept.tally.table()
    accounts = kept.shape.accounts
    columns: dict[str, Any] = {
        name: np.repeat(values, accounts)
        for name, values in kept.shape.space.columns(positions).items()
    }
    if kept.symbols:
        columns["symbol"] = np.tile(np.array(kept.symbols, dtype=object), len(positions))
    values = measured(statistics, kept.shape.periods_per_year).reshape(-1, len(MEASURES))
    columns |= {name: values[:, index] for index, name in enumerate(MEASURES)}
    frame = pd.DataFrame(columns)
    counts = ["total_trades", "longest_holding"]
    return frame.astype(dict.fromkeys(counts, np.int64))


def best_of(kept: Kept, metric: str, count: int) -> pd.DataFrame:
    """The best accounts, the best first."""
    frame = frame_of(kept)
    rank = oriented(frame[checked_metric(metric)].to_numpy(np.float64), metric)
    return frame.iloc[np.argsort(-rank, kind="stable")[:count]]


def statistics_of(kept: Kept) -> Floats:
    """The studentised mean of each account in the order of `frame_of`; NaN where undefined."""
    _, statistics = kept.tally.table()
    flat = statistics.reshape(-1, len(STATISTICS))
    of = {name: flat[:, index] for index, name in enumerate(STATISTICS)}
    totals = of["mean"] * of["bars"]
    squares = of["spread"] + of["bars"] * of["mean"] ** 2
    bars = int(of["bars"].max()) if len(flat) else 2
    return studentised_means(totals, squares, of["cubes"], bars)[0]


def stability_of(kept: Kept, metric: str) -> pd.DataFrame:
    """Each combination beside its neighbours on the grid."""
    checked_metric(metric)
    space = kept.shape.space
    if not (space.product and kept.shape.everything):
        raise UnusableFrame(
            "A stability map needs a grid of which every combination was kept",
            seen=f"{kept.tally.tried:,} combinations",
            cure="Sweep a grid of at most a million accounts",
        )
    positions, statistics = kept.tally.table()
    values = measured(statistics, kept.shape.periods_per_year)[..., MEASURES.index(metric)]
    with np.errstate(invalid="ignore"):
        known = np.isfinite(values)
        mean = np.where(known, values, 0.0).sum(axis=1) / np.where(
            known.any(axis=1), known.sum(axis=1), np.nan
        )
    cells = np.full(space.shape, np.nan)
    cells.ravel()[positions] = mean
    total, worst, count = _around(cells, smaller=metric in SMALLER_IS_BETTER)
    table = space.columns(positions)
    at = (total.ravel()[positions], worst.ravel()[positions], count.ravel()[positions])
    neighbours = np.where(at[2] > 0, at[0] / np.maximum(at[2], 1), np.nan)
    return pd.DataFrame(
        {**table, metric: mean, "neighbours": neighbours, "worst": at[1], "count": at[2]}
    )


def _around(cells: Floats, *, smaller: bool) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Sum, worst and count over the cells at most one step away on every axis."""
    sign = -1.0 if smaller else 1.0
    padded = np.pad(cells, 1, constant_values=np.nan)
    total = np.zeros(cells.shape)
    worst = np.full(cells.shape, np.inf)
    count = np.zeros(cells.shape, np.int64)
    for step in itertools.product((0, 1, 2), repeat=cells.ndim):
        if all(one == 1 for one in step):
            continue
        moved = padded[
            tuple(slice(one, one + size) for one, size in zip(step, cells.shape, strict=True))
        ]
        known = ~np.isnan(moved)
        total += np.where(known, moved, 0.0)
        worst = np.minimum(worst, np.where(known, sign * moved, np.inf))
        count += known
    return total, np.where(count > 0, sign * worst, np.nan), count
