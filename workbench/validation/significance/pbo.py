"""The probability of backtest overfitting, by combinatorially symmetric cross-validation."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory
from workbench.validation.significance.results import Overfitting

__all__ = ["backtest_overfitting"]

Floats = npt.NDArray[np.floating[Any]]
Doubles = npt.NDArray[np.float64]

_CELLS = 4_000_000
"""Splits times trials that are held in memory at once."""
_MOST_PARTS = 20


def backtest_overfitting(returns: Floats, parts: int = 16) -> Overfitting:
    """How often the best trial of one half of the bars is below the median in the other (PBO).

    Bailey, Borwein, López de Prado & Zhu (2017): the bars are cut into `parts`, each choice of
    half of them is a training set and the others its test set. A diagnostic, never the gate: it
    judges the habit of choosing the best, not the trial that was chosen.

    Parameters
    ----------
    returns : ndarray, shape (trials, bars)
        Simple returns, at least two trials; NaN is a bar without a position and counts as 0.
    parts : int
        An even number from 2 to 20; 16 have 12,870 splits.

    Returns
    -------
    Overfitting
        With the logit of the relative rank in each split.

    Raises
    ------
    InvalidInput
        If there are fewer than two trials.
    OutOfRange
        If `parts` is odd or outside its bounds.
    TooLittleHistory
        If a part has fewer than two bars.
    """
    values = np.nan_to_num(np.asarray(returns, np.float64))
    if values.ndim != 2 or len(values) < 2:
        raise InvalidInput(
            "Choosing the best needs two trials or more",
            seen=np.shape(returns),
            cure="Give returns of shape (trials, bars)",
        )
    if parts % 2 or not 2 <= parts <= _MOST_PARTS:
        raise OutOfRange("parts", parts, cure=f"Give an even number from 2 to {_MOST_PARTS}")
    bars = values.shape[1]
    if bars < 2 * parts:
        raise TooLittleHistory(2 * parts, bars, "the probability of overfitting")
    edges = np.arange(parts + 1) * bars // parts
    sums = np.add.reduceat(values, edges[:-1], axis=1)
    squares = np.add.reduceat(values**2, edges[:-1], axis=1)
    chosen = _halves(parts)
    rows = max(1, _CELLS // len(values))
    found = [
        _ranked(chosen[start : start + rows], np.diff(edges), sums, squares)
        for start in range(0, len(chosen), rows)
    ]
    ranks, inside, outside = (np.concatenate(column) for column in zip(*found, strict=True))
    share = ranks / (len(values) + 1)
    logits = np.log(share / (1 - share))
    return Overfitting(
        probability=float(np.mean(logits <= 0)),
        slope=float(np.polyfit(inside, outside, 1)[0]) if np.ptp(inside) > 0 else float("nan"),
        probability_of_loss=float(np.mean(outside < 0)),
        trials=len(values),
        splits=len(chosen),
        logits=logits,
    )


def _halves(parts: int) -> Doubles:
    """Each row is 1 for the parts of a training set, shape (splits, parts)."""
    picked = np.array(list(combinations(range(parts), parts // 2)))
    rows = np.zeros((len(picked), parts))
    np.put_along_axis(rows, picked, 1.0, axis=1)
    return rows


def _ranked(
    chosen: Doubles, lengths: npt.NDArray[np.int64], sums: Doubles, squares: Doubles
) -> tuple[Doubles, Doubles, Doubles]:
    """Rank in the test set of the best in the training set, and its ratio in both."""
    inside = _ratios(chosen @ lengths, chosen @ sums.T, chosen @ squares.T)
    left = 1 - chosen
    outside = _ratios(left @ lengths, left @ sums.T, left @ squares.T)
    row = np.arange(len(chosen))
    best = inside.argmax(axis=1)
    own = outside[row, best][:, None]
    ranks = (outside < own).sum(axis=1) + ((outside == own).sum(axis=1) + 1) / 2
    return ranks, inside[row, best], own[:, 0]


def _ratios(bars: Doubles, sums: Doubles, squares: Doubles) -> Doubles:
    """Sharpe ratios per bar, shape (splits, trials); 0 for constant returns."""
    mean = sums / bars[:, None]
    variance = (squares - sums * mean) / (bars[:, None] - 1)
    flat = variance <= 1e-12 * squares / bars[:, None]
    ratios: Doubles = np.where(flat, 0.0, mean / np.sqrt(np.where(flat, 1.0, variance)))
    return ratios
