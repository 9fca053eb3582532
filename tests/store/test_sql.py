"""The journal's database on good and bad days."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from workbench.errors import ConfigurationError, StoreBusy, StoreError
from workbench.store import Database, SqlLedger, sql
from workbench.store.migrations import versions

WRITER = """
import sys
from datetime import UTC, datetime
from workbench.ports import Trial
from workbench.store import Database, SqlLedger
url, who = sys.argv[1:]
ledger = SqlLedger(Database(url))
for turn in range(20):
    ledger.record(Trial("q", who, {"turn": turn}, "sweep", {}, datetime.now(UTC)))
"""


def test_two_processes_make_the_tables_and_write_at_once(tmp_path):
    url = f"sqlite:///{tmp_path}/new/journal.db"
    code = [sys.executable, "-c", WRITER, url]
    started = [subprocess.Popen([*code, who], stderr=subprocess.PIPE) for who in ("a", "b")]
    for process in started:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error.decode()
    assert SqlLedger(Database(url)).count("q") == 40


def test_the_newest_migration_is_the_one_the_code_names():
    found = [
        re.search(r'^revision = "(\d+)"', file.read_text(), re.MULTILINE)[1]
        for file in Path(versions.__file__).parent.glob("m*.py")
    ]
    assert max(found) == sql.HEAD


def test_a_database_is_migrated_once(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/journal.db"
    Database(url)
    monkeypatch.setitem(sys.modules, "alembic.command", None)  # a second import would fail
    with Database(url).reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) >= {"trials", "runs"}


def test_a_writer_that_waits_too_long_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr(sql, "BUSY_SECONDS", 0.1)
    database = Database(f"sqlite:///{tmp_path}/journal.db")
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="nothing was changed"), database.writing():
        pass
    other.close()
    with database.writing():
        pass  # the lock is gone with its holder


def test_a_failed_write_leaves_nothing(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/journal.db")
    insert = sa.text("INSERT INTO runs VALUES ('r','k','n','s','f','2024-01-01',NULL,'{}','{}','')")

    def fail_after_writing():
        with database.writing() as connection:
            connection.execute(insert)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_writing()
    with database.reading() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM runs")) == 0


def test_a_damaged_file_is_told_with_its_cure(tmp_path):
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is no database, and long enough to be looked at" * 40)
    with pytest.raises(StoreError, match="move it away"):
        Database(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_told_with_its_cure(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="WORKBENCH_HOME"):
        Database(f"sqlite:///{tmp_path}/file/journal.db")


def test_a_full_disk_is_told_with_its_cure(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/journal.db")
    insert = "INSERT INTO runs VALUES (zeroblob(99000),'k','n','s','f','x',NULL,'{}','{}','')"

    def fill():
        with database.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as good as full
            connection.exec_driver_sql(insert)

    with pytest.raises(StoreError, match="Make room"):
        fill()


def test_a_url_that_is_none_is_told_without_its_password():
    with pytest.raises(ConfigurationError) as caught:
        Database("no-database://me:secret@host/x:y")
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_told_without_its_password():
    pytest.importorskip("psycopg", reason="the extra 'dev' is not installed")
    with pytest.raises(StoreError) as caught:
        Database("postgresql://me:secret@127.0.0.1:1/journal")
    assert "secret" not in str(caught.value)


def test_json_is_canonical_and_has_no_nan():
    value = {"b": np.float64("nan"), "a": (1, np.int64(2)), "day": date(2024, 1, 2), 3: {"x"}}
    assert sql.to_json(value) == '{"3": ["x"], "a": [1, 2], "b": null, "day": "2024-01-02"}'
    assert sql.from_json(sql.to_json({"at": datetime(2024, 1, 2, tzinfo=UTC)})) == {
        "at": "2024-01-02T00:00:00+00:00"
    }


def test_an_error_of_the_disk_asks_for_room_and_not_for_a_user():
    from sqlite3 import OperationalError

    from sqlalchemy.exc import DBAPIError

    from workbench.store.sql import _told_as

    raised = DBAPIError("PRAGMA journal_mode=WAL", None, OperationalError("disk I/O error"))
    assert "Make room on the disk" in str(_told_as(raised, "sqlite:////home/journal.db"))


def test_who_opens_while_the_tables_are_made_waits(tmp_path, monkeypatch):
    """SQLite says "locked" at once when the log of a new file cannot be turned on yet."""
    asked = []

    class Locked:
        def execute(self, statement):
            asked.append(statement)
            if statement.startswith("PRAGMA journal_mode") and len(asked) < 4:
                raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(sql, "WAIT_SECONDS", 0.001)
    monkeypatch.setattr(sql, "BUSY_SECONDS", 0.01)
    sql._write_ahead(Locked())
    assert len(asked) == 4
    asked.clear()
    monkeypatch.setattr(sql, "BUSY_SECONDS", 0.002)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sql._write_ahead(Locked())
