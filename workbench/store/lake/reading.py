"""Versioned tables as their readers see them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.fs as pa_fs

from workbench.errors import MissingExtra, StoreError, UnknownName
from workbench.store.lake.blocks import FIRST
from workbench.store.lake.parquet import Files, read_rows
from workbench.store.lake.shapes import encoded, schema_of, shaped, with_lake_columns
from workbench.store.lake.snapshots import Snapshot, Stamp, stamp
from workbench.store.lake.upkeep import commits, faults, files_of
from workbench.store.rows import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    import pyarrow.dataset as pa_dataset
    from deltalake import DeltaTable

    from workbench.ports import Commit

__all__ = ["LakeReader", "delta_library", "first_line"]


class LakeReader:
    """Reads Delta tables below one place.

    Parameters
    ----------
    url : str
        A folder or an object-store URL; each table is one folder below it.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._snapshots: dict[str, tuple[Stamp, Snapshot]] = {}

    def __repr__(self) -> str:
        return f"DeltaLake({self.url!r})"

    def tables(self) -> list[str]:
        """The names of the tables, sorted."""
        if not self._remote:
            return sorted(path.parent.name for path in Path(self.url).glob("*/_delta_log"))
        listed = self._filesystem("").get_file_info(pa_fs.FileSelector("", allow_not_found=True))
        names = [info.base_name for info in listed if info.type == pa_fs.FileType.Directory]
        return sorted(name for name in names if self._opened(name) is not None)

    def version(self, table: str) -> int | None:
        """The newest version of a table; None when there is no such table."""
        held = self._snapshot(table)
        return None if held is None else held.version

    def read(
        self,
        table: str,
        *,
        filters: Sequence[tuple[str, str, Any]] = (),
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> pa.Table:
        """Read rows, filtered while reading; sorted by dataset, symbol and time if these are read.

        Parameters
        ----------
        table : str
            The table.
        filters : sequence of (column, op, value)
            All must hold; `op` is one of ``== != < <= > >= in``.
        columns : sequence of str, optional
            The columns to read; all by default.
        version : int, optional
            A version of the past; the newest by default.

        Returns
        -------
        pyarrow.Table
            The rows.

        Raises
        ------
        UnknownName
            If there is no such table, or no such column.
        StoreError
            If the files are damaged or this version is gone.
        """
        parts = list(self.scan(table, filters=filters, columns=columns, version=version))
        rows = in_order(pa.concat_tables(parts))
        for place, field in enumerate(rows.schema):
            if pa.types.is_dictionary(field.type):
                rows = rows.set_column(place, field.name, rows[field.name].cast(pa.string()))
        return rows

    def scan(
        self,
        table: str,
        *,
        filters: Sequence[tuple[str, str, Any]] = (),
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> Iterator[pa.Table]:
        """Read rows block by block in order of time, so that not all are in memory at once.

        Parameters
        ----------
        table, filters, columns, version
            As `read` takes them.

        Yields
        ------
        pyarrow.Table
            At least one. The times of a part are later than those of the part before; within
            it rows are sorted, and dataset, symbol and content are dictionary-encoded.
        """
        held = self._snapshot(table, version)
        if held is None:
            raise UnknownName("table in the lake", table, self.tables())
        schema = with_lake_columns(held.schema)
        wanted = held.schema.names if columns is None else list(columns)
        for name in [*wanted, *(one[0] for one in filters)]:
            if name not in schema.names:
                raise UnknownName(f"column in the table {table!r}", name, schema.names)
        shape = pa.schema([encoded(schema.field(name)) for name in wanted])
        parts = (self._block(table, paths, shape, filters) for paths in held.blocks.values())
        found = False
        for rows in filter(len, parts):  # nothing here holds a part while its reader works on it
            found = True
            part = [rows]
            del rows
            yield part.pop()
        if not found:
            yield shape.empty_table()

    def files(self, table: str) -> list[str]:
        """Where the Parquet files of the newest version are, for a reader of its own."""
        opened = self._opened(table)
        if opened is None:
            raise UnknownName("table in the lake", table, self.tables())
        return [f"{self._path(table)}/{file['path']}" for file in files_of(opened)]

    def dataset(self, table: str) -> pa_dataset.Dataset:
        """The newest version for a reader of its own that cannot open the files of an object store.

        It has the column of the blocks, too.
        """
        return self._existing(table).to_pyarrow_dataset()

    def history(self, table: str, limit: int | None = None) -> list[Commit]:
        """The commits of a table, the newest first."""
        return commits(self._existing(table), limit)

    def verify(self, table: str) -> list[str]:
        """What is wrong with the files of a table, as sentences; empty when nothing is."""
        return faults(self._existing(table), self._files(table))

    @property
    def _remote(self) -> bool:
        return "://" in self.url

    def _existing(self, table: str) -> DeltaTable:
        opened = self._opened(table)
        if opened is None:
            raise UnknownName("table in the lake", table, self.tables())
        return opened

    def _block(
        self,
        table: str,
        paths: Sequence[str],
        shape: pa.Schema,
        filters: Sequence[tuple[str, str, Any]],
    ) -> pa.Table:
        files = self._files(table)
        try:
            parts = [read_rows(files, path, columns=shape.names, filters=filters) for path in paths]
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(table, error) from error
        found = [shaped(part, shape) for part in parts if part.num_rows]
        if not found:
            return shape.empty_table()
        return in_order(pa.concat_tables(found).unify_dictionaries())

    def _snapshot(self, table: str, version: int | None = None) -> Snapshot | None:
        """What a version consists of; the newest of a local table is kept while nobody writes."""
        mark = None if self._remote else stamp(Path(self._path(table)) / "_delta_log")
        kept = self._snapshots.get(table)
        if kept and mark and kept[0] == mark and version in (None, kept[1].version):
            return kept[1]
        opened = self._opened(table, version)
        if opened is None:
            return None
        blocks: dict[str, list[str]] = {}
        for file in files_of(opened):
            blocks.setdefault(file["block"] or FIRST, []).append(file["path"])
        made = Snapshot(int(opened.version()), schema_of(opened), blocks)
        if mark and version is None:
            self._snapshots[table] = mark, made
        return made

    def _opened(self, table: str, version: int | None = None) -> DeltaTable | None:
        library = delta_library()
        try:
            opened: DeltaTable = library.DeltaTable(self._path(table), version=version)
        except library.exceptions.TableNotFoundError:
            return None
        except (OSError, library.exceptions.DeltaError) as error:
            raise self._damaged(table, error) from error
        return opened

    def _path(self, table: str) -> str:
        return f"{self.url}/{table}"

    def _files(self, table: str) -> Files:
        return Files(self._path(table), self._filesystem(table) if self._remote else None)

    def _filesystem(self, table: str) -> pa_fs.FileSystem:
        """The object store below a table, as deltalake reaches it: with the same credentials."""
        from deltalake.fs import DeltaStorageHandler  # noqa: PLC0415  heavy: deltalake

        return pa_fs.PyFileSystem(DeltaStorageHandler(self._path(table)))

    def _damaged(self, table: str, error: Exception) -> StoreError:
        return StoreError(
            f"The table {table!r} of the lake cannot be read: {first_line(error)}",
            seen=self._path(table),
            cure="Restore this folder from a copy, or delete it: embedded datasets are"
            " read anew, your own must be added again",
        )


def delta_library() -> ModuleType:
    """The library, or the error that says how to get it."""
    try:
        import deltalake  # noqa: PLC0415  heavy and optional: deltalake
        import deltalake.exceptions  # noqa: PLC0415
    except ImportError:
        raise MissingExtra("deltalake", "to keep datasets in the lake", "lab") from None
    return deltalake


def first_line(error: Exception) -> str:
    """What an error says before it goes into details."""
    return str(error).strip().partition("\n")[0]
