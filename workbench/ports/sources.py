"""Where market data comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pyarrow as pa

    from workbench.domain import Timeframe

__all__ = ["BarSource"]


class BarSource(Protocol):
    """Delivers bars with the vendor's own stamps; `workbench.data` normalises them."""

    def bars(
        self,
        symbols: Sequence[str],
        timeframe: Timeframe,
        start: datetime | None,
        end: datetime | None,
    ) -> pa.Table:
        """Bars of ``[start, end)`` in the schema `workbench.domain.BAR_COLUMNS`."""
