"""Versioned tables that several processes read and write at once."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from workbench.errors import StoreBusy, StoreError
from workbench.store.lake.blocks import BLOCK, FIRST, blocked, cuts
from workbench.store.lake.reading import LakeReader, delta_library, first_line
from workbench.store.lake.shapes import check_shape, encoded, schema_of
from workbench.store.lake.upkeep import crowded, files_of
from workbench.store.locks import alone
from workbench.store.rows import check_rows, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deltalake import DeltaTable

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


class DeltaLake(LakeReader):
    """Versioned tables in Delta Lake.

    Every write is one atomic commit. A writer that meets another one's commit reads the
    table again and retries, so a reader never sees half of a write.

    Parameters
    ----------
    url : str
        A folder or an object-store URL; each table is one folder below it.
    """

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
        except delta_library().exceptions.CommitFailedError:
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
        library = delta_library()
        library.write_deltalake(
            self._path(table) if opened is None else opened,
            rows,
            mode=mode,
            partition_by=[BLOCK] if BLOCK in rows.column_names else None,
            predicate=predicate,
            schema_mode=None if opened is None else "merge",
            configuration=CONFIGURATION if opened is None else None,
            target_file_size=1 << 30,
            writer_properties=library.WriterProperties(
                compression="ZSTD", max_row_group_size=ROWS_PER_GROUP
            ),
            commit_properties=library.CommitProperties(custom_metadata={"workbench": action}),
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
        errors = delta_library().exceptions
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

    def _unwritable(self, table: str, error: Exception) -> StoreError:
        return StoreError(
            f"The table {table!r} of the lake cannot be written: {first_line(error)}",
            seen=self._path(table),
            cure="Make room on the disk and make the folder writable, or set"
            " WORKBENCH_LAKE_URL to another place",
        )


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
