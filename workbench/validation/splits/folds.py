"""Purged k-fold: every bar tests once, and the training forgets what touches the test."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import OutOfRange, TooLittleHistory
from workbench.validation.splits.spans import as_times, label_ends, separated
from workbench.validation.splits.split import Split, Splits

__all__ = ["grouped", "purged_k_fold", "taught"]


def purged_k_fold(times: Any, folds: int = 5, *, labels: Any = 0, embargo: int = 0) -> Splits:
    """K-fold cross-validation without shuffling, purged, with an embargo.

    López de Prado, Advances in Financial Machine Learning (2018), section 7.4. The folds
    are those of scikit-learn's ``KFold``: equal runs, the first ones longer by a bar where the
    bars do not divide. A label covers its bar, the last bar it sees, and all between; bars whose
    label shares a bar with a test label do not teach, nor do the `embargo` bars after it.

    Parameters
    ----------
    times : int or array_like, shape (bars,)
        How many bars there are, or their stamps.
    folds : int
        How many, 2 or more.
    labels : int or array_like
        As `label_ends` takes them.
    embargo : int
        Bars after each test and its labels that do not teach, 0 or more.

    Returns
    -------
    Splits
        In the order of time; each bar tests exactly once.

    Raises
    ------
    OutOfRange
        If `folds` is below 2 or `embargo` negative.
    TooLittleHistory
        If there are fewer bars than folds, or a fold keeps no bar to teach it.
    """
    stamps = as_times(times)
    groups = grouped(stamps.size, folds)
    ends = label_ends(stamps, labels)
    items = [taught(groups == fold, ends, embargo) for fold in range(folds)]
    return Splits("purged k-fold", stamps, tuple(items))


def grouped(bars: int, folds: int) -> npt.NDArray[np.int64]:
    """The number of the fold of each bar.

    Parameters
    ----------
    bars, folds : int
        How many there are.

    Returns
    -------
    ndarray of int, shape (bars,)
        From 0, neighbours together; the first folds have one bar more.

    Raises
    ------
    OutOfRange
        If `folds` is below 2.
    TooLittleHistory
        If there are fewer bars than folds.
    """
    if folds < 2:
        raise OutOfRange("folds", folds, 2)
    if bars < folds:
        raise TooLittleHistory(folds, bars, f"A cross-validation of {folds} folds")
    lengths = np.full(folds, bars // folds)
    lengths[: bars % folds] += 1
    return np.repeat(np.arange(folds), lengths)


def taught(tested: npt.NDArray[np.bool_], ends: npt.NDArray[np.int64], embargo: int) -> Split:
    """All other bars teach, unless they are purged or embargoed.

    Parameters
    ----------
    tested : ndarray of bool, shape (bars,)
        Which bars test.
    ends : ndarray of int, shape (bars,)
        The last bar of the label of each.
    embargo : int
        Bars after a test that do not teach.

    Returns
    -------
    Split
        With at least one bar that teaches.

    Raises
    ------
    OutOfRange
        If `embargo` is negative.
    TooLittleHistory
        If no bar is left.
    """
    if embargo < 0:
        raise OutOfRange("embargo", embargo, 0)
    split = separated(np.ones(tested.size, bool), tested, ends, embargo)
    if split.train.size:
        return split
    longest = int((ends - np.arange(ends.size)).max())
    needs = int(tested.sum()) + longest + embargo + 1
    raise TooLittleHistory(
        max(needs, tested.size + 1),
        tested.size,
        f"A cross-validation with labels of {longest} bars and an embargo of {embargo}",
    )
