"""The columns of a table, as it holds them and as they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from workbench.domain import LAKE_COLUMNS
from workbench.errors import StoreError
from workbench.store.lake.blocks import BLOCK
from workbench.store.lake.parquet import ENCODED

if TYPE_CHECKING:
    from deltalake import DeltaTable

__all__ = ["check_shape", "encoded", "schema_of", "shaped", "with_lake_columns"]


def schema_of(opened: DeltaTable) -> pa.Schema:
    """The columns of a table as its readers see them."""
    schema = pa.schema(opened.schema())
    return pa.schema([field for field in schema if field.name != BLOCK])


def with_lake_columns(schema: pa.Schema) -> pa.Schema:
    """A table that is older than a column of `LAKE_COLUMNS` is read as if it had nulls there."""
    for name, kind in LAKE_COLUMNS.items():
        if "dataset" in schema.names and name not in schema.names:
            schema = schema.append(pa.field(name, pa.type_for_alias(kind)))
    return schema


def encoded(field: pa.Field) -> pa.Field:
    """The column as a scan gives it: text that repeats as codes and a dictionary."""
    if field.name in ENCODED and pa.types.is_string(field.type):
        return field.with_type(pa.dictionary(pa.int32(), pa.string()))
    return field


def shaped(rows: pa.Table, shape: pa.Schema) -> pa.Table:
    """The rows with the columns of the table; those that came later are null."""
    for field in shape:
        if field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(shape.names).cast(shape)


def check_shape(table: str, rows: pa.Table, held: pa.Schema) -> None:
    """Refuse columns of another type: deltalake casts what it can and fails oddly on the rest."""
    given = {field.name: str(field.type) for field in rows.schema}
    has = {field.name: str(field.type) for field in held}
    both = sorted(given.keys() & has.keys())
    differing = {name: (given[name], has[name]) for name in both if given[name] != has[name]}
    if differing:
        raise StoreError(
            f"These rows do not fit the table {table!r} of the lake: column → (given, held)",
            seen=differing,
            cure="Write the types that the table has, or use another table",
        )
