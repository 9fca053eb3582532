"""Twenty US stocks, their index and five factor ETFs, from the files inside skfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.data.canonical import table_of_wide
from workbench.errors import MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["load"]


def load() -> pa.Table:
    """Closes in USD, adjusted by the vendor; nothing is downloaded.

    Returns
    -------
    pyarrow.Table
        In the schema of `workbench.data.canonical`.

    Raises
    ------
    MissingExtra
        If skfolio is not installed.
    """
    try:
        from skfolio import datasets  # noqa: PLC0415  heavy and optional: skfolio
    except ImportError:
        raise MissingExtra("skfolio", "to read the dataset sp500-20", "lab") from None
    tables = (
        datasets.load_sp500_dataset(),
        datasets.load_sp500_index(),
        datasets.load_factors_dataset(),
    )
    return table_of_wide(pd.concat(tables, axis=1))
