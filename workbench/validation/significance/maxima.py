"""The largest studentised mean of all trials, beside what luck alone would have made of it.

The decision statistic is the largest ``mean / (standard deviation / √bars)`` of all trials of
a question. Its distribution under luck is the one of the same maximum after the blocks of all
trials have been given random signs together (`workbench.validation.significance.weights`): the
trials keep their dependence on one another, their volatility through time and, as blocks are no
shorter than the longest holding, their autocorrelation. This is the block multiplier bootstrap
of a maximum (White 2000; Hansen 2005; Chernozhukov, Chetverikov & Kato 2013) with the
multipliers of a randomisation test. A maximum is all that is kept of a trial, so that any
number of them needs the memory of 1,000 draws, and the order of arrival does not matter.
"""

from __future__ import annotations

import json
import math
from statistics import NormalDist
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.validation.significance.weights import (
    DRAWS,
    FEWEST_BLOCKS,
    block_counts,
    block_edges,
    multipliers,
)

__all__ = ["Maxima"]

Floats = npt.NDArray[np.floating[Any]]

_CHUNK = 4_096
_FLAT = 1e-12
"""Squared deviations below this share of the squares are rounding: the returns are constant."""
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

    def add(self, block_sums: Floats, squares: Floats, longest_holding: int = 1) -> None:
        """Add trials by what the sweep keeps of them.

        Parameters
        ----------
        block_sums : ndarray, shape (trials, blocks)
            Sums of simple returns per finest block (`edges`).
        squares : ndarray, shape (trials,)
            Sum of the squared returns of all bars.
        longest_holding : int
            Longest time a position was held, in bars, over these trials.

        Raises
        ------
        InvalidInput
            If the shapes are not those of this question.

        Notes
        -----
        A trial that never traded, or whose returns are constant, counts and has no statistic.
        One with a number that is not finite failed: it does not count.
        """
        sums, squared = self._checked(block_sums, squares)
        self.longest_holding = max(self.longest_holding, int(longest_holding))
        first = self._level(longest_holding)
        for start in range(0, len(sums), _CHUNK):
            part = slice(start, start + _CHUNK)
            self._add(sums[part], squared[part], first)

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
        values = np.atleast_2d(np.asarray(returns, np.float64))
        if values.ndim != 2 or values.shape[1] != self.bars:
            raise InvalidInput(
                f"The question has {self.bars} bars and the returns have another shape",
                seen=np.shape(returns),
                cure=f"Give returns of shape (trials, {self.bars})",
            )
        values = np.where(np.isnan(values), 0.0, values)
        sums = np.add.reduceat(values, self.edges[:-1], axis=1)
        self.add(sums, np.einsum("ij,ij->i", values, values), longest_holding)

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

    def _checked(self, block_sums: Floats, squares: Floats) -> tuple[Floats, Floats]:
        sums, squared = np.asarray(block_sums), np.asarray(squares, np.float64)
        blocks = len(self.edges) - 1
        if sums.ndim != 2 or sums.shape[1] != blocks or squared.shape != sums.shape[:1]:
            raise InvalidInput(
                f"A trial of {self.bars} bars has {blocks} block sums and one sum of squares",
                seen=(sums.shape, squared.shape),
                cure="Sum the returns between the edges of these maxima",
            )
        return sums, squared

    def _add(self, sums: Floats, squares: Floats, first: int) -> None:
        totals = sums.sum(axis=1, dtype=np.float64)
        known = np.isfinite(totals) & np.isfinite(squares)
        self.trials += int(known.sum())
        spread = squares - totals**2 / self.bars
        moving = known & (spread > _FLAT * squares)
        if not moving.any():
            return
        scale = 1 / np.sqrt(spread[moving] * (self.bars / (self.bars - 1)))
        self.observed = max(self.observed, float((totals[moving] * scale).max()))
        level = (sums[moving] * scale[:, None]).astype(np.float32)
        for index in range(len(self.levels)):
            if index >= first:
                drawn = level @ multipliers(level.shape[1])
                np.maximum(self.maxima[index], drawn.max(axis=0), out=self.maxima[index])
            level = level[:, ::2] + level[:, 1::2]
