"""Five US technology stocks, from the file inside bokeh_sampledata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.canonical import table_of_symbols
from workbench.errors import MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["load"]


def load() -> pa.Table:
    """Prices as traded and the factor of later splits and dividends; nothing is downloaded.

    Returns
    -------
    pyarrow.Table
        In the schema of `workbench.data.canonical`.

    Raises
    ------
    MissingExtra
        If bokeh_sampledata is not installed.
    """
    try:
        from bokeh_sampledata import stocks  # noqa: PLC0415  optional: bokeh_sampledata
    except ImportError:
        raise MissingExtra("bokeh_sampledata", "to read the dataset us-tech-5", "lab") from None
    frame = stocks.data.assign(factor=stocks.data["adj_close"] / stocks.data["close"])
    return table_of_symbols(
        {str(symbol): one.set_index("date") for symbol, one in frame.groupby("ticker")}
    )
