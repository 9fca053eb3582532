"""The blocks of a question's bars and the fixed multipliers of its bootstrap.

A draw gives every block a sign, half of them +1 and half −1. Signs keep the size of each block,
so that quiet and wild years stay where they were, and a sum of blocks that are symmetric around
0 has the same distribution with any signs: the test is exact for any number of blocks and of
trials (Fisher 1935; blocks of a time series: Canay, Romano & Shaikh 2017; maxima of many sums:
Deng & Zhang 2020). Half and half takes out each trial's own mean. All draws have the same
length; those of normal multipliers differ, which inflates the quantile of a maximum over
thousands of trials (4.43 for 4.26 with 5,000 trials and 126 blocks, a tenth of the power).

The signs depend on the number of blocks alone and never change (raw bits of Philox, which NumPy
keeps for ever), so that maxima of two processes, or of two years, can be merged.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["DRAWS", "FEWEST_BLOCKS", "MOST_BLOCKS", "block_counts", "block_edges", "multipliers"]

DRAWS = 1_000
"""Draws of the bootstrap."""
MOST_BLOCKS = 128
"""Blocks of the finest level: about one month each in ten years of daily bars."""
FEWEST_BLOCKS = 16
"""Blocks of the coarsest level."""

_KEY = 0x5EED_0F_B10C_5


def block_counts(bars: int) -> tuple[int, ...]:
    """Blocks of each level, finest first: halved from 128 down to 16.

    Parameters
    ----------
    bars : int
        Length of the series, at least 16.

    Returns
    -------
    tuple of int
        Powers of two; a short series begins where a block has a bar or more.
    """
    counts = (MOST_BLOCKS, 64, 32, FEWEST_BLOCKS)
    return tuple(count for count in counts if count <= bars)


def block_edges(bars: int, blocks: int | None = None) -> npt.NDArray[np.int64]:
    """Where blocks begin and end; lengths differ by one bar at most.

    Parameters
    ----------
    bars : int
        Length of the series, at least 16.
    blocks : int, optional
        A power of two; the finest level of `bars` without it.

    Returns
    -------
    ndarray, shape (blocks + 1,)
        Block j is ``[edges[j], edges[j + 1])``; edges of a coarser level are edges of a finer.
    """
    count = blocks or block_counts(bars)[0]
    return np.arange(count + 1, dtype=np.int64) * bars // count


@lru_cache(maxsize=8)
def multipliers(blocks: int) -> npt.NDArray[np.float32]:
    """The sign of each block in each draw.

    Parameters
    ----------
    blocks : int
        An even number.

    Returns
    -------
    ndarray, shape (blocks, 1000)
        +1 or −1, every column sums to 0 and is uniform among those that do. Read-only.
    """
    bits = np.random.Philox(key=_KEY + blocks).random_raw(blocks * DRAWS)
    shuffled = bits.reshape(blocks, DRAWS).argsort(axis=0, kind="stable")
    signs = np.where(shuffled < blocks // 2, np.float32(1), np.float32(-1))
    signs.setflags(write=False)
    return signs
