"""Walk-forward: teach on the past, test on what follows, move on."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.errors import OutOfRange, TooLittleHistory
from workbench.validation.splits.spans import as_times, label_ends, separated
from workbench.validation.splits.split import Splits

__all__ = ["walk_forward_splits"]


def walk_forward_splits(
    times: Any,
    folds: int = 5,
    *,
    train: int | None = None,
    test: int | None = None,
    anchored: bool = True,
    labels: Any = 0,
) -> Splits:
    """Folds that test one after the other, each taught by the bars before it.

    The tests are the last ``folds × test`` bars. With labels `h` bars long the last `h` bars
    before each test are purged, so that the folds are those of scikit-learn's
    ``TimeSeriesSplit(folds, test_size=test, gap=h)``; rolling ones those with
    ``max_train_size``, except that it counts without the purged bars. Bars after a test teach
    in later folds only; an embargo has nothing to do here.

    Parameters
    ----------
    times : int or array_like, shape (bars,)
        How many bars there are, or their stamps.
    folds : int
        How many tests, 1 or more.
    train : int, optional
        Bars before each test that may teach; by default as many as before the first. Anchored
        folds grow from it: it only says how many the first needs at least.
    test : int, optional
        Bars in a test; by default ``bars // (folds + 1)``.
    anchored : bool
        Whether each fold is taught by all bars before it, or by the last `train` only.
    labels : int or array_like
        As `label_ends` takes them.

    Returns
    -------
    Splits
        In the order of time.

    Raises
    ------
    OutOfRange
        If `folds`, `train` or `test` is below 1.
    TooLittleHistory
        If the bars are too few, or a fold keeps none to teach it.
    """
    stamps = as_times(times)
    bars = stamps.size
    sizes = {"folds": folds, "train": 1 if train is None else train}
    for name, value in sizes.items() | {("test", 1 if test is None else test)}:
        if value < 1:
            raise OutOfRange(name, value, 1)
    length = bars // (folds + 1) if test is None else test
    needs = folds * max(length, 1) + sizes["train"]
    if bars < needs:
        raise TooLittleHistory(needs, bars, f"A walk-forward of {folds} folds")
    first = bars - folds * length
    window = first if train is None else train
    ends, own = label_ends(stamps, labels), np.arange(bars)
    items = []
    for start in range(first, bars, length):
        begins = 0 if anchored else max(start - window, 0)
        split = separated(
            (own >= begins) & (own < start), (own >= start) & (own < start + length), ends, 0
        )
        if not split.train.size:
            raise TooLittleHistory(needs + int(ends[start - 1] - start + 1), bars, "A first fold")
        items.append(split)
    kind = "anchored walk-forward" if anchored else "rolling walk-forward"
    return Splits(kind, stamps, tuple(items))
