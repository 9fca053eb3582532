"""The one shape of reported facts, and the moment from which each of them was known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from workbench.data.fundamentals.publication import NEW_YORK, published_at
from workbench.domain import FUNDAMENTAL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

__all__ = ["KEYS", "KNOWN_AT", "SCHEMA", "facts_of_rows", "with_known_at"]

SCHEMA = pa.schema(list(FUNDAMENTAL_COLUMNS.items()))
"""Columns of a table of facts; ``known_at`` may stand beside them."""

KEYS = ("symbol", "item", "unit", "period_start", "time", "filed_at", "source_id")
"""What names a statement of a fact: the same figure in a later filing is another statement."""

KNOWN_AT = "known_at"


def facts_of_rows(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of plain values as a table of facts, in order of symbol, item, period and filing.

    Parameters
    ----------
    rows : iterable of mapping
        Column of `FUNDAMENTAL_COLUMNS` → value; what is left out is null.

    Returns
    -------
    pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`.
    """
    table = pa.Table.from_pylist(list(rows), SCHEMA)
    return table.sort_by([(name, "ascending") for name in ("symbol", "item", "time", "filed_at")])


def with_known_at(facts: pa.Table, *, zone: str = NEW_YORK, delay_seconds: int = 0) -> pa.Table:
    """The facts with the moment from which each was known.

    Parameters
    ----------
    facts : pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`; a column ``known_at`` says where a vendor changed a value
        later than it was filed, null where it did not.
    zone : str
        Where the day of a filing date ends, as in `published_at`.
    delay_seconds : int
        The vendor's delay after the filing.

    Returns
    -------
    pyarrow.Table
        The later of the filing and the change stands in ``known_at``; null where neither is
        known, which joins to nothing.
    """
    own = published_at(_stamps(facts, "filed_at"), zone=zone, delay_seconds=delay_seconds)
    if KNOWN_AT in facts.column_names:
        own = np.fmax(own, _stamps(facts, KNOWN_AT))
        facts = facts.drop_columns([KNOWN_AT])
    column = pa.array(own, pa.timestamp("us"))
    return facts.append_column(KNOWN_AT, column)


def _stamps(table: pa.Table, name: str) -> npt.NDArray[np.datetime64]:
    return np.asarray(table[name].to_numpy().astype("datetime64[us]"))
