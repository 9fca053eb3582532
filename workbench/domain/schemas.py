"""The columns in which bulk data crosses a port (as `pyarrow.Table`) and lies in the lake."""

from __future__ import annotations

__all__ = ["BAR_COLUMNS", "OHLCV"]

OHLCV = ("open", "high", "low", "close", "volume")
"""The variables of a Dataset of bars. A source may lack all but ``close``."""

BAR_COLUMNS: dict[str, str] = {
    "symbol": "string",
    "time": "timestamp[us]",
    "open": "double",
    "high": "double",
    "low": "double",
    "close": "double",
    "volume": "double",
}
"""Column → Arrow type of a table of bars; ``time`` is UTC without a zone, NaN is null."""
