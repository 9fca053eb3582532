"""The S&P 500 and the NASDAQ Composite, from the files inside arch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.canonical import table_of_symbols
from workbench.errors import MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["load"]


def load() -> pa.Table:
    """Index levels and the volume of their members; nothing is downloaded.

    Returns
    -------
    pyarrow.Table
        In the schema of `workbench.data.canonical`.

    Raises
    ------
    MissingExtra
        If arch is not installed.
    """
    try:
        from arch.data import nasdaq, sp500  # noqa: PLC0415  heavy and optional: arch
    except ImportError:
        raise MissingExtra("arch", "to read the dataset us-indices", "lab") from None
    frames = {"SPX": sp500.load(), "IXIC": nasdaq.load()}
    return table_of_symbols(
        {symbol: frame.rename(columns=str.lower) for symbol, frame in frames.items()}
    )
