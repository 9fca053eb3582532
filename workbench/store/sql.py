"""The journal's database: SQLite in a file by default, PostgreSQL by URL."""

from __future__ import annotations

import json
import math
import sqlite3
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.errors import ConfigurationError, MissingExtra, StoreBusy, StoreError
from workbench.settings import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Database", "UtcTime", "from_json", "open_database", "to_json"]

HEAD = "0003"
"""The newest migration; a database that is there needs no look at the others."""
BUSY_SECONDS = 15.0
WAIT_SECONDS = 0.05
MIGRATION_LOCK = 7_203_911
"""Any fixed number: the advisory lock that PostgreSQL gives to one migrating process."""


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC time in Python, a naive UTC time in the database."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Drop the zone after converting to UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Say again that it is UTC."""
        return value.replace(tzinfo=UTC) if value else None


class Database:
    """Short transactions on one database, with failures told by their cure.

    Parameters
    ----------
    url : str
        A SQLAlchemy URL.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.shown_url = masked(url)
        with self.writing() as connection:
            _migrate(connection)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for one consistent look.

        Raises
        ------
        StoreError
            If the database cannot be read; `StoreBusy` if another process holds it.
        """
        with self._told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the right to write from its first moment.

        Raises
        ------
        StoreError
            If the database cannot be written; `StoreBusy` if another process holds it.
        """
        with (
            self._told(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise _told_as(error, self.shown_url) from error


@cache
def open_database(url: str) -> Database:
    """The database of a URL, with its tables made or brought up to date; one per process.

    Parameters
    ----------
    url : str
        A SQLAlchemy URL.

    Returns
    -------
    Database
        Ready to use.

    Raises
    ------
    StoreError
        If it cannot be opened.
    ConfigurationError
        If the URL cannot be used.
    """
    return Database(url)


def to_json(value: Any) -> str:
    """A value as canonical JSON: sorted keys, dates as text, what is not finite as null."""
    return json.dumps(_plain(value), sort_keys=True, allow_nan=False, ensure_ascii=False)


def from_json(text: str) -> Any:
    """The value of a JSON text."""
    return json.loads(text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # numpy
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _engine(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, pool_pre_ping=True)
    except sa.exc.ArgumentError:
        raise ConfigurationError(
            "The journal's URL cannot be used",
            seen=masked(url),
            cure="Write WORKBENCH_JOURNAL_URL like sqlite:////path/journal.db"
            " or postgresql://user@host/database",
        ) from None
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "psycopg", "to reach this database", "live") from None


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(str(error), url.database) from error
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _write_ahead(connection: Any) -> None:
    """Turn to write-ahead logging; SQLite itself does not wait here for who makes the tables."""
    for attempt in range(round(BUSY_SECONDS / WAIT_SECONDS), -1, -1):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or not attempt:
                raise
            time.sleep(WAIT_SECONDS)
        else:
            return


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(connection: sa.Connection) -> None:
    """Bring the tables up to date; a second process waits for the first."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    if _revision(connection) == HEAD:
        return
    import alembic.command  # noqa: PLC0415  heavy: alembic
    import alembic.config  # noqa: PLC0415

    config = alembic.config.Config()
    config.set_main_option("script_location", "workbench.store:migrations")
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


_UNWRITABLE = ("readonly", "read-only", "full", "unable to open", "disk i/o")
"""What SQLite says where there is no room or no right; I/O errors are mostly full disks."""


def _told_as(error: sa.exc.DBAPIError, url: str) -> StoreError:
    text = str(error.orig).strip().partition("\n")[0]
    lower = text.lower()
    if "locked" in lower or "busy" in lower:
        return StoreBusy(
            "Another process has been writing to the journal for a long time",
            seen=url,
            cure="Wait until it has ended and run it again; nothing was changed",
        )
    if "malformed" in lower or "not a database" in lower:
        return StoreError(
            f"The journal is damaged: {text}",
            seen=url,
            cure="Restore the file from a copy, or move it away: a new one is made",
        )
    if any(word in lower for word in _UNWRITABLE):
        return _unwritable(text, url)
    return StoreError(
        f"The journal cannot be used: {text}",
        seen=url,
        cure="See that the database runs and accepts this user, or unset WORKBENCH_JOURNAL_URL",
    )


def _unwritable(problem: str, url: str) -> StoreError:
    return StoreError(
        f"The journal cannot be written: {problem}",
        seen=url,
        cure="Make room on the disk and make the folder writable, or set WORKBENCH_HOME"
        " or WORKBENCH_JOURNAL_URL to another place",
    )
