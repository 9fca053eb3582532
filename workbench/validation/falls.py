"""Each fall from a peak to its recovery, and the deepest of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.validation.metrics import drawdowns

__all__ = ["worst_drawdowns"]

_COLUMNS = ("depth", "peak", "trough", "recovery", "bars_down", "bars_up")


def worst_drawdowns(returns: pd.Series, count: int = 10) -> pd.DataFrame:
    """The deepest falls, one row each, the deepest first.

    A fall begins at the last bar at the highest value so far and ends at the first bar that is
    there again; the value before the first bar counts as a peak.

    Parameters
    ----------
    returns : pandas.Series, shape (time,)
        Simple returns; NaN is left out.
    count : int
        The most rows.

    Returns
    -------
    pandas.DataFrame
        ``depth`` (fraction below 0); ``peak``, ``trough`` and ``recovery``, labels of the index
        (peak NaT: before the first bar, recovery NaT: not yet); ``bars_down`` from peak to
        trough and ``bars_up`` from there to the recovery, or to the last bar.
    """
    known = returns.dropna()
    fallen = drawdowns(known.to_numpy(dtype=np.float64))
    below = np.r_[False, fallen < 0, False]
    first = np.flatnonzero(below[1:] & ~below[:-1])
    after = np.flatnonzero(~below[1:] & below[:-1])
    rows = [_fall(fallen, known.index, *span) for span in zip(first, after, strict=True)]
    made = pd.DataFrame(rows, columns=list(_COLUMNS))
    return made.sort_values("depth", kind="stable", ignore_index=True).head(count)


def _fall(
    fallen: npt.NDArray[np.float64], labels: pd.Index, first: int, after: int
) -> tuple[object, ...]:
    lowest = first + int(fallen[first:after].argmin())
    recovered = after < len(labels)
    return (
        fallen[lowest],
        labels[first - 1] if first else pd.NaT,
        labels[lowest],
        labels[after] if recovered else pd.NaT,
        lowest - first + 1,
        (after if recovered else len(labels) - 1) - lowest,
    )
