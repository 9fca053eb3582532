"""SQL over the lake by DuckDB, which reads the tables' own Parquet files."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from workbench.context import current
from workbench.data.sql.statements import check_reading
from workbench.data.sql.views import (
    ALL,
    keys_of,
    newest_rows,
    quoted,
    shown_columns,
    view_name,
)
from workbench.errors import Cancelled, InvalidInput, MissingExtra, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from workbench.context import Context
    from workbench.ports import Lake

__all__ = ["ask", "connect"]

MEMORY, SPILLED = "2GB", "8GB"
"""What one question may hold in memory and on disk."""
MOST_BYTES = 64_000_000
"""What an answer may hold."""
LOOKS_SECONDS = 0.05
"""How often a question looks whether it should end."""


def connect(context: Context | None = None) -> DuckDBPyConnection:
    """A connection of one's own, with a view for each table of the lake as it is now.

    ``bars_1d`` has the newest value of each bar and ``bars_1d_all`` every revision; filters by
    dataset, symbol and time reach the files. Prices are as they lie in the lake, unadjusted
    wherever the dataset says so: `load_bars` adjusts them. What is made on the connection
    stays in its memory; the lake is only read.

    Parameters
    ----------
    context : Context, optional
        Whose lake; the process's own by default.

    Returns
    -------
    duckdb.DuckDBPyConnection
        In memory; ``connection.sql("SELECT …").df()`` answers with a frame.

    Raises
    ------
    MissingExtra
        If DuckDB is not installed.

    Examples
    --------
    >>> lake = connect()
    >>> lake.sql("SELECT symbol, max(close) FROM bars_1d GROUP BY symbol").df()  # doctest: +SKIP
    """
    connection: DuckDBPyConnection = _duckdb().connect()
    _add_views(connection, (context or current()).lake)
    return connection


def ask(sql: str, context: Context, *, limit: int, seconds: float) -> tuple[pa.Table, list[str]]:
    """The first rows that a query answers with, on a connection that can do nothing else.

    Parameters
    ----------
    sql : str
        One SELECT.
    context : Context
        Lake, and the wish to stop.
    limit : int
        The most rows.
    seconds : float
        The longest time.

    Returns
    -------
    tuple of (pyarrow.Table, list of str)
        The rows, and DuckDB's types of the columns.

    Raises
    ------
    InvalidInput
        If it does more than read, cannot be answered, or takes too long or too much.
    Cancelled
        If the caller stops it.
    StoreError
        If a file of the lake cannot be read.
    """
    with TemporaryDirectory() as spill, closing(connect(context)) as connection:
        _lock(connection, context.lake, spill)
        with _in_our_words(sql, context, seconds), _ended(connection, context.stop, seconds):
            check_reading(sql, _tree(connection, sql))
            answer = connection.sql(sql).limit(limit)
            rows = answer.to_arrow_table()
            _check_size(rows)
            return rows, [str(kind) for kind in answer.types]


def _add_views(connection: DuckDBPyConnection, lake: Lake) -> None:
    for table in lake.tables():
        name = view_name(table)
        rows = _rows(connection, lake, table)
        rows.project(shown_columns(rows.columns)).create_view(name + ALL)
        newest = newest_rows(name + ALL, keys_of(table))
        connection.execute(f"CREATE VIEW {quoted(name)} AS {newest}")


def _rows(connection: DuckDBPyConnection, lake: Lake, table: str) -> DuckDBPyRelation:
    """The rows of a table: its files, or what Arrow makes of them."""
    files = _files(lake, table)
    if files:
        return connection.read_parquet(files, hive_partitioning=False, union_by_name=True)
    return connection.from_arrow(
        lake.dataset(table) if hasattr(lake, "dataset") else lake.read(table)
    )


def _files(lake: Lake, table: str) -> list[str]:
    """The files of a table that DuckDB can open; none where they lie in an object store."""
    files: list[str] = lake.files(table) if hasattr(lake, "files") else []
    return [] if any("://" in path for path in files) else files


def _lock(connection: DuckDBPyConnection, lake: Lake, spill: str) -> None:
    """Leave nothing to be done but to read the lake."""
    allowed = [path for table in lake.tables() for path in _files(lake, table)]
    for setting, value in (
        ("allowed_paths", allowed),
        ("temp_directory", spill),
        ("max_temp_directory_size", SPILLED),
        ("memory_limit", MEMORY),
        ("enable_progress_bar", False),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("allow_community_extensions", False),
        ("python_enable_replacements", False),
        ("enable_external_access", False),
        ("lock_configuration", True),
    ):
        connection.execute(f"SET {setting} = ?", [value])


def _check_size(rows: pa.Table) -> None:
    if rows.nbytes > MOST_BYTES:
        raise InvalidInput(
            "The answer is too large to be sent",
            seen=f"{rows.nbytes:,} bytes",
            cure=f"Select fewer columns or rows: {MOST_BYTES:,} bytes at most",
        )


def _tree(connection: DuckDBPyConnection, sql: str) -> str:
    """How DuckDB reads a query, as JSON."""
    ((tree,),) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
    return str(tree)


@contextmanager
def _ended(connection: DuckDBPyConnection, stop: threading.Event, seconds: float) -> Iterator[None]:
    """Interrupt what runs on a connection when its time is over or the caller wants that."""
    done, until = threading.Event(), monotonic() + seconds

    def watch() -> None:
        while not done.wait(LOOKS_SECONDS):
            if stop.is_set() or monotonic() > until:
                connection.interrupt()

    watcher = threading.Thread(target=watch, name="query-watch", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


@contextmanager
def _in_our_words(sql: str, context: Context, seconds: float) -> Iterator[None]:
    """DuckDB's failures as errors of the workbench, with its own words in them."""
    library = _duckdb()
    narrow = "Narrow it by dataset, symbol or time"
    try:
        yield
    except library.InterruptException:
        if context.stop.is_set():
            raise Cancelled from None
        raise InvalidInput(
            f"The query ran for longer than {seconds:g} seconds",
            seen=sql,
            cure=f"{narrow}, or give it more time: timeout_seconds=…",
        ) from None
    except library.OutOfMemoryException:
        raise InvalidInput(
            f"The query needs more than {MEMORY} of memory and {SPILLED} of disk",
            seen=sql,
            cure=f"{narrow}, or ask connect() in Python",
        ) from None
    except library.IOException as error:
        raise StoreError(
            f"The lake cannot be read: {_words(error)}",
            cure="Ask again; if it stays so, run: workbench data verify",
        ) from error
    except library.Error as error:
        names = ", ".join(map(view_name, context.lake.tables())) or "none yet"
        raise InvalidInput(
            f"The query cannot be answered: {_words(error)}",
            seen=sql,
            cure=f"The tables are: {names}; each has all its revisions in NAME{ALL}. A dataset"
            " that comes with the workbench gets into the lake when it is first used",
        ) from None


def _words(error: Exception) -> str:
    """What DuckDB says, in a line."""
    return " ".join(str(error).split("\n\n")[0].split())


def _duckdb() -> ModuleType:
    try:
        import duckdb  # noqa: PLC0415  heavy and optional: duckdb
    except ImportError:
        raise MissingExtra("duckdb", "to ask the lake in SQL", "lab") from None
    return duckdb
