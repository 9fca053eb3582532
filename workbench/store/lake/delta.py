"""Versioned tables that several processes read and write at once."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.fs as pa_fs

from workbench.errors import MissingExtra, StoreBusy, StoreError, UnknownName
from workbench.store.lake.blocks import BLOCK, FIRST, blocked, cuts
from workbench.store.lake.parquet import Files, read_rows
from workbench.store.lake.shapes import (
    check_shape,
    encoded,
    schema_of,
    shaped,
    with_lake_columns,
)
from workbench.store.lake.snapshots import Snapshot, Stamp, stamp
from workbench.store.lake.upkeep import commits, crowded, faults, files_of
from workbench.store.locks import alone
from workbench.store.rows import check_rows, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

    import pyarrow.dataset as pa_dataset
    from deltalake import DeltaTable

    from workbench.ports import Commit
    from workbench.settings import Settings

__all__ = ["DeltaLake", "open_lake"]

ROWS_PER_GROUP = 16_384
"""Small row groups let a reader skip all symbols but a few."""
ATTEMPTS = 12
CONFIGURATION = {"delta.logRetentionDuration": "interval 36500 days"}
"""Every version stays readable until `vacuum` is told otherwise."""


def open_lake(settings: Settings) -> DeltaLake:
    """Open the lake of these settings; a local folder is made on the first write."""
    return DeltaLake(settings.resolved_lake_url())


class DeltaLake:
    """Versioned tables in Delta Lake.

    Every write is one atomic commit. A writer that meets another one's commit reads the
    table again and retries, so a reader never sees half of a write.

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

    def append(self, table: str, rows: pa.Table) -> int:
        """Add rows atomically.

        Parameters
        ----------
        table : str
            The table; made when there is none.
        rows : pyarrow.Table
            Columns that the table lacks are added to it, null in its older rows; those that
            are not given are null in the new rows.

        Returns
        -------
        int
            A version of the table that holds the rows.

        Raises
        ------
        StoreBusy
            If other processes keep writing to the table.
        StoreError
            If a column has another type, the disk is full or read-only, or the table is damaged.
        """
        return self._write(table, in_order(rows), None)

    def replace(self, table: str, rows: pa.Table, *, where: dict[str, str]) -> int:
        """Replace atomically the rows whose columns equal `where` by `rows`.

        Parameters
        ----------
        table : str
            The table; made when there is none.
        rows : pyarrow.Table
            The new rows, all of which must satisfy `where`.
        where : dict
            Column → value. Empty replaces the whole table.

        Returns
        -------
        int
            A version of the table that holds the rows.

        Raises
        ------
        StoreBusy
            If other processes keep writing to the same rows.
        StoreError
            If the disk is full or read-only, or the table is damaged.
        """
        check_rows(rows, where)
        return self._write(table, in_order(rows), where)

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

    def compact(self, table: str) -> int:
        """Rewrite every block as one sorted file, and split what has grown; the new version."""
        self._existing(table)
        with self._guarded(table):
            return self._retried(table, lambda: self._compact(table, lambda rows: len(rows) > 1))

    def vacuum(
        self, table: str, *, keep: Sequence[int] = (), hours: float = 24.0, dry_run: bool = False
    ) -> list[str]:
        """Delete the files that no kept version needs, those of broken-off writes too.

        Parameters
        ----------
        table : str
            The table.
        keep : sequence of int
            Versions that stay readable, beside the newest.
        hours : float
            Younger files stay: another process may still read or write them.
        dry_run : bool
            Only tell what would be deleted.

        Returns
        -------
        list of str
            The files, relative to the table.
        """
        opened = self._existing(table)
        with self._guarded(table):
            kept = [version for version in keep if version < opened.version()]
            return list(
                opened.vacuum(
                    retention_hours=int(hours),
                    dry_run=dry_run,
                    enforce_retention_duration=False,
                    full=True,
                    keep_versions=kept or None,
                )
            )

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

    def _write(self, table: str, rows: pa.Table, where: dict[str, str] | None) -> int:
        """Append the rows (`where` is None), or put them in the place of others."""
        with self._guarded(table):
            written = self._retried(table, lambda: self._write_whole(table, rows, where))
            return self._tidied(table, written)

    def _write_whole(self, table: str, rows: pa.Table, where: dict[str, str] | None) -> int:
        """Write, and write again while replaced rows stand there twice.

        Two first writes of the same rows do not touch a common file, so Delta takes them for
        two appends and keeps both. A lock prevents it on this machine, not in an object store.
        """
        written = self._commit(table, rows, where)
        while self._remote and where and self._count(table, where) > rows.num_rows:
            written = self._commit(table, rows, where)
        return written

    def _tidied(self, table: str, written: int) -> int:
        """Compact blocks with many files; the rows are safe, so a lost race is no failure."""
        try:
            return self._compact(table, crowded)
        except _delta().exceptions.CommitFailedError:
            return written

    def _count(self, table: str, where: dict[str, str]) -> int:
        filters = [(column, "==", value) for column, value in where.items()]
        return int(self.read(table, filters=filters, columns=list(where)).num_rows)

    def _commit(self, table: str, rows: pa.Table, where: dict[str, str] | None) -> int:
        opened = self._opened(table)
        if opened is not None:
            check_shape(table, rows, schema_of(opened))
        if opened is None or where == {}:
            rows = blocked(rows, [FIRST, *_cuts(rows)])
        elif BLOCK in opened.metadata().partition_columns:
            rows = blocked(rows, _block_names(opened))
        mode = "append" if where is None else "overwrite"
        return self._put(
            table,
            opened,
            rows,
            mode="error" if opened is None else mode,
            predicate=_sql(where) if opened is not None and where else None,
            action="append" if where is None else "replace",
        )

    def _put(
        self,
        table: str,
        opened: DeltaTable | None,
        rows: pa.Table,
        *,
        mode: str,
        predicate: str | None,
        action: str,
    ) -> int:
        delta = _delta()
        delta.write_deltalake(
            self._path(table) if opened is None else opened,
            rows,
            mode=mode,
            partition_by=[BLOCK] if BLOCK in rows.column_names else None,
            predicate=predicate,
            schema_mode=None if opened is None else "merge",
            configuration=CONFIGURATION if opened is None else None,
            target_file_size=1 << 30,
            writer_properties=delta.WriterProperties(
                compression="ZSTD", max_row_group_size=ROWS_PER_GROUP
            ),
            commit_properties=delta.CommitProperties(custom_metadata={"workbench": action}),
        )
        written = self.version(table)
        return 0 if written is None else written

    def _compact(self, table: str, is_due: Callable[[list[int]], bool]) -> int:
        """Rewrite the blocks that are due, each in a commit of its own."""
        opened = self._existing(table)
        if BLOCK not in opened.metadata().partition_columns:
            return int(opened.version())
        sizes: dict[str, list[int]] = {}
        for file in files_of(opened):
            sizes.setdefault(file["block"], []).append(file["rows"] or 0)
        for name, rows in sizes.items():
            if is_due(rows):
                self._rewrite(table, name)
        return int(self._existing(table).version())

    def _rewrite(self, table: str, name: str) -> None:
        """One block as one sorted file, or as several blocks when it has grown.

        What is read is the very version that is written over: a file that another writer has
        added since makes the commit fail, and nothing is lost.
        """
        opened = self._existing(table)
        paths = [file["path"] for file in files_of(opened) if file["block"] == name]
        schema = schema_of(opened)
        rows = self._block(table, paths, pa.schema([encoded(field) for field in schema]), ())
        names = [name, *_cuts(rows)]
        self._put(
            table,
            opened,
            blocked(rows.cast(schema), names),
            mode="overwrite",
            predicate=" OR ".join(f"{BLOCK} = '{one}'" for one in names),
            action="compact",
        )

    @contextmanager
    def _guarded(self, table: str) -> Iterator[None]:
        """Keep other processes of this machine from writing to the table."""
        lock = Path(self.url) / f".{table}.lock"
        try:
            with nullcontext() if self._remote else alone(lock):
                yield
        except OSError as error:
            raise self._unwritable(table, error) from error

    def _retried(self, table: str, write: Callable[[], int]) -> int:
        errors = _delta().exceptions
        for attempt in range(ATTEMPTS):
            try:
                return write()
            except errors.CommitFailedError as error:
                last = error
            except (OSError, errors.DeltaError) as error:
                if not _lost_race(error):
                    raise self._unwritable(table, error) from error
                last = error
            time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 6)))  # noqa: S311  jitter
        raise StoreBusy(
            f"Other processes keep writing to the table {table!r}",
            seen=self.url,
            cure="Wait until they have ended and run it again; nothing was changed",
        ) from last

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
        delta = _delta()
        try:
            opened: DeltaTable = delta.DeltaTable(self._path(table), version=version)
        except delta.exceptions.TableNotFoundError:
            return None
        except (OSError, delta.exceptions.DeltaError) as error:
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
            f"The table {table!r} of the lake cannot be read: {_first_line(error)}",
            seen=self._path(table),
            cure="Restore this folder from a copy, or delete it: embedded datasets are"
            " read anew, your own must be added again",
        )

    def _unwritable(self, table: str, error: Exception) -> StoreError:
        return StoreError(
            f"The table {table!r} of the lake cannot be written: {_first_line(error)}",
            seen=self._path(table),
            cure="Make room on the disk and make the folder writable, or set"
            " WORKBENCH_LAKE_URL to another place",
        )


def _delta() -> ModuleType:
    try:
        import deltalake  # noqa: PLC0415  heavy and optional: deltalake
        import deltalake.exceptions  # noqa: PLC0415
    except ImportError:
        raise MissingExtra("deltalake", "to keep datasets in the lake", "lab") from None
    return deltalake


def _cuts(rows: pa.Table) -> list[str]:
    if "time" not in rows.column_names:
        return []
    return cuts(rows["time"].to_numpy().astype("datetime64[us]"))


def _block_names(opened: DeltaTable) -> list[str]:
    return sorted({FIRST, *(file["block"] for file in files_of(opened))})


def _sql(where: dict[str, str]) -> str:
    quoted = {column: value.replace("'", "''") for column, value in where.items()}
    return " AND ".join(f"{column} = '{value}'" for column, value in quoted.items())


def _lost_race(error: Exception) -> bool:
    """Whether two processes made the table at the same moment."""
    text = str(error).lower()
    return "already exists" in text or "version 0" in text


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
