"""The columns of a port as an Arrow schema."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

__all__ = ["rows_of", "schema_of"]

TYPES = {
    "string": pa.string(),
    "double": pa.float64(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "timestamp[us]": pa.timestamp("us"),
}


def schema_of(columns: dict[str, str]) -> pa.Schema:
    """The Arrow schema that the columns of a port name."""
    return pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])


def rows_of(pages: Any, columns: dict[str, str]) -> pa.Table:
    """All pages as one table, each of exactly these columns and types."""
    schema = schema_of(columns)
    tables = list(pages)
    for table in tables:
        assert table.schema.equals(schema), table.schema
        table.validate(full=True)
    return pa.concat_tables(tables or [schema.empty_table()]).combine_chunks()
