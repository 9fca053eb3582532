"""What a sweep has kept, as tables."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
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

__all__ = [
    "Kept", "best_of", "best_rows", "checked_metric", "frame_of", "near", "stability_of",
    "statistics_of",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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

    @cached_property
    def _table(self) -> tuple[Ints, Floats]:
        return self.tally.table()

    @property
    def positions(self) -> Ints:
        """The combinations that are kept, shape (points,)."""
        return self._table[0]

    @property
    def statistics(self) -> Floats:
        """As `STATISTICS`, shape (points × accounts, statistic)."""
        return self._table[1].reshape(-1, len(STATISTICS))

    @cached_property
    def measures(self) -> Floats:
        """As `MEASURES`, shape (points × accounts, measure)."""
        return measured(self.statistics, self.shape.periods_per_year)

    def measure(self, name: str) -> Floats:
        """One measure of every account that is kept."""
        values: Floats = self.measures[:, MEASURES.index(name)]
        return values


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
    accounts = kept.shape.accounts
    columns: dict[str, Any] = {
        name: np.repeat(values, accounts)
        for name, values in kept.shape.space.columns(kept.positions).items()
    }
    if kept.symbols:
        columns["symbol"] = np.tile(np.array(kept.symbols, dtype=object), len(kept.positions))
    columns |= {name: kept.measure(name) for name in MEASURES}
    frame = pd.DataFrame(columns)
    counts = ["total_trades", "longest_holding"]
    return frame.astype(dict.fromkeys(counts, np.int64))


def best_of(kept: Kept, metric: str, count: int) -> pd.DataFrame:
    """The best accounts, the best first; undefined ones come last."""
    rank = oriented(kept.measure(checked_metric(metric)), metric)
    return frame_of(kept).iloc[np.argsort(-rank, kind="stable")[:count]]


def best_rows(kept: Kept, metric: str, count: int) -> Ints:
    """The rows of the best accounts, the best first; without those that are undefined."""
    rank = oriented(kept.measure(metric), metric)
    least = np.partition(rank, -count)[-count] if len(rank) > count else -np.inf
    rows = np.flatnonzero((rank >= least) & np.isfinite(rank))
    return rows[np.argsort(-rank[rows], kind="stable")][:count]


def statistics_of(kept: Kept, rows: Ints) -> Floats:
    """The studentised mean of some rows; NaN where undefined."""
    of = {name: kept.statistics[rows, index] for index, name in enumerate(STATISTICS)}
    totals = of["mean"] * of["bars"]
    squares = of["spread"] + of["bars"] * of["mean"] ** 2
    bars = int(of["bars"].max()) if len(rows) else 2
    return studentised_means(totals, squares, of["cubes"], bars)[0]


def near(kept: Kept, metric: str, position: int) -> Floats:
    """The metric of the combinations that are at most one step away on every axis of a grid."""
    space = kept.shape.space
    where = np.unravel_index(position, space.shape)
    sides = [
        range(max(int(at) - 1, 0), min(int(at) + 2, size))
        for at, size in zip(where, space.shape, strict=True)
    ]
    around = [
        int(np.ravel_multi_index(one, space.shape))
        for one in itertools.product(*sides)
        if one != where
    ]
    rows = np.flatnonzero(np.isin(kept.positions, around))
    values = kept.measure(metric)[rows]
    known: Floats = values[np.isfinite(values)]
    return known


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
    positions = kept.positions
    values = kept.measure(metric).reshape(-1, kept.shape.accounts)
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
