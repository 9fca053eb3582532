"""From Polygon's numbers and dates to the columns of the ports."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "as_documented",
    "from_nanoseconds",
    "midnight",
    "since_1970",
    "table",
    "table_of",
    "within",
]

MOMENT = pa.timestamp("us")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def table(columns: dict[str, str], values: dict[str, Any]) -> pa.Table:
    """A table of exactly these columns.

    Parameters
    ----------
    columns : dict
        Name → type, one of those in `workbench.domain`.
    values : dict
        Name → a list of values, or one text for all rows; ``time`` is among the lists. A column
        that is not here is null.

    Returns
    -------
    pyarrow.Table
        In the order of `columns`.
    """
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
    given = {name: values.get(name) for name in columns}
    rows = len(values["time"])
    filled = {
        name: [value] * rows if value is None or isinstance(value, str) else value
        for name, value in given.items()
    }
    return pa.table(filled, schema=schema)


def table_of(columns: dict[str, str], rows: Sequence[dict[str, Any]]) -> pa.Table:
    """The rows as a table of exactly these columns; what a row does not have is null."""
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
    return pa.table({name: [row.get(name) for row in rows] for name in columns}, schema=schema)


def from_nanoseconds(stamps: Sequence[int]) -> tuple[pa.Array, pa.Array]:
    """Nanoseconds since 1970 as a time in microseconds and the rest, exactly."""
    microseconds, rest = np.divmod(np.asarray(stamps, np.int64), 1000)
    return pa.array(microseconds).cast(MOMENT), pa.array(rest.astype(np.int16))


def midnight(date: str | None) -> datetime | None:
    """The beginning of a day written ``2024-06-10``, ``20240610`` or with a time after it."""
    return datetime.fromisoformat(date.partition("T")[0]) if date else None


def since_1970(moment: datetime, unit: timedelta) -> int:
    """Whole units from 1970 to a naive moment in UTC."""
    return (moment - EPOCH) // unit


def within(rows: pa.Table, start: datetime, end: datetime, column: str = "time") -> pa.Table:
    """The rows whose moment lies in ``[start, end)``."""
    after = pc.greater_equal(rows[column], pa.scalar(start, MOMENT))
    return rows.filter(pc.and_(after, pc.less(rows[column], pa.scalar(end, MOMENT))))


@contextmanager
def as_documented() -> Iterator[None]:
    """Within the block, an answer that cannot be read is a `BadAnswer`."""
    try:
        yield
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise BadAnswer(
            "Polygon's answer has another form than its specification",
            seen=f"{type(error).__name__}: {error}",
            cure="Install the tested version of its client (constraints.txt), or report this",
        ) from None
