"""Combinatorial purged cross-validation: many whole histories out of sample, not one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput, OutOfRange
from workbench.validation.splits.folds import grouped, taught
from workbench.validation.splits.spans import as_times, label_ends
from workbench.validation.splits.split import Splits

__all__ = ["CombinatorialSplits", "combinatorial_purged"]

MOST_SPLITS = 20_000


@dataclass(frozen=True, eq=False, repr=False)
class CombinatorialSplits(Splits):
    """Splits that test every choice of groups, and the paths that they join to.

    Parameters
    ----------
    groups : ndarray of int, shape (bars,)
        The group of each bar.
    tested : tuple of tuple of int
        The groups that each split tests.
    """

    groups: npt.NDArray[np.int64]
    tested: tuple[tuple[int, ...], ...]

    def paths(self) -> npt.NDArray[np.int64]:
        """Which split tests which group on which path.

        Each group is tested by ``C(N−1, k−1)`` splits; the j-th of them is path j there, so
        that no test is used twice.

        Returns
        -------
        ndarray of int, shape (paths, groups)
            Numbers of splits; there are ``C(N, k) · k / N`` paths.
        """
        count = int(self.groups[-1]) + 1
        testers = [
            [split for split, groups in enumerate(self.tested) if group in groups]
            for group in range(count)
        ]
        return np.array(testers, dtype=np.int64).T

    def joined(self, values: Any) -> npt.NDArray[np.float64]:
        """Whole histories out of what each split gave for the bars that it tests.

        Parameters
        ----------
        values : array_like, shape (splits, bars)
            A row for each split; only the bars that the split tests are read.

        Returns
        -------
        ndarray, shape (paths, bars)
            Each bar once on each path.

        Raises
        ------
        InvalidInput
            If there is not one row for each split and one column for each bar.
        """
        table = np.asarray(values, dtype=np.float64)
        if table.shape != (len(self), self.times.size):
            raise InvalidInput(
                "A path needs a value of each split for each bar",
                seen=table.shape,
                cure=f"Give the shape {(len(self), self.times.size)}",
            )
        joined: npt.NDArray[np.float64] = table[
            self.paths()[:, self.groups], np.arange(self.times.size)
        ]
        return joined


def combinatorial_purged(
    times: Any, folds: int = 10, tested: int = 2, *, labels: Any = 0, embargo: int = 0
) -> CombinatorialSplits:
    """Test every choice of `tested` of `folds` groups of bars, taught by the others.

    López de Prado, Advances in Financial Machine Learning (2018), section 12.4: ``C(N, k)``
    splits join to ``C(N, k) · k / N`` paths, whole histories of which every bar is out of
    sample. Groups, purging and embargo are those of `purged_k_fold`.

    Parameters
    ----------
    times : int or array_like, shape (bars,)
        How many bars there are, or their stamps.
    folds : int
        N, how many groups, 2 or more.
    tested : int
        k, how many of them test at a time, from 1 to N − 1.
    labels : int or array_like
        As `label_ends` takes them.
    embargo : int
        Bars after each block of tests and its labels that do not teach.

    Returns
    -------
    CombinatorialSplits
        In the order of ``itertools.combinations``.

    Raises
    ------
    OutOfRange
        If `folds`, `tested` or `embargo` is outside its range, or the splits are more than
        20,000.
    TooLittleHistory
        If a split keeps no bar to teach it.
    """
    stamps = as_times(times)
    groups = grouped(stamps.size, folds)
    if not 1 <= tested < folds:
        raise OutOfRange("tested", tested, 1, folds - 1)
    if comb(folds, tested) > MOST_SPLITS:
        raise OutOfRange("folds", folds, cure=f"C(folds, tested) may be {MOST_SPLITS:,} at most")
    ends = label_ends(stamps, labels)
    chosen = tuple(itertools.combinations(range(folds), tested))
    items = tuple(taught(np.isin(groups, choice), ends, embargo) for choice in chosen)
    kind = f"combinatorial purged CV ({folds} groups, {tested} tested)"
    return CombinatorialSplits(kind, stamps, items, groups=groups, tested=chosen)
