"""The lake: versioned tables in Delta Lake, on a local disk or in an object store."""

from __future__ import annotations

import random
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.errors import MissingExtra, StoreBusy, StoreError, UnknownName
from workbench.store.locks import alone
from workbench.store.rows import check_rows, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType

    from deltalake import DeltaTable

    from workbench.settings import Settings

__all__ = ["DeltaLake", "open_lake"]

ROWS_PER_GROUP = 50_000
"""Small row groups let a reader skip all symbols but one."""
ATTEMPTS = 12


def open_lake(settings: Settings) -> DeltaLake:
    """Open the lake of these settings; a local folder is made on the first write."""
    return DeltaLake(settings.resolved_lake_url())


class DeltaLake:
    """Versioned tables that several processes read and write at once.

    Every write is one atomic commit. A writer that meets another one's commit reads the
    table again and retries, so a reader never sees half of a write.

    Parameters
    ----------
    url : str
        A folder or an object-store URL; each table is one folder below it.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def __repr__(self) -> str:
        return f"DeltaLake({self.url!r})"

    def tables(self) -> list[str]:
        """The names of the tables, sorted."""
        if "://" in self.url:
            return self._remote_tables()
        return sorted(path.parent.name for path in Path(self.url).glob("*/_delta_log"))

    def version(self, table: str) -> int | None:
        """The newest version of a table; None when there is no such table."""
        opened = self._opened(table)
        return None if opened is None else int(opened.version())

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
            If there is no such table.
        StoreError
            If the files are damaged or this version is gone.
        """
        opened = self._opened(table, version)
        if opened is None:
            raise UnknownName("table in the lake", table, self.tables())
        try:
            rows = opened.to_pyarrow_table(
                filters=list(filters) or None, columns=None if columns is None else list(columns)
            )
        except (OSError, pa.ArrowException, _delta().exceptions.DeltaError) as error:
            raise self._damaged(table, error) from error
        return in_order(rows)

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
        ordered = in_order(rows)
        try:
            with self._alone(table):
                return self._retried(table, lambda: self._write_once(table, ordered, where))
        except OSError as error:
            raise self._unwritable(table, error) from error

    def _alone(self, table: str) -> AbstractContextManager[None]:
        """Keep other processes of this machine from writing to the table.

        Two first writes of the same rows do not touch a common file, so Delta takes them
        for two appends and keeps both. An object store has no such lock; see `_write_once`.
        """
        if "://" in self.url:
            return nullcontext()
        return alone(Path(self.url) / f".{table}.lock")

    def _write_once(self, table: str, rows: pa.Table, where: dict[str, str]) -> int:
        """Write, and write again while the rows stand there twice."""
        written = self._write(table, rows, where)
        remote = "://" in self.url
        while remote and where and self._count(table, where) > rows.num_rows:
            written = self._write(table, rows, where)
        return written

    def _count(self, table: str, where: dict[str, str]) -> int:
        filters = [(column, "==", value) for column, value in where.items()]
        return int(self.read(table, filters=filters, columns=list(where)).num_rows)

    def _write(self, table: str, rows: pa.Table, where: dict[str, str]) -> int:
        delta = _delta()
        opened = self._opened(table)
        if opened is not None:
            _check_shape(table, rows, pa.schema(opened.schema()))
        delta.write_deltalake(
            self._path(table) if opened is None else opened,
            rows,
            mode="error" if opened is None else "overwrite",
            predicate=_sql(where) if opened is not None and where else None,
            writer_properties=delta.WriterProperties(
                compression="ZSTD", max_row_group_size=ROWS_PER_GROUP
            ),
        )
        written = self.version(table)
        return 0 if written is None else written

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

    def _remote_tables(self) -> list[str]:
        found = pa.fs.FileSystem.from_uri(self.url)
        filesystem, root = found
        listed = filesystem.get_file_info(pa.fs.FileSelector(root, allow_not_found=True))
        names = [info.base_name for info in listed if info.type == pa.fs.FileType.Directory]
        return sorted(name for name in names if self._opened(name) is not None)

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


def _sql(where: dict[str, str]) -> str:
    quoted = {column: value.replace("'", "''") for column, value in where.items()}
    return " AND ".join(f"{column} = '{value}'" for column, value in quoted.items())


def _check_shape(table: str, rows: pa.Table, held: pa.Schema) -> None:
    """Refuse rows of another shape: deltalake casts what it can and fails oddly on the rest."""
    has = {field.name: str(field.type) for field in held}
    given = {field.name: str(field.type) for field in rows.schema}
    if given != has:
        differing = dict(sorted(given.items() ^ has.items()))
        raise StoreError(
            f"These rows do not fit the table {table!r} of the lake",
            seen=differing,
            cure="Write the columns and types that the table has, or use another table",
        )


def _lost_race(error: Exception) -> bool:
    """Whether two processes made the table at the same moment."""
    text = str(error).lower()
    return "already exists" in text or "version 0" in text


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
