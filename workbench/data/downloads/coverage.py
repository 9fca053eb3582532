"""What has been looked for: a second download asks for nothing that is covered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workbench.ports import Lake

    Span = tuple[datetime, datetime]

__all__ = ["Covered", "load_coverage", "missing", "record_coverage", "united"]

TABLE = "coverage"
SCHEMA = pa.schema(
    {
        "dataset": pa.string(),
        "symbol": pa.string(),
        "time": pa.timestamp("us"),
        "until": pa.timestamp("us"),
        "kind": pa.string(),
        "rows": pa.int64(),
        "content": pa.string(),
        "recorded_at": pa.timestamp("us"),
    }
)


@dataclass(frozen=True)
class Covered:
    """A period of a symbol that was looked for and came whole.

    Parameters
    ----------
    symbol : str
        Of the workbench.
    start, end : datetime
        ``[start, end)``, naive UTC.
    rows : int
        What was found; nothing is an answer too.
    """

    symbol: str
    start: datetime
    end: datetime
    rows: int


def load_coverage(lake: Lake, dataset: str, kind: str) -> dict[str, list[Span]]:
    """Symbol → the periods that are covered, united and in order.

    Parameters
    ----------
    lake : Lake
        Where it is kept.
    dataset : str
        What was filled.
    kind : str
        ``bars``, ``actions``, ``trades`` or ``quotes``.

    Returns
    -------
    dict
        Empty when nothing was downloaded.
    """
    if lake.version(TABLE) is None:
        return {}
    filters: list[tuple[str, str, Any]] = [("dataset", "==", dataset), ("kind", "==", kind)]
    rows = lake.read(TABLE, filters=filters, columns=["symbol", "time", "until"]).to_pydict()
    spans: dict[str, list[Span]] = {}
    for symbol, start, end in zip(rows["symbol"], rows["time"], rows["until"], strict=True):
        spans.setdefault(symbol, []).append((start, end))
    return {symbol: united(found) for symbol, found in spans.items()}


def record_coverage(
    lake: Lake,
    dataset: str,
    kind: str,
    found: Sequence[Covered],
    *,
    content: str,
    recorded_at: datetime,
) -> None:
    """Remember what came whole, after its rows were written."""
    count = len(found)
    columns = {
        "dataset": [dataset] * count,
        "symbol": [one.symbol for one in found],
        "time": [one.start for one in found],
        "until": [one.end for one in found],
        "kind": [kind] * count,
        "rows": [one.rows for one in found],
        "content": [content] * count,
        "recorded_at": [recorded_at] * count,
    }
    if count:
        lake.append(TABLE, pa.table(columns, schema=SCHEMA))


def united(spans: Sequence[Span]) -> list[Span]:
    """The same periods, those that touch or overlap made one, in order."""
    made: list[Span] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def missing(spans: Sequence[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of ``[start, end)`` that no period covers.

    Parameters
    ----------
    spans : sequence of (datetime, datetime)
        United and in order.
    start, end : datetime
        What is wanted.

    Returns
    -------
    list of (datetime, datetime)
        In order; empty when all is covered.
    """
    gaps, reached = [], start
    for low, high in spans:
        if low > reached and reached < end:
            gaps.append((reached, min(low, end)))
        reached = max(reached, high)
    if reached < end:
        gaps.append((reached, end))
    return gaps
