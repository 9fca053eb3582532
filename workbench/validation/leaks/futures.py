"""Other futures: the numbers after a cut, changed in several ways; those before stay."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.validation.leaks.tables import FIELDS

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
    SHUFFLED = "the later bars come in another order"
    """The same rows."""
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


def spiked(table: Table, *, up: bool = True, size: float = 1_000.0) -> Floats:
    """Every number far from where it is, to put into single rows.

    Parameters
    ----------
    table : Table
        What is there.
    up : bool
        Above or below where it was.
    size : float
        How many times a positive number; how many deviations for another.

    Returns
    -------
    ndarray, shape (rows, columns)
        The other of true and false; a NaN stays.
    """
    positive, flag, _ = _sorts(table)
    factor = size if up else 1.0 / size
    shift = (size if up else -size) * _spread(table.values)
    return _by_sort(table.values, (positive, flag), table.values * factor, table.values + shift)


def _walked(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    rows = table.values[later]
    _, place = np.unique(table.times[later], return_inverse=True)
    symbols = {one.symbol or one.field: None for one in table.columns}
    numbers = {symbol: at for at, symbol in enumerate(symbols)}
    steps = rng.normal(0.0, STEP, (int(place.max()) + 1, len(symbols)))
    of_column = [numbers[one.symbol or one.field] for one in table.columns]
    walk = np.exp(np.cumsum(steps, axis=0))[place][:, of_column]
    own = np.exp(rng.normal(0.0, STEP / 2, rows.shape))
    positive, flag, volume = _sorts(table)
    loud = np.exp(rng.normal(0.0, 1.0, rows.shape))
    noise = rows + rng.normal(0.0, 2.0, rows.shape) * _spread(table.values)
    made = _by_sort(rows, (positive, flag), rows * np.where(volume, loud, walk * own), noise)
    return np.where(flag & (rng.random(rows.shape) < 0.5), rows, made)


def _mirrored(table: Table, later: Mask, _rng: np.random.Generator) -> Floats:
    rows, before = table.values[later], table.values[~later]
    anchor = _last_finite(before) if len(before) else rows[0]
    anchor = np.where(np.isfinite(anchor), anchor, 1.0)
    positive, flag, _ = _sorts(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(rows > 0, anchor * (anchor / rows), rows)
    return _by_sort(rows, (positive, flag), ratio, 2 * anchor - rows)


def _scaled(table: Table, later: Mask, _rng: np.random.Generator) -> Floats:
    rows = table.values[later]
    positive, flag, volume = _sorts(table)
    return _by_sort(rows, (positive, flag), rows * np.where(volume, 5.0, 3.0), 2 * rows + 1)


def _shuffled(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    rows = table.values[later]
    return rows[rng.permutation(len(rows))]


def _holes(table: Table, later: Mask, rng: np.random.Generator) -> Floats:
    rows = table.values[later].copy()
    rows[rng.random(len(rows)) < SHARE_MISSING / 2] = np.nan
    rows[rng.random(rows.shape) < SHARE_MISSING / 2] = np.nan
    return rows


_CHANGES: dict[Future, Callable[[Table, Mask, np.random.Generator], Floats]] = {
    Future.WALKED: _walked,
    Future.MIRRORED: _mirrored,
    Future.SCALED: _scaled,
    Future.SHUFFLED: _shuffled,
    Future.HOLES: _holes,
}


def _sorts(table: Table) -> tuple[Mask, Mask, Mask]:
    """Which columns are positive numbers, which true and false, which volumes."""
    values = table.values
    known = np.isfinite(values)
    flag = (~known | (values == 0) | (values == 1)).all(axis=0)
    volume = np.array([one.field.lower() == "volume" for one in table.columns])
    positive = (~known | (values > 0)).all(axis=0) | volume
    return positive & ~flag, flag & ~volume, volume


def _by_sort(rows: Floats, sorts: tuple[Mask, Mask], positive: Floats, other: Floats) -> Floats:
    return np.where(sorts[1], 1.0 - rows, np.where(sorts[0], positive, other))


def _spread(values: Floats) -> Floats:
    """The deviation of each column; 1 where there is none."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / count)
    return np.where(spread > 0, spread, 1.0)


def _last_finite(values: Floats) -> Floats:
    finite = np.isfinite(values)
    last = len(values) - 1 - finite[::-1].argmax(axis=0)
    found: Floats = values[last, np.arange(values.shape[1])]
    return np.where(finite.any(axis=0), found, np.nan)


def _in_order(table: Table, values: Floats, later: Mask) -> None:
    """The high is the highest of a bar and the low the lowest, as far as they are there."""
    places = {(one.symbol, one.field.lower()): at for at, one in enumerate(table.columns)}
    for symbol in {one.symbol for one in table.columns}:
        four = [places.get((symbol, field)) for field in FIELDS[:4]]
        there = [at for at in four if at is not None]
        if len(there) < 2:
            continue
        bar = values[np.ix_(later, np.asarray(there))]
        for at, extreme in ((four[1], np.fmax), (four[2], np.fmin)):
            if at is not None:
                held = values[later, at]
                values[later, at] = np.where(np.isnan(held), held, extreme.reduce(bar, axis=1))
