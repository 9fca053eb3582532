"""The ledger as a report: counts, the best, and luck beside it."""

from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from workbench.errors import NoData
from workbench.ports import DataScope, Trial
from workbench.store import MemoryLedger
from workbench.validation.trials import get_trial_ledger, ledger_report

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


def trial(question, strategy, sharpe, **changes):
    scope = DataScope("sp500-20", ("AAPL", "MSFT"), NOON, NOON, "1d", 400)
    given = {"at": NOON, "sharpe": sharpe, "scope": scope, **changes}
    return Trial(question, f"{strategy}@abc", {"n": sharpe}, "backtest", {}, **given)


@pytest.fixture
def ledger():
    made = MemoryLedger()
    made.record(trial("aa1", "momentum", 0.05))
    made.record(trial("aa1", "momentum", 0.30, caller="agent"))
    made.record(trial("aa1", "swing", 0.9, reason="synthetic data"))
    made.record(trial("bb2", "pairs", 0.01, scope=None))
    return made


def test_a_question_has_its_counts_its_best_and_its_callers(ledger):
    (found,) = ledger_report(ledger, question="aa").questions
    assert (found.trials, found.best_strategy, found.best_sharpe_per_bar) == (2, "momentum", 0.30)
    assert found.callers == {"person": 1, "agent": 1}
    assert found.uncounted == {"synthetic data": 1}
    assert found.dataset == "sp500-20"


@pytest.mark.parametrize(
    ("asked", "questions"),
    [
        ({}, {"aa1", "bb2"}),
        ({"strategy": "pairs"}, {"bb2"}),
        ({"symbol": "AAPL"}, {"aa1"}),
        ({"dataset": "sp500-20:AAPL"}, {"aa1"}),
        ({"dataset": "other"}, set()),
    ],
)
def test_questions_are_chosen(ledger, asked, questions):
    context = SimpleNamespace(ledger=ledger)
    found = get_trial_ledger(**asked, context=context)
    assert {one.question for one in found.questions} == questions
    assert found.shown == f"{len(questions)} of 2 questions"


def test_the_limit_is_kept_and_rows_are_questions(ledger):
    assert len(ledger_report(ledger, limit=1).to_frame()) == 1
    assert ledger_report(MemoryLedger()).to_frame().empty


def test_luck_rises_with_the_trials_and_skill_stands_out(ledger):
    made = ledger_report(ledger, question="aa").plot()
    dots = made.renderers[-1].data_source.data
    assert list(dots["best"]) == pytest.approx([0.30 * 20])
    curves = made.renderers[0].data_source.data
    assert (np.diff(curves["median"]) > 0).all()
    assert (np.asarray(curves["high"]) > np.asarray(curves["median"])).all()
    with pytest.raises(NoData, match="No trial"):
        ledger_report(MemoryLedger()).plot()
