"""Ticks that can be right, and ticks that cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from workbench.data.quality.findings import Check
from workbench.data.ticks.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

__all__ = ["as_rejected", "sift_ticks"]

REASON = "reason"
UNTIMED = "no time"
NO_PRICE = "no price"


def sift_ticks(rows: pa.Table, kind: str) -> tuple[pa.Table, pa.Table]:
    """Part the ticks that can be right from those that cannot.

    A trade needs a price above zero and a size that is not below. A quote may lack a side; the
    sides that it has are above zero, and its bid is not above its ask.

    Parameters
    ----------
    rows : pyarrow.Table
        In `TRADE_COLUMNS` or `QUOTE_COLUMNS`.
    kind : {"trades", "quotes"}
        Which of the two.

    Returns
    -------
    tuple of (pyarrow.Table, pyarrow.Table)
        The good ones as they were given, and the bad ones with a column ``reason``, the first
        that applies.
    """
    reasons = np.zeros(rows.num_rows, dtype=np.int8)
    names = [""]
    for name, mask in (_trade_faults if kind == "trades" else _quote_faults)(rows):
        names.append(name)
        reasons[mask & (reasons == 0)] = len(names) - 1
    bad = reasons > 0
    said = pa.array(names).take(pa.array(reasons[bad]))
    return rows.filter(pa.array(~bad)), rows.filter(pa.array(bad)).append_column(REASON, said)


def as_rejected(bad: pa.Table, kind: str) -> pa.Table:
    """Bad ticks in the columns of the quarantine, which are those of bars.

    A trade's price and size stand as close and volume, a quote's bid and ask as low and high.
    """
    fields = KINDS[kind].quarantined_as
    columns = {name: bad[name] for name in ("symbol", "time", REASON)}
    return pa.table({**columns, **{field: bad[column] for field, column in fields.items()}})


def _trade_faults(rows: pa.Table) -> Iterator[tuple[str, Mask]]:
    price, size = _numbers(rows, "price"), _numbers(rows, "size")
    yield UNTIMED, _untimed(rows)
    yield NO_PRICE, np.isnan(price)
    yield Check.NON_POSITIVE.value, ~(price > 0) | (size < 0) | np.isinf(price)


def _quote_faults(rows: pa.Table) -> Iterator[tuple[str, Mask]]:
    bid, ask = _numbers(rows, "bid"), _numbers(rows, "ask")
    yield UNTIMED, _untimed(rows)
    yield Check.NON_POSITIVE.value, (bid <= 0) | (ask <= 0) | np.isinf(bid) | np.isinf(ask)
    yield Check.CROSSED.value, bid > ask


def _untimed(rows: pa.Table) -> Mask:
    return np.asarray(rows["time"].is_null().to_numpy())


def _numbers(rows: pa.Table, column: str) -> npt.NDArray[np.float64]:
    """NaN for null."""
    return np.asarray(rows[column].to_numpy(), dtype=np.float64)
