"""The ledger's journal: rows of before, and processes that die or write at once."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
import sqlalchemy as sa

from workbench.ports import BestTrial, Grid, KeptSeries, Moments, SweepTrials, Trial
from workbench.store import Database, SqlLedger, sql
from workbench.store.ledger.points import CHUNK, point_set, written

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
import numpy as np
from workbench.ports import BestTrial, Grid, KeptSeries, SweepTrials, Trial
from workbench.store import Database, SqlLedger
url, folder, who, turns = sys.argv[1:]
from pathlib import Path
ledger = SqlLedger(Database(url), Path(folder))
def fold(before):
    return bytes(sorted({*before, ord(who)}))
print("ready", flush=True)
for turn in range(int(turns)):
    now = datetime(2024, 1, 2, tzinfo=UTC)
    ledger.record(Trial("q", who, {"turn": turn}, "backtest", {}, now, sharpe=0.1), fold)
    first = ord(who) * 1000 + turn * 2
    best = KeptSeries((BestTrial("s", {"a": first}, 0.1),), np.zeros((1, 3), np.float32))
    grid = Grid({"a": [first, first + 1, first + 2]})
    ledger.record_sweep(SweepTrials("q", "s", grid, now, best=best), fold)
    print(turn, flush=True)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/journal.db"
    return request.getfixturevalue("empty_postgres_url")


def started(url, folder, who, turns):
    command = [sys.executable, "-c", WRITER, url, str(folder), who, str(turns)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_two_processes_lose_no_trial_and_no_maximum(url, tmp_path):
    Database(url)
    writers = [started(url, tmp_path / "trials", who, 12) for who in "xyz"]
    for writer in writers:
        _, error = writer.communicate(timeout=120)
        assert writer.returncode == 0, error.decode()
    ledger = SqlLedger(Database(url), tmp_path / "trials")
    record = ledger.question("q")
    # Each writer: 12 single trials, and 12 sweeps of 3 points of which one was in the last.
    assert record.count == 3 * (12 + 2 * 12 + 1)
    assert record.maxima == b"xyz"
    assert record.moments.count == 36
    assert len(ledger.series("q").trials) == 36
    assert len(list((tmp_path / "trials").iterdir())) == 1  # replaced files are removed


def test_a_process_that_is_killed_leaves_whole_trials(url, tmp_path):
    Database(url)
    killed = started(url, tmp_path / "trials", "k", 10_000)
    for _ in range(4):
        assert killed.stdout.readline()
    killed.send_signal(signal.SIGKILL)
    killed.wait(60)
    ledger = SqlLedger(Database(url), tmp_path / "trials")
    with Database(url).reading() as connection:
        singles = connection.scalar(sa.text("SELECT count(*) FROM trials"))
        fresh = connection.scalar(sa.text("SELECT coalesce(sum(fresh), 0) FROM sweeps"))
    record = ledger.question("q")
    assert singles >= 3
    assert record.count == singles + fresh
    assert record.moments.count == singles
    assert record.maxima == b"k"
    assert ledger.series("q") is not None
    after = Trial("q", "k", {"turn": -1}, "backtest", {}, NOON)
    assert ledger.record(after) == record.count + 1  # nothing is locked


@pytest.fixture
def old_url(url, monkeypatch):
    """A database as the first migration left it, with five trials of which four differ."""
    with monkeypatch.context() as patch:
        patch.setattr(sql, "HEAD", "0001")
        patch.setattr(sql, "_migrate", lambda _connection: None)
        database = Database(url)
    import alembic.command
    import alembic.config

    rows = [
        ("q", "m@1", {"top": 3, "costs": {"fee_bps": 1.0, "fixed_fee": 0.0}}, "backtest", 0.02),
        ("q", "m@1", {"top": 3, "costs": {"fee_bps": 1.0, "fixed_fee": 0.0}}, "backtest", 0.02),
        ("q", "m@1", {"top": 4, "costs": {"fee_bps": 1.0, "fixed_fee": 0.0}}, "backtest", 0.04),
        ("q", "NHITS@2", {"layers": 2}, "train", None),
        ("other", "m@1", {"top": 3, "costs": None}, "backtest", None),
    ]
    insert = sa.text(
        "INSERT INTO trials (question, subject, parameters, verb, outcome, at)"
        " VALUES (:question, :subject, :parameters, :verb, :outcome, :at)"
    )
    with database.writing() as connection:
        config = alembic.config.Config()
        config.set_main_option("script_location", "workbench.store:migrations")
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0001")
        for question, subject, parameters, verb, sharpe in rows:
            row = {
                "question": question,
                "subject": subject,
                "parameters": sql.to_json(parameters),
                "verb": verb,
                "outcome": sql.to_json({} if verb == "train" else {"sharpe_per_bar": sharpe}),
                "at": datetime(2024, 1, 1),  # noqa: DTZ001  as the database holds it
            }
            connection.execute(insert, row)
    return url


def test_trials_of_the_first_release_keep_counting(old_url):
    ledger = SqlLedger(Database(old_url))
    record = ledger.question("q")
    assert (record.count, record.unmeasured) == (3, 2)
    assert record.moments == Moments(2, pytest.approx(0.03), pytest.approx(0.0002), 0.02, 0.04)
    assert record.best == BestTrial("m@1", {"top": 4}, 0.04)
    assert record.verbs == {"backtest": 2, "train": 1}
    assert ledger.count("other") == 1
    assert {one.question for one in ledger.questions()} == {"q", "other"}


def test_a_trial_of_the_first_release_made_again_is_no_other(old_url):
    ledger = SqlLedger(Database(old_url))
    costs = {"fee_bps": 1.0, "fixed_fee": 0.0, "a_new_kind_of_cost": 0.0}
    again = Trial(
        "q", "m@1", {"top": 3}, "backtest", {}, NOON, assumptions={"costs": costs}, sharpe=0.02
    )
    assert ledger.record(again, lambda before: before + b"x") == 3
    assert ledger.question("q").unmeasured == 1


def test_a_step_back_leaves_the_first_release(old_url):
    import alembic.command
    import alembic.config

    with Database(old_url).writing() as connection:
        config = alembic.config.Config()
        config.set_main_option("script_location", "workbench.store:migrations")
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, "0001")
        assert set(sa.inspect(connection).get_table_names()) >= {"trials", "runs"}
        assert not sa.inspect(connection).has_table("questions")
        assert connection.scalar(sa.text("SELECT count(*) FROM trials")) == 5


def test_openings_of_the_second_release_are_taken_over_and_given_back(url, monkeypatch):
    import alembic.command
    import alembic.config

    with monkeypatch.context() as patch:
        patch.setattr(sql, "HEAD", "0002")
        patch.setattr(sql, "_migrate", lambda _connection: None)
        database = Database(url)
    insert = sa.text(
        "INSERT INTO holdout_openings (question, symbols, start_at, end_at, subject, parameters,"
        " caller, at, trials, outcome) VALUES ('q', '[\"A\"]', :day, :day, 'm@1', '{}', 'agent',"
        " :day, 7, '{\"sharpe\": 1}')"
    ).bindparams(day=datetime(2024, 1, 1))  # noqa: DTZ001  as the database holds it
    config = alembic.config.Config()
    config.set_main_option("script_location", "workbench.store:migrations")
    with database.writing() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0002")
        connection.execute(insert)
    later = Database(url)
    [opening] = SqlLedger(later).openings(["A"], datetime(2023, 1, 1, tzinfo=UTC), NOON)
    assert (opening.caller, opening.trials, opening.outcome) == ("agent", 7, {"sharpe": 1})
    assert (opening.holdout, opening.again) == ("", False)
    with later.writing() as connection:
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, "0002")
        assert connection.scalar(sa.text("SELECT question FROM holdout_openings")) == "q"
        assert not sa.inspect(connection).has_table("openings")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (20, "20"),
        (20.0, "20"),
        (np.float32(0.5), "0.5"),
        (0.1, "0.1"),
        (1e300, str(int(1e300))),
        (-0.0, "0"),
        (1e-7, "1e-07"),
        (math.nan, "null"),
        (math.inf, "null"),
        (True, "true"),
        (np.True_, "true"),
        ("a", '"a"'),
        (None, "null"),
        ([1, 2.5], "[1, 2.5]"),
    ],
)
def test_a_value_is_written_as_json_writes_it(value, text):
    assert written([value]) == [text]


def test_large_grids_are_counted_across_chunks(tmp_path):
    side = int(np.sqrt(CHUNK)) + 40
    ledger = SqlLedger(Database(f"sqlite:///{tmp_path}/journal.db"))

    def swept(offset):
        grid = Grid({"a": range(offset, side + offset), "b": range(side)})
        return ledger.record_sweep(SweepTrials("q", "s", grid, NOON))

    assert swept(0) == side**2
    assert swept(10) == side**2 + 10 * side
    assert swept(5) == side**2 + 10 * side


def test_a_grid_keeps_one_bit_for_what_it_skipped():
    axes = {"a": range(1000), "b": range(1000)}
    skipped = np.flatnonzero(np.tril(np.ones((1000, 1000))).ravel())
    found = point_set(Grid(axes, skipped))
    assert found.count == 1_000_000 - 500_500
    assert found.skipped.nbytes == 125_000


def test_series_are_not_kept_without_a_folder(tmp_path):
    ledger = SqlLedger(Database(f"sqlite:///{tmp_path}/journal.db"))
    best = KeptSeries((BestTrial("s", {"a": 1}, 0.2),), np.zeros((1, 3), np.float32))
    ledger.record_sweep(SweepTrials("q", "s", Grid({"a": [1]}), NOON, best=best))
    assert ledger.series("q") is None
    assert ledger.question("q").best == best.trials[0]
