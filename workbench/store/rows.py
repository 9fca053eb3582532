"""What every lake demands of rows before it writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SORTED_BY", "check_rows", "in_order"]

SORTED_BY = ("dataset", "symbol", "time")


def check_rows(rows: pa.Table, where: dict[str, str]) -> None:
    """Refuse rows that the same `where` would not replace.

    Parameters
    ----------
    rows : pyarrow.Table
        What is to be written.
    where : dict
        Column → value.

    Raises
    ------
    InvalidInput
        If a row has another value in a column of `where`.
    """
    for column, value in where.items():
        others = set(rows[column].unique().to_pylist()) - {value}
        if others:
            raise InvalidInput(
                f"Rows to be written have another {column} than {value!r}",
                seen=sorted(map(str, others)),
            )


def in_order(rows: pa.Table) -> pa.Table:
    """The rows sorted by dataset, symbol and time, as far as they have these columns."""
    keys = [(column, "ascending") for column in SORTED_BY if column in rows.column_names]
    return rows.sort_by(keys) if keys else rows
