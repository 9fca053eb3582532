"""Other counts of "effective trials", which stand beside the bootstrap's with their names.

None of them is the number of independent trials whose maximum is distributed like that of the
trials at hand, and a correction by them (Šidák's, at that count) rejects pure noise far too
often: see `workbench.validation.significance.measured_corrections`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel

__all__ = ["cluster_count", "correlations", "participation_ratio"]

Floats = npt.NDArray[np.floating[Any]]


def correlations(returns: Floats) -> npt.NDArray[np.float32]:
    """Correlation of all pairs of trials.

    Parameters
    ----------
    returns : ndarray, shape (trials, bars)
        Without NaN; a constant trial has correlation 0 with all.

    Returns
    -------
    ndarray, shape (trials, trials)
        Float32.
    """
    centred = np.asarray(returns, np.float32)
    centred = centred - centred.mean(axis=1, keepdims=True)
    length = np.sqrt(np.einsum("ij,ij->i", centred, centred))[:, None]
    unit = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
    found: npt.NDArray[np.float32] = unit @ unit.T
    return found


def participation_ratio(correlation: Floats) -> float:
    """``(Σλ)² / Σλ²`` of the eigenvalues λ of a correlation matrix.

    It counts the directions that carry the variance. The maximum does not care for variance: a
    trial with a small part of its own is a new draw in the tail. And over a finite number of
    bars even independent trials seem correlated: 5,000 of them over 2,520 bars count as 1,676.

    Parameters
    ----------
    correlation : ndarray, shape (trials, trials)
        As `correlations` gives it.

    Returns
    -------
    float
        From 1 to the number of trials.
    """
    trace = float(np.trace(correlation, dtype=np.float64))
    flat = correlation.ravel()
    squares = sum(float(part @ part) for part in np.array_split(flat, max(1, flat.size >> 16)))
    return trace**2 / squares


def cluster_count(correlation: Floats, threshold: float = 0.5) -> int:
    """Clusters of trials: a trial joins the first whose leader it is correlated with.

    Leader clustering (Hartigan 1975) stands for the many ways to cluster. All take the trials
    of a cluster for one, while each of them has a draw of its own in the tail.

    Parameters
    ----------
    correlation : ndarray, shape (trials, trials)
        As `correlations` gives it.
    threshold : float
        The least correlation with the leader.

    Returns
    -------
    int
        From 1 to the number of trials.
    """
    return int(leaders(np.ascontiguousarray(correlation), threshold))


@kernel
def leaders(correlation: npt.NDArray[np.float32], threshold: float) -> int:
    """How many trials become leaders."""
    led = np.empty(len(correlation), np.int64)
    count = 0
    for trial in range(len(correlation)):
        joins = False
        for known in range(count):
            if correlation[trial, led[known]] >= threshold:
                joins = True
                break
        if not joins:
            led[count] = trial
            count += 1
    return count
