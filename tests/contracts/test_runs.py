"""Every store of run records keeps the same promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from workbench.errors import UnknownName
from workbench.ports import RunRecord
from workbench.store import Database, MemoryRuns, SqlRuns

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def runs(request, tmp_path):
    if request.param == "memory":
        return MemoryRuns()
    if request.param == "sqlite":
        return SqlRuns(Database(f"sqlite:///{tmp_path}/journal.db"))
    return SqlRuns(Database(request.getfixturevalue("empty_postgres_url")))


def record(run_id="r1", hours=0, **changes):
    given = {"parameters": {"dataset": "sp500-20", "limits": [0.1, None]}, **changes}
    started = NOON + timedelta(hours=hours)
    return RunRecord(run_id, "notebook", "research.ipynb", "running", "/runs/r1", started, **given)


def test_a_record_comes_back_as_it_was(runs):
    saved = record(provenance={"commit": "abc", "tables": {"bars_1d": 3}}, error="it’s “odd”")
    runs.save(saved)
    assert runs.load("r1") == saved


def test_saving_again_replaces(runs):
    runs.save(record())
    ended = replace(record(), status="completed", ended_at=NOON + timedelta(minutes=3))
    runs.save(ended)
    assert runs.load("r1") == ended
    assert runs.latest() == [ended]


def test_the_newest_come_first(runs):
    for run_id, hours in (("b", 1), ("c", 2), ("a", 0)):
        runs.save(record(run_id, hours))
    assert [one.run_id for one in runs.latest()] == ["c", "b", "a"]
    assert [one.run_id for one in runs.latest(limit=1)] == ["c"]


def test_an_unknown_run_names_those_there_are(runs):
    runs.save(record("2024-a"))
    with pytest.raises(UnknownName, match="2024-a"):
        runs.load("2024-b")


def test_times_of_another_zone_are_the_same_instant(runs):
    local = NOON.astimezone(timezone(timedelta(hours=-5)))
    runs.save(replace(record(), started_at=local))
    assert runs.load("r1").started_at == NOON
