"""The map of what moves what: one bar of the data at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.validation.leaks.futures import spiked
from workbench.validation.leaks.probing import Bent

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.validation.leaks.probing import Probe

__all__ = ["dependence_map"]

WINDOW = 36
"""Bars on each side of the map."""
BEFORE = 8


def dependence_map(probe: Probe, bar: int, reach: int = 0) -> pd.DataFrame:
    """Which bars of the data move which bars of the output, around one of them.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    bar : int
        The bar that is looked at.
    reach : int
        How far ahead it looks; up to twice the usual window, a third as wide for large tables,
        the map shows it.

    Returns
    -------
    pandas.DataFrame
        Index ``output`` and columns ``input``, times of bars; True where changing one
        bar of the data moves the output of another.
    """
    window = WINDOW // 3 if probe.is_large else WINDOW
    width = min(window + (reach if reach <= window else 0), len(probe.clock))
    first = max(0, min(bar - BEFORE, len(probe.clock) - width))
    shown = range(first, first + width)
    cells = np.zeros((width, width), dtype=bool)
    for at, one in enumerate(shown):
        values = tuple(_spiked_at(probe, number, one) for number in range(len(probe.tables)))
        found = probe.moved(Bent(values, (None,) * len(values)), shown[-1])
        moved = probe.position(found.times) - first
        cells[moved[(moved >= 0) & (moved < width)], at] = True
    stamps = pd.Index(probe.clock[first : first + width])
    return pd.DataFrame(cells, index=stamps.rename("output"), columns=stamps.rename("input"))


def _spiked_at(probe: Probe, number: int, bar: int) -> npt.NDArray[np.float64]:
    """The numbers of a table with those of one bar far away."""
    values = probe.tables[number].values.copy()
    rows = probe.bar_of(number) == bar
    values[rows] = spiked(probe.tables[number], size=1.7, rows=rows)
    return values
