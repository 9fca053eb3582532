"""Other futures: the numbers after a cut, changed in several ways; those before stay."""

from __future__ import annotations

import functools
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.validation.leaks.tables import Table

__all__ = ["Future", "changed_after", "spiked"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

STEP = 0.04
"""Deviation of the log steps of other prices: a wild market, so that thresholds are crossed."""
SHARE_MISSING = 0.4


class Future(StrEnum):
    """How what follows a cut is changed; the values are words of a report."""

    WALKED = "the later bars are others"
    """Prices times a random walk that begins at the cut, bar by bar; volumes times noise."""
    CUT = "no bar follows"
    """The frame ends with the bar."""
    MIRRORED = "later rises are falls"
    """p becomes (price at the cut)² / p."""
    SCALED = "later prices are three times as high"
    """And volumes five times."""
    SUNK = "later prices are a third"
    """And volumes a fifth."""
    SHUFFLED = "the later moves come in another order"
    """The same steps of prices, the same rows of all else."""
    LEAPS = "some later prices are ten times as high or as low"
    """Each number for itself."""
    HOLES = "later values go missing"
    """Some bars, and some values of others."""


def changed_after(
    future: Future, table: Table, later: Mask, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """The numbers of a table with other rows after a cut.

    Parameters
    ----------
    future : Future
        How they change; `Future.CUT` changes no number.
    table : Table
        What is there.
    later : ndarray of bool, shape (rows,)
        The rows after the cut.
    rng : numpy.random.Generator
        What the change is drawn from.

    Returns
    -------
    ndarray, shape (rows, columns)
        Equal to ``table.values`` where `later` is false. Open, high, low and close of a bar
        stay in order.
    """
    values = table.values.copy()
    if later.any() and future is not Future.CUT:
        values[later] = _CHANGES[future](table, later, rng)
        _in_order(table, values, later)
    return values


def spiked(
    table: Table, *, up: bool = True, size: float = 1_000.0, rows: Mask | slice = slice(None)
) -> Floats:
    """Numbers far from where they are, to put into single rows.

    Parameters
    ----------
    table : Table
        What is there.
    up : bool
        Above or below where it was.
    size : float
        How many times a positive number; how many deviations for another.
    rows : ndarray of bool or slice
        Which rows; all by default.

    Returns
    -------
    ndarray, shape (rows, columns)
        The other of true and false; a NaN stays.
    """
    positive, flag, _ = table.sorts
    own = table.values[rows]
    factor = size if up else 1.0 / size
    shift = (size if up else -size) * table.spread
    return _by_sort(own, (positive, flag), own * factor, own + shift)


def _walked(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    rows = table.values[later]
    positive, flag, volume = table.sorts
    noise = _noise(table, len(rows), rng)
    made: Floats = rows * _walk(table, later, rng) * np.exp(noise * np.float32(STEP / 2))
    if volume.any():
        made[:, volume] = rows[:, volume] * np.exp(noise[:, volume])
    if flag.any():
        made[:, flag] = np.where(noise[:, flag] > 0, rows[:, flag], 1.0 - rows[:, flag])
    if (other := ~(positive | flag)).any():
        made[:, other] = rows[:, other] + 2.0 * noise[:, other] * table.spread[other]
    return made


def _walk(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    """A random walk for each symbol, on the later rows and all columns."""
    _, place = np.unique(table.times[later], return_inverse=True)
    symbols = {one.symbol or one.field: None for one in table.columns}
    numbers = {symbol: at for at, symbol in enumerate(symbols)}
    steps = rng.normal(0.0, STEP, (int(place.max()) + 1, len(symbols)))
    of_column = [numbers[one.symbol or one.field] for one in table.columns]
    walk: Floats = np.exp(np.cumsum(steps, axis=0))[place]
    return walk if len(of_column) == len(symbols) else walk[:, of_column]


def _noise(table: Table, count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """As many rows of the table's noise, from a random one on: drawing each anew takes long."""
    first = int(rng.integers(len(table.noise)))
    return np.roll(table.noise, -first, axis=0)[:count] if first else table.noise[:count]


def _mirrored(table: Table, later: Mask, _rng: np.random.Generator) -> Floats:
    rows, before = table.values[later], table.values[~later]
    anchor = _last_finite(before) if len(before) else rows[0]
    anchor = np.where(np.isfinite(anchor), anchor, 1.0)
    positive, flag, _ = table.sorts
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(rows > 0, anchor * (anchor / rows), rows)
    return _by_sort(rows, (positive, flag), ratio, 2 * anchor - rows)


def _scaled(table: Table, later: Mask, _rng: np.random.Generator) -> Floats:
    rows = table.values[later]
    positive, flag, volume = table.sorts
    return _by_sort(rows, (positive, flag), rows * np.where(volume, 5.0, 3.0), 2 * rows + 1)


def _sunk(table: Table, later: Mask, _rng: np.random.Generator) -> Floats:
    rows = table.values[later]
    positive, flag, volume = table.sorts
    return _by_sort(rows, (positive, flag), rows / np.where(volume, 5.0, 3.0), (rows - 1) / 2)


def _leaps(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    rows = table.values[later]
    sign = np.sign(_noise(table, len(rows), rng)) * (rng.random((len(rows), 1)) < SHARE_MISSING)
    positive, flag, _ = table.sorts
    shifted = rows + 10.0 * sign * table.spread
    flipped = np.where(flag & (sign == 0), 1.0 - rows, rows)  # `_by_sort` turns flags over
    return _by_sort(flipped, (positive, flag), rows * np.power(10.0, sign), shifted)


def _shuffled(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    rows, before = table.values[later], table.values[~later]
    order = rng.permutation(len(rows))
    positive, _, volume = table.sorts
    made = rows[order]
    prices = positive & ~volume
    if prices.any():
        first = _last_finite(before[:, prices]) if len(before) else rows[0, prices]
        made[:, prices] = _restepped(rows[:, prices], first, order)
    return made


def _restepped(rows: Floats, first: Floats, order: npt.NDArray[np.int64]) -> Floats:
    """Prices whose steps come in another order: no leap that was not there; a hole moves along."""
    with np.errstate(all="ignore"):
        logs = pd.DataFrame(np.log(np.vstack([first, rows]))).ffill().to_numpy()
        walk = np.cumsum(np.nan_to_num(np.diff(logs, axis=0))[order], axis=0)
        start = np.where(np.isfinite(logs[0]), logs[0], np.nanmax(logs, axis=0, initial=0.0))
    made: Floats = np.exp(start + walk)
    return np.where(np.isnan(rows[order]), np.nan, made)


def _holes(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    rows = table.values[later].copy()
    rows[rng.random(len(rows)) < SHARE_MISSING / 2] = np.nan
    rows[rng.random(rows.shape) < SHARE_MISSING / 2] = np.nan
    whole = table.sorts[1] & np.isfinite(table.values).all(axis=0)
    rows[:, whole] = table.values[later][:, whole]  # true and false have no third value
    return rows


_CHANGES: dict[Future, Callable[[Table, Mask, np.random.Generator], Floats]] = {
    Future.WALKED: _walked,
    Future.MIRRORED: _mirrored,
    Future.SCALED: _scaled,
    Future.SUNK: _sunk,
    Future.SHUFFLED: _shuffled,
    Future.LEAPS: _leaps,
    Future.HOLES: _holes,
}


def _by_sort(rows: Floats, sorts: tuple[Mask, Mask], positive: Floats, other: Floats) -> Floats:
    if sorts[0].all():
        return positive
    return np.where(sorts[1], 1.0 - rows, np.where(sorts[0], positive, other))


def _last_finite(values: Floats) -> Floats:
    finite = np.isfinite(values)
    last = len(values) - 1 - finite[::-1].argmax(axis=0)
    found: Floats = values[last, np.arange(values.shape[1])]
    return np.where(finite.any(axis=0), found, np.nan)


def _in_order(table: Table, values: Floats, later: Mask) -> None:
    """The high is the highest of a bar and the low the lowest, as far as they are there."""
    for columns in table.quotes:
        if len(columns) < 2 or not {"high", "low"} & set(columns):
            continue
        quotes = [values[np.ix_(later, places)] for places in columns.values()]
        for name, extreme in (("high", np.fmax), ("low", np.fmin)):
            if name in columns:
                held = values[np.ix_(later, columns[name])]
                most = functools.reduce(extreme, quotes)
                values[np.ix_(later, columns[name])] = np.where(np.isnan(held), held, most)
