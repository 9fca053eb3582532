"""Bars as traded, of bars that a vendor divides anew by every split.

What such a vendor sent last year and what it sends today are on different bases: kept as they
come, the two would not fit together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.domain import CorporateAction

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["as_traded"]

PRICES = ("open", "high", "low", "close")
DECIMALS = 6
"""The division by a ratio and its undoing leave noise below the smallest price step."""


def as_traded(rows: pa.Table, actions: pa.Table) -> pa.Table:
    """Multiply prices by the ratio of every later split, and divide volumes by it.

    Parameters
    ----------
    rows : pyarrow.Table
        In `BAR_COLUMNS`, divided by all splits up to today.
    actions : pyarrow.Table
        In `ACTION_COLUMNS`: every split that the vendor knew, also those after the last bar.

    Returns
    -------
    pyarrow.Table
        The same rows; unchanged where no split came later.
    """
    factor = _later_ratios(rows, actions)
    if (factor == 1).all():
        return rows
    for place, name in enumerate(rows.column_names):
        if name in {*PRICES, "volume"}:
            numbers = rows[name].to_numpy()
            traded = np.round(numbers * factor, DECIMALS) if name in PRICES else numbers / factor
            clean = np.where(factor == 1, numbers, traded)
            rows = rows.set_column(place, name, pa.array(clean, from_pandas=True))
    return rows


def _later_ratios(rows: pa.Table, actions: pa.Table) -> npt.NDArray[np.float64]:
    factor = np.ones(rows.num_rows)
    splits = actions.filter(pc.equal(actions["kind"], CorporateAction.SPLIT.value))
    symbols = rows["symbol"].to_numpy(zero_copy_only=False)
    times = rows["time"].to_numpy()
    for split in splits.select(["symbol", "time", "ratio"]).to_pylist():
        before = (symbols == split["symbol"]) & (times < np.datetime64(split["time"]))
        factor[before] *= split["ratio"]
    return factor
