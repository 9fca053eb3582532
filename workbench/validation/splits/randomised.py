"""Multiple randomised cross-validation: walk forward in random windows and random symbols."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import OutOfRange
from workbench.validation.splits.spans import as_times
from workbench.validation.splits.split import Splits
from workbench.validation.splits.walking import walk_forward_splits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["multiple_randomised"]


def multiple_randomised(
    times: Any,
    symbols: Sequence[str],
    rng: np.random.Generator,
    *,
    draws: int = 20,
    window: int,
    size: int,
    **walking: Any,
) -> Splits:
    """Walk forward through random windows of time and random choices of symbols.

    The multiple randomised backtests of Palomar, Portfolio Optimization (2025), section 8.4.4:
    each draw takes `window` bars that follow one another and `size` different symbols, and
    walks forward within them.

    Parameters
    ----------
    times : int or array_like, shape (bars,)
        How many bars there are, or their stamps.
    symbols : sequence of str
        All symbols.
    rng : numpy.random.Generator
        Where windows and symbols come from.
    draws : int
        How many.
    window : int
        Bars of a draw.
    size : int
        Symbols of a draw.
    **walking
        ``folds, train, test, anchored, labels`` of `walk_forward_splits`; labels as a number of
        bars only.

    Returns
    -------
    Splits
        The folds of the first draw, then those of the second, and so on; each names its symbols.

    Raises
    ------
    OutOfRange
        If `window`, `size` or `draws` is outside what there is.
    TooLittleHistory
        If a window is too short for its folds.
    """
    stamps = as_times(times)
    for name, value, most in (
        ("draws", draws, None),
        ("window", window, stamps.size),
        ("size", size, len(symbols)),
    ):
        if value < 1 or (most is not None and value > most):
            raise OutOfRange(name, value, 1, most)
    inner = walk_forward_splits(window, **walking)
    items = []
    for _ in range(draws):
        first = int(rng.integers(stamps.size - window + 1))
        kept = np.sort(rng.choice(len(symbols), size, replace=False))
        named = tuple(str(symbols[at]) for at in kept)
        items += [
            replace(
                split,
                train=split.train + first,
                test=split.test + first,
                purged=split.purged + first,
                embargoed=split.embargoed + first,
                symbols=named,
            )
            for split in inner
        ]
    kind = f"multiple randomised CV ({draws} draws of {window} bars and {size} symbols)"
    return Splits(kind, stamps, tuple(items))
