"""The largest studentised mean of all trials, beside what luck alone would have made of it.

The decision statistic is the largest ``mean / (standard deviation / √bars)`` of all trials of
a question, a negative skewness held against it (`workbench.validation.significance.studentised`).
Its distribution under luck is that of the same maximum after the blocks of all trials have been
given random signs together (`workbench.validation.significance.weights`): the trials keep their
dependence on one another, their volatility through time and, as blocks are no shorter than the
longest holding, their autocorrelation. This is the block multiplier bootstrap of a maximum
(White 2000; Hansen 2005; Chernozhukov, Chetverikov & Kato 2013) with the multipliers of a
randomisation test. The maximum is all that is kept of a trial, so that any number of them needs
the memory of 1,000 draws, and the order of their arrival does not matter.

Measured with `make validate-fdr` (5,000 trials of pure noise over 2,520 bars): see the table
"Which corrections lie" in ``benchmarks/README.md``.
"""

from __future__ import annotations

import json
import math
from statistics import NormalDist
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.validation.significance.studentised import studentised_means
from workbench.validation.significance.weights import (
    DRAWS,
    FEWEST_BLOCKS,
    block_counts,
    block_edges,
    multipliers,
)

__all__ = ["Maxima"]

Floats = npt.NDArray[np.floating[Any]]
Doubles = npt.NDArray[np.float64]

_CHUNK = 512
"""Trials of one matrix product: its result stays in the cache of a core."""
_FORMAT = 1


class Maxima:
    """The running maxima of one question.

    Parameters
    ----------
    bars : int
        Length of the return series of every trial, at least 16.

    Attributes
    ----------
    trials : int
        Trials that were added; one that is added twice is counted twice here and changes
        nothing else.
    draws : int
        Draws of the bootstrap, 1,000.
    levels : tuple of int
        Ladder of block lengths in bars, ascending. Never fewer than 16 blocks are used, so
        that longer holdings than the last level are judged by it.
    longest_holding : int
        In bars, over all trials.
    observed : float
        The largest studentised mean; −inf before the first trial that traded.
    maxima : ndarray, shape (levels, draws)
        The largest bootstrap statistic of each draw; rows of levels shorter than the longest
        holding are incomplete and not used.
    """

    def __init__(self, bars: int) -> None:
        if bars < FEWEST_BLOCKS:
            raise TooLittleHistory(FEWEST_BLOCKS, bars, "a test against luck")
        self.bars = bars
        self.trials = 0
        self.draws = DRAWS
        self.longest_holding = 1
        self.observed = -math.inf
        self.levels = tuple(bars // count for count in block_counts(bars))
        self.maxima = np.full((len(self.levels), DRAWS), -np.inf, np.float32)

    @classmethod
    def empty(cls, bars: int) -> Self:
        """The maxima of no trial yet.

        Parameters
        ----------
        bars : int
            Length of the return series of the question.

        Returns
        -------
        Maxima
            With `trials` 0.

        Raises
        ------
        TooLittleHistory
            If `bars` is below 16.
        """
        return cls(bars)

    @property
    def edges(self) -> npt.NDArray[np.int64]:
        """Where the finest blocks begin and end, shape (blocks + 1,)."""
        return block_edges(self.bars)

    @property
    def level(self) -> int:
        """The row of `maxima` that decides: the shortest blocks that cover the holding."""
        return self._level(self.longest_holding)

    @property
    def block_length(self) -> int:
        """Bars of a block of the level that decides."""
        return self.levels[self.level]

    def add(
        self,
        block_sums: Floats,
        squares: Floats,
        longest_holding: int = 1,
        cubes: Floats | None = None,
    ) -> None:
        """Add trials by what the sweep keeps of them.

        Parameters
        ----------
        block_sums : ndarray, shape (trials, blocks)
            Sums of simple returns per finest block (`edges`).
        squares : ndarray, shape (trials,)
            Sum of the squared returns of all bars.
        longest_holding : int
            Longest time a position was held, in bars, over these trials.
        cubes : ndarray, shape (trials,), optional
            Sum of the cubed returns of all bars; without it a negative skewness is not seen.

        Raises
        ------
        InvalidInput
            If the shapes are not those of this question.

        Notes
        -----
        A trial that never traded, or whose returns are constant, counts and has no statistic.
        One with a number that is not finite failed: it does not count.
        """
        sums, squared, cubed = self._checked(block_sums, squares, cubes)
        self.longest_holding = max(self.longest_holding, int(longest_holding))
        totals = sums.sum(axis=1, dtype=np.float64)
        self.trials += int(np.count_nonzero(np.isfinite(totals) & np.isfinite(squared)))
        statistics, scales = studentised_means(totals, squared, cubed, self.bars)
        moving = np.flatnonzero(np.isfinite(statistics))
        if not moving.size:
            return
        self.observed = max(self.observed, float(statistics[moving].max()))
        first = self._level(longest_holding)
        for start in range(0, len(moving), _CHUNK):
            chosen = moving[start : start + _CHUNK]
            self._raise((sums[chosen] * scales[chosen, None]).astype(np.float32), first)

    def add_returns(self, returns: Floats, longest_holding: int = 1) -> None:
        """Add trials by their returns.

        Parameters
        ----------
        returns : ndarray, shape (trials, bars) or (bars,)
            Simple returns; NaN is a bar without a position and counts as 0.
        longest_holding : int
            Longest time a position was held, in bars, over these trials.

        Raises
        ------
        InvalidInput
            If there are not `bars` returns.
        """
        values = np.atleast_2d(np.asarray(returns))
        if values.ndim != 2 or values.shape[1] != self.bars:
            raise InvalidInput(
                f"The question has {self.bars} bars and the returns have another shape",
                seen=np.shape(returns),
                cure=f"Give returns of shape (trials, {self.bars})",
            )
        for start in range(0, len(values), _CHUNK):
            held = values[start : start + _CHUNK].astype(np.float64)
            held[np.isnan(held)] = 0.0
            squared = held**2
            sums = np.add.reduceat(held, self.edges[:-1], axis=1)
            cubes = np.einsum("ij,ij->i", squared, held)
            self.add(sums, squared.sum(axis=1), longest_holding, cubes)

    def merge(self, other: Maxima) -> None:
        """Take in the trials of another; in any order, and equal trials change nothing.

        Parameters
        ----------
        other : Maxima
            Of the same question.

        Raises
        ------
        InvalidInput
            If it has another number of bars.
        """
        if other.bars != self.bars:
            raise InvalidInput(
                f"Maxima over {self.bars} bars cannot take in those of another question",
                seen=f"{other.bars} bars",
                cure="Merge maxima of the same bars only",
            )
        self.trials += other.trials
        self.longest_holding = max(self.longest_holding, other.longest_holding)
        self.observed = max(self.observed, other.observed)
        np.maximum(self.maxima, other.maxima, out=self.maxima)

    def p_value(self, statistic: float | None = None) -> float:
        """How often luck alone has a trial at least this good among all trials.

        Parameters
        ----------
        statistic : float, optional
            The studentised mean of one trial; the largest one without it.

        Returns
        -------
        float
            The family-wise p-value, from 1/1001 to 1; NaN without a trial that traded.
        """
        drawn = self._drawn()
        if drawn is None:
            return math.nan
        least = self.observed if statistic is None else statistic
        return (1 + int(np.count_nonzero(drawn >= least))) / (1 + self.draws)

    def critical(self, size: float = 0.05) -> float:
        """The studentised mean that luck alone exceeds with probability `size`.

        Parameters
        ----------
        size : float
            The family-wise error that is allowed.

        Returns
        -------
        float
            `p_value` is at most `size` above it; NaN without a trial that traded.
        """
        drawn = self._drawn()
        if drawn is None:
            return math.nan
        return float(np.quantile(drawn, 1 - size, method="higher"))

    def effective_trials(self) -> float:
        """The number of independent trials whose maximum has the bootstrap's median.

        Returns
        -------
        float
            From 1 to `trials`; 0 without a trial that traded.
        """
        drawn = self._drawn()
        if drawn is None:
            return 0.0
        below = NormalDist().cdf(float(np.median(drawn)))
        independent = math.inf if below >= 1 else math.log(0.5) / math.log(max(below, 1e-300))
        return float(min(max(independent, 1.0), self.trials))

    def to_bytes(self) -> bytes:
        """The maxima as the ledger keeps them: a line of JSON, then the numbers."""
        head = {
            "format": _FORMAT,
            "bars": self.bars,
            "trials": self.trials,
            "longest_holding": self.longest_holding,
            "observed": self.observed.hex(),
        }
        return json.dumps(head).encode() + b"\n" + self.maxima.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The maxima that `to_bytes` wrote.

        Parameters
        ----------
        data : bytes
            As `to_bytes` gives it.

        Returns
        -------
        Maxima
            Equal to the one that was written.

        Raises
        ------
        InvalidInput
            If it is something else, or of a later release.
        """
        head, _, numbers = data.partition(b"\n")
        try:
            facts = json.loads(head)
            found = cls(facts["bars"]) if facts["format"] == _FORMAT else None
        except (ValueError, KeyError, TypeError):
            found = None
        if found is None or len(numbers) != 4 * found.maxima.size:
            raise InvalidInput(
                "These bytes hold no bootstrap maxima that this release can read",
                seen=head[:80],
                cure="Run the sweep again",
            )
        found.trials = facts["trials"]
        found.longest_holding = facts["longest_holding"]
        found.observed = float.fromhex(facts["observed"])
        found.maxima[:] = np.frombuffer(numbers, "<f4").reshape(found.maxima.shape)
        return found

    def __repr__(self) -> str:
        return (
            f"Maxima({self.trials:,} trials, {self.bars:,} bars, best {self.observed:.2f}, "
            f"p {self.p_value():.3f}, about {self.effective_trials():,.0f} independent)"
        )

    def _level(self, holding: int) -> int:
        long_enough = [index for index, bars in enumerate(self.levels) if bars >= holding]
        return long_enough[0] if long_enough else len(self.levels) - 1

    def _drawn(self) -> npt.NDArray[np.float32] | None:
        return None if math.isinf(self.observed) else self.maxima[self.level]

    def _checked(
        self, block_sums: Floats, squares: Floats, cubes: Floats | None
    ) -> tuple[Floats, Doubles, Doubles | None]:
        sums, squared = np.asarray(block_sums), np.asarray(squares, np.float64)
        cubed = None if cubes is None else np.asarray(cubes, np.float64)
        blocks, per_trial = len(self.edges) - 1, sums.shape[:1]
        fits = sums.shape[1:] == (blocks,) and squared.shape == per_trial
        if not fits or (cubed is not None and cubed.shape != per_trial):
            raise InvalidInput(
                f"A trial of {self.bars} bars has {blocks} block sums and one sum of squares",
                seen=(sums.shape, squared.shape),
                cure="Sum the returns between the edges of these maxima",
            )
        return sums, squared, cubed

    def _raise(self, standard: npt.NDArray[np.float32], first: int) -> None:
        """Raise the maxima of all levels from `first` on; a coarser block is two finer ones."""
        for index, maxima in enumerate(self.maxima):
            if index >= first:
                drawn = standard @ multipliers(standard.shape[1])
                np.maximum(maxima, drawn.max(axis=0), out=maxima)
            standard = standard[:, ::2] + standard[:, 1::2]
