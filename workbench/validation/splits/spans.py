"""What a label sees of the future, and what has to leave the training because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput, OutOfRange, UnusableFrame
from workbench.validation.splits.split import Split

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["as_times", "label_ends", "separated"]

Positions = npt.NDArray[np.int64]


def as_times(times: Any) -> npt.NDArray[Any]:
    """The stamps of the bars.

    Parameters
    ----------
    times : int or array_like, shape (bars,)
        How many bars there are, or their stamps.

    Returns
    -------
    ndarray, shape (bars,)
        The stamps; positions from 0 where only a number is given.

    Raises
    ------
    UnusableFrame
        If the stamps do not increase: a bar that is there twice could teach and test.
    """
    stamps = np.arange(times) if isinstance(times, int | np.integer) else np.asarray(times)
    steps = stamps[1:] > stamps[:-1]
    if stamps.ndim != 1 or not steps.all():
        seen = str(stamps[1:][~steps][0]) if stamps.ndim == 1 else f"shape {stamps.shape}"
        raise UnusableFrame(
            "The times of the bars do not increase", seen=seen, cure="Sort them and drop duplicates"
        )
    return stamps


def label_ends(times: Any, labels: Any = 0) -> Positions:
    """The last bar that the label of each bar sees.

    Parameters
    ----------
    times : int or array_like, shape (bars,)
        How many bars there are, or their stamps.
    labels : int or array_like, shape (bars,)
        How many bars ahead every label looks; or when each label ends, in the unit of `times`:
        it then sees the bar that this instant falls into.

    Returns
    -------
    ndarray of int, shape (bars,)
        Positions, at or after the bar's own; the last bars' labels end with the data.

    Raises
    ------
    OutOfRange
        If `labels` is a negative number.
    InvalidInput
        If a label ends before its bar, or there is not one label a bar.
    """
    stamps = as_times(times)
    own = np.arange(stamps.size)
    if isinstance(labels, int | np.integer):
        if labels < 0:
            raise OutOfRange("labels", labels, 0)
        whole: Positions = np.minimum(own + int(labels), stamps.size - 1)
        return whole
    given = np.asarray(labels)
    if given.shape != stamps.shape:
        raise InvalidInput(
            "There is not one label end for each bar",
            seen=f"{given.shape} for {stamps.size} bars",
            cure="Give one time for each bar, or a number of bars",
        )
    ends: Positions = np.searchsorted(stamps, given, side="right") - 1
    if (ends < own).any():
        first = int(np.argmax(ends < own))
        raise InvalidInput(
            f"The label of bar {stamps[first]} ends before the bar",
            seen=str(given[first]),
            cure="Give the time at which the label is known",
        )
    return ends


def separated(
    candidates: npt.NDArray[np.bool_],
    tested: npt.NDArray[np.bool_],
    ends: Positions,
    embargo: int,
    symbols: tuple[str, ...] = (),
) -> Split:
    """Train on the candidates that know nothing of the test.

    A label covers its bar, the last bar it sees, and all between. A candidate whose label
    shares a bar with a test label is purged (snippet 7.1 of López de Prado 2018); one that
    begins within `embargo` bars after the last bar that a block of test labels sees is embargoed
    (snippet 7.2).

    Parameters
    ----------
    candidates, tested : ndarray of bool, shape (bars,)
        Which bars may teach, and which test; a bar in both tests.
    ends : ndarray of int, shape (bars,)
        As `label_ends` gives them.
    embargo : int
        Bars.
    symbols : tuple of str
        For the split.

    Returns
    -------
    Split
        Each candidate is in one of its four parts.
    """
    own = np.arange(ends.size)
    overlaps, shadowed = np.zeros(ends.size, bool), np.zeros(ends.size, bool)
    for first, last in _blocks(tested):
        seen = int(ends[first : last + 1].max())
        overlaps |= (own <= seen) & (ends >= first)
        shadowed |= (own > seen) & (own <= seen + embargo)
    left = candidates & ~tested
    return Split(
        train=np.flatnonzero(left & ~overlaps & ~shadowed),
        test=np.flatnonzero(tested),
        purged=np.flatnonzero(left & overlaps),
        embargoed=np.flatnonzero(left & shadowed & ~overlaps),
        symbols=symbols,
    )


def _blocks(marked: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and last position of each run of marked bars."""
    edges = np.diff(np.r_[0, marked.astype(np.int8), 0])
    yield from zip(
        np.flatnonzero(edges == 1).tolist(),
        (np.flatnonzero(edges == -1) - 1).tolist(),
        strict=True,
    )
