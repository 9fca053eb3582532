"""What a sweep keeps of its combinations: all of them, or the best and how the rest is spread."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from workbench.backtest.sweeps.measures import MEASURES, measured, oriented
from workbench.backtest.sweeps.trips import STATISTICS
from workbench.ports import Moments
from workbench.validation.significance import Maxima

if TYPE_CHECKING:
    from workbench.backtest.sweeps.job import Measured
    from workbench.backtest.sweeps.space import Space

__all__ = ["BEST", "MOST_ROWS", "Shape", "Tally"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_ROWS = 1_000_000
"""Up to so many accounts every one is kept."""
BEST = 1_000
"""How many of the best are kept otherwise."""
BINS = np.linspace(-10.0, 10.0, 401)
"""Edges of the histogram, in units of the measure; what lies beyond is in the last bins."""
MOST_CELLS = 250_000
"""Cells of a map over two axes."""


@dataclass(frozen=True)
class Shape:
    """What a tally is kept of.

    Parameters
    ----------
    space : Space
        The combinations.
    accounts : int
        Of each combination.
    periods_per_year : float
        Bars in a year.
    metric : str
        The measure by which combinations are ranked.
    everything : bool
        Whether every account is kept.
    """

    space: Space
    accounts: int
    periods_per_year: float
    metric: str
    everything: bool

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of axes of which a map is kept."""
        if not self.space.product:
            return []
        names = [name for name, values in self.space.axes.items() if len(values) > 1]
        found = [(one, two) for row, one in enumerate(names) for two in names[row + 1 :]]
        size = {name: len(self.space.axes[name]) for name in names}
        return [pair for pair in found if size[pair[0]] * size[pair[1]] <= MOST_CELLS]


@dataclass
class Tally:
    """What is known of the combinations tried so far.

    Parameters
    ----------
    tried, skipped : int
        Combinations that were tried, and that make no sense.
    flags : dict
        First and last position of a chunk → one bit a position, set where it was tried.
    rows : list of tuple of ndarray
        Positions, shape (points,), and statistics, shape (points, account, statistic): all of
        them, or the best.
    bins : ndarray, shape (bins,)
        How many accounts have a metric in each bin.
    moments : Moments
        Of the Sharpe ratio per bar, where not every account is kept.
    maps : dict
        Pair of axes → count, sum and best of the metric, shape (3, first axis, second axis).
    maxima : Maxima or None
        The bootstrap over all accounts.
    """

    tried: int = 0
    skipped: int = 0
    flags: dict[tuple[int, int], npt.NDArray[np.uint8]] = field(default_factory=dict)
    rows: list[tuple[Ints, Floats]] = field(default_factory=list)
    bins: Ints = field(default_factory=lambda: np.zeros(BINS.size - 1, np.int64))
    moments: Moments = field(default_factory=Moments)
    maps: dict[tuple[str, str], Floats] = field(default_factory=dict)
    maxima: Maxima | None = None

    @classmethod
    def of(cls, found: Measured, shape: Shape, chunk: tuple[int, int]) -> Self:
        """The tally of some combinations.

        Parameters
        ----------
        found : Measured
            What became of them.
        shape : Shape
            What is kept.
        chunk : tuple of int
            The first position that was asked for, and the one after the last.

        Returns
        -------
        Tally
            Of these alone.
        """
        made = cls(len(found.positions), found.skipped, {chunk: found.tried}, maxima=found.maxima)
        if not shape.everything:
            made._summarise(found, shape)
        made.rows = [(found.positions, found.statistics)]
        return made._trimmed(shape)

    def merge(self, other: Tally, shape: Shape) -> None:
        """Take in the combinations of another; in any order.

        Parameters
        ----------
        other : Tally
            Of other combinations.
        shape : Shape
            What is kept.
        """
        self.tried += other.tried
        self.skipped += other.skipped
        self.flags |= other.flags
        self.rows += other.rows
        self.bins = self.bins + other.bins
        self.moments = self.moments.merged(other.moments)
        for pair, cells in other.maps.items():
            mine = self.maps.get(pair)
            self.maps[pair] = cells if mine is None else _together(mine, cells)
        if other.maxima is not None:
            self.maxima = self.maxima or Maxima.empty(other.maxima.bars)
            self.maxima.merge(other.maxima)
        self._trimmed(shape)

    def newest_best(self, shape: Shape) -> float:
        """The best value of the metric in the rows that came last, such that more is better."""
        if not self.rows or not len(self.rows[-1][0]):
            return -math.inf
        values = measured(self.rows[-1][1], shape.periods_per_year)
        return float(oriented(values[..., MEASURES.index(shape.metric)], shape.metric).max())

    def untried(self, size: int) -> Ints:
        """The positions of a space that were skipped or not reached.

        Parameters
        ----------
        size : int
            Of the space.

        Returns
        -------
        ndarray, shape (positions,)
            Ascending.
        """
        left = np.ones(size, np.bool_)
        for (first, last), bits in self.flags.items():
            left[first:last] = np.unpackbits(bits, count=last - first) == 0
        return np.flatnonzero(left)

    def table(self) -> tuple[Ints, Floats]:
        """The rows that are kept, by position."""
        if not self.rows:
            return np.empty(0, np.int64), np.empty((0, 1, len(STATISTICS)))
        positions = np.concatenate([positions for positions, _ in self.rows])
        statistics = np.concatenate([statistics for _, statistics in self.rows])
        if (positions[1:] > positions[:-1]).all():
            return positions, statistics
        order = np.argsort(positions, kind="stable")
        return positions[order], statistics[order]

    def to_bytes(self) -> bytes:
        """The tally as a file keeps it."""
        positions, statistics = self.table()
        kept = io.BytesIO()
        moments = self.moments
        arrays: dict[str, Any] = {
            "numbers": np.array([self.tried, self.skipped]),
            "chunks": np.array(list(self.flags), np.int64).reshape(-1, 2),
            "positions": positions,
            "statistics": statistics,
            "bins": self.bins,
            "moments": np.array(
                [moments.count, moments.mean, moments.m2, moments.low, moments.high]
            ),
            "maxima": np.frombuffer(self.maxima.to_bytes() if self.maxima else b"", np.uint8),
            "pairs": np.array([list(pair) for pair in self.maps], dtype=np.str_).reshape(-1, 2),
            **{f"flags{index}": bits for index, bits in enumerate(self.flags.values())},
            **{f"map{index}": cells for index, cells in enumerate(self.maps.values())},
        }
        np.savez(kept, **arrays)
        return kept.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The tally that `to_bytes` wrote."""
        with np.load(io.BytesIO(data)) as kept:
            tried, skipped = (int(number) for number in kept["numbers"])
            written = kept["maxima"].tobytes()
            return cls(
                tried,
                skipped,
                {
                    (int(first), int(last)): kept[f"flags{index}"]
                    for index, (first, last) in enumerate(kept["chunks"])
                },
                [(kept["positions"], kept["statistics"])],
                kept["bins"],
                Moments(*(float(number) for number in kept["moments"])),
                {
                    (str(one), str(two)): kept[f"map{index}"]
                    for index, (one, two) in enumerate(kept["pairs"])
                },
                Maxima.from_bytes(written) if written else None,
            )

    def _summarise(self, found: Measured, shape: Shape) -> None:
        values = measured(found.statistics, shape.periods_per_year)
        metric = values[..., MEASURES.index(shape.metric)]
        sharpe = values[..., MEASURES.index("sharpe_per_bar")]
        known = metric[~np.isnan(metric)]
        self.bins = np.histogram(np.clip(known, BINS[0], BINS[-1]), BINS)[0].astype(np.int64)
        self.moments = _moments(sharpe[np.isfinite(sharpe)])
        indices = shape.space.indices(found.positions)
        best = oriented(metric, shape.metric)
        for one, two in shape.pairs:
            self.maps[one, two] = _mapped(
                (indices[one], indices[two]),
                (len(shape.space.axes[one]), len(shape.space.axes[two])),
                metric,
                best,
            )

    def _trimmed(self, shape: Shape) -> Self:
        """Keep the best only, where not everything is kept."""
        count = sum(len(positions) for positions, _ in self.rows)
        if shape.everything or count <= 2 * BEST:
            return self
        positions, statistics = self.table()
        values = measured(statistics, shape.periods_per_year)[..., MEASURES.index(shape.metric)]
        rank = oriented(values, shape.metric).max(axis=1)
        chosen = np.sort(np.argsort(-rank, kind="stable")[:BEST])
        self.rows = [(positions[chosen], statistics[chosen])]
        return self


def _moments(values: Floats) -> Moments:
    if not values.size:
        return Moments()
    mean = float(values.mean())
    spread = float(((values - mean) ** 2).sum())
    return Moments(float(values.size), mean, spread, float(values.min()), float(values.max()))


def _mapped(
    where: tuple[Ints, Ints], sizes: tuple[int, int], metric: Floats, best: Floats
) -> Floats:
    """Count, sum and best (more is better) of the metric in each cell."""
    cell = where[0] * sizes[1] + where[1]
    cells = np.zeros((3, math.prod(sizes)))
    cells[2] = -np.inf
    for account in range(metric.shape[1]):
        known = ~np.isnan(metric[:, account])
        cells[0] += np.bincount(cell[known], minlength=cells.shape[1])
        cells[1] += np.bincount(cell[known], metric[known, account], minlength=cells.shape[1])
        np.maximum.at(cells[2], cell[known], best[known, account])
    return cells.reshape(3, *sizes)


def _together(one: Floats, two: Floats) -> Floats:
    return np.stack([one[0] + two[0], one[1] + two[1], np.maximum(one[2], two[2])])
