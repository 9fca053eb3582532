"""Every trial ledger counts alike."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from workbench.ports import Trial
from workbench.store import Database, MemoryLedger, SqlLedger

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def ledger(request, tmp_path):
    if request.param == "memory":
        return MemoryLedger()
    if request.param == "sqlite":
        return SqlLedger(Database(f"sqlite:///{tmp_path}/journal.db"))
    return SqlLedger(Database(request.getfixturevalue("empty_postgres_url")))


def trial(parameters=None, question="q", subject="momentum@1", **changes):
    given = {"verb": "backtest", "outcome": {"sharpe": 1.0}, "at": NOON, **changes}
    return Trial(question, subject, parameters or {}, **given)


def test_a_question_that_was_never_asked_has_no_trials(ledger):
    assert ledger.count("q") == 0


def test_different_parameters_and_subjects_are_different_trials(ledger):
    assert ledger.record(trial({"lookback": 20})) == 1
    assert ledger.record(trial({"lookback": 30})) == 2
    assert ledger.record(trial({"lookback": 30}, subject="momentum@2")) == 3
    assert ledger.count("q") == 3


def test_the_same_trial_counts_once(ledger):
    ledger.record(trial({"a": 1, "b": 2}))
    assert ledger.record(trial({"b": 2, "a": 1}, outcome={"sharpe": 2.0})) == 1


def test_questions_are_counted_apart(ledger):
    ledger.record(trial(question="q"))
    assert ledger.record(trial(question="other")) == 1


def test_an_outcome_may_be_undefined(ledger):
    assert ledger.record(trial(outcome={"sharpe": math.nan, "max": math.inf})) == 1
